"""The life of a live session: hosts, slots with a price, a gift, and the end, with what was lent back.

Where the show stopped halfway, time ends it.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import tenants
from app import live as shows
from app import promoters
from app.announcements import Draft
from app.flows.announce import announce
from app.flows.gifts_on_air import announce_gift, answer_gift, ask_gift, close_gift
from app.flows.invite_host import answer_invitation, invite_host, leave_session, share_by
from app.flows.run_show import (
    answer_price,
    call_off_slot,
    end_session,
    move_slot,
    plan_slot,
    put_on_air,
    start_session,
    take_off_air,
)
from tests import builders_earning as build
from tests import builders_selling as selling
from tests.faults import jobs
from tests.faults.life import Life, flows
from tests.invariants_shows import SHOWS

ELSEWHERE = ("payments.", "fulfillment.", "attribution.", "commissions.", "messaging.")


@dataclass(frozen=True, slots=True)
class Made:
    """A session of `host`, somebody who will host with them, goods and a gift."""

    session: UUID
    host: UUID
    guest: UUID
    goods: tuple[UUID, UUID]
    cup: UUID


async def prepare() -> Made:
    host, guest = await build.promoter(name="Xiaoya"), await build.promoter(name="Ajie")
    goods = [await selling.offer(stock=20) for _ in range(2)]
    cup = await selling.offer(title="Tea cup", stock=9)
    async with tenants.transaction():
        session = await shows.schedule(host.id, "Peach night", "douyin")
    return Made(session.id, host.id, guest.id, (goods[0].variant, goods[1].variant), cup.variant)


async def live(made: Made) -> None:
    session, host, guest = made.session, made.host, made.guest
    await invite_host(session, guest, share_bps=3000, by=host)
    await answer_invitation(session, guest, yes=True)
    await share_by(session, "slot", by=host)
    first = await plan_slot(session, made.goods[0], by=host)
    priced = await plan_slot(session, made.goods[1], by=host, amount=1000, units=5)
    unwanted = await plan_slot(session, made.goods[1], by=host)
    await answer_price(priced.id, amount=1000, quota=5, actor="Su He")
    await move_slot(session, unwanted.id, earlier=True, by=host)
    await call_off_slot(session, unwanted.id, by=host)
    gift = await ask_gift(session, first.id, made.cup, by=host, quota=4)
    await answer_gift(gift.id, quota=4)
    async with tenants.transaction():
        speaker = await promoters.find(host)
    await announce(Draft(title="Tonight", body="At eight.", audience="session", session=session), by=speaker)
    await start_session(session, by=host)
    await put_on_air(session, first.id, by=host)
    await announce_gift(session, gift.id, by=host)
    await close_gift(session, gift.id, by=host)
    await put_on_air(session, priced.id, by=host)
    await take_off_air(session, by=host)
    await leave_session(session, guest, by=guest)
    await end_session(session, by=host)


async def mend() -> None:
    """What the clock does to a session that nobody ends."""
    async with tenants.transaction():
        rows = await tenants.connection().fetch("SELECT id FROM live_session ORDER BY created_at")
    for row in rows:
        await end_session(row["id"])
    for _ in range(2):
        await jobs.make_everything_due()
        await jobs.work(*ELSEWHERE)


async def disagreements() -> list[str]:
    """Nothing is lent any more, no price is open, and no gift is given."""
    found = await jobs.undone(*ELSEWHERE)
    async with tenants.transaction():
        database = tenants.connection()
        for what, statement in SHOWS.items():
            found += [f"{what}: {dict(row)}" for row in await database.fetch(statement)]
        lent = await database.fetchval("SELECT count(*) FROM stock_loan WHERE status = 'open'")
        reserved = await database.fetchval("SELECT coalesce(sum(reserved), 0) FROM stock_level")
        running = await database.fetchval("SELECT count(*) FROM campaign WHERE status = 'open'")
        announced = await database.fetchval("SELECT count(*) FROM live_gift WHERE status = 'announced'")
    if lent or reserved or running or announced:
        found.append(f"left: {lent} loans, {reserved} reserved, {running} prices, {announced} gifts")
    return found


LIFE = Life(
    files=flows("run_show", "gifts_on_air", "invite_host", "announce"), prepare=prepare, live=live, mend=mend,
    disagreements=disagreements,
)  # fmt: skip
