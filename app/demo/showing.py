"""The evening that is on air in a demo store: two hosts, a run of show, and a gift with what is shown now."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import catalog, live, promoters
from app.flows.gifts_on_air import announce_gift, answer_gift, ask_gift
from app.flows.invite_host import answer_invitation, invite_host
from app.flows.run_show import plan_slot, put_on_air

PART_BPS = 3000
GIFTS = 5


async def show_the_evening(handles: tuple[str, ...], host: UUID, second: UUID) -> None:
    """Once: the first product is over, the second on air with the last as its gift, and the rest is to come."""
    async with tenants.transaction():
        one, other = await promoters.find_by_login(host), await promoters.find_by_login(second)
        if one is None or other is None:
            return
        (session,) = await live.sessions_of(one.id, most=1)
        if await live.slots_of(session.id):
            return
        goods = [(await catalog.find_published(handle)).variants[0].id for handle in handles]
    await invite_host(session.id, other.id, share_bps=PART_BPS, by=one.id)
    await answer_invitation(session.id, other.id, yes=True)
    turns = [
        await plan_slot(session.id, variant, by=one.id, host=other.id if place % 2 else one.id, minutes=15)
        for place, variant in enumerate(goods)
    ]
    await put_on_air(session.id, turns[0].id, by=one.id)
    await put_on_air(session.id, turns[1].id, by=one.id)
    gift = await ask_gift(session.id, turns[1].id, goods[-1], by=one.id, quota=GIFTS)
    await answer_gift(gift.id, quota=GIFTS)
    await announce_gift(session.id, gift.id, by=one.id)
