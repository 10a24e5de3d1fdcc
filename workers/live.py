"""Jobs of live sessions: a slot's price is open while the slot is on air, and a session ends though nobody ends it."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import group_buying, live
from app.flows.run_campaign import publish_campaign, unpublish_campaign
from app.flows.run_show import end_session
from app.flows.settle_session import settle_session
from app.flows.show_steps import tell
from app.live import Slot
from workers.context import Handlers, JobContext

ACTOR = "live"


async def follow_price(context: JobContext, *, slot_id: str) -> None:
    """Whichever the slot says, looked at once more after each step: it may have gone off air while its price opened."""
    while await _step(await _look(UUID(slot_id))):
        continue


async def _look(slot_id: UUID) -> tuple[Slot, str]:
    async with tenants.transaction():
        slot = await live.find_slot(slot_id)
        return slot, (await group_buying.find(slot.campaign)).status if slot.campaign else ""


async def _step(seen: tuple[Slot, str]) -> bool:
    """False when the price is what the slot says."""
    slot, status = seen
    if slot.campaign is None or (slot.status, status) not in (("on_air", "draft"), ("done", "open")):
        return False
    step = publish_campaign if slot.status == "on_air" else unpublish_campaign
    await step(slot.campaign, actor=ACTOR)
    await tell(slot.session)
    return True


async def end_forgotten(context: JobContext, *, session_id: str) -> None:
    """Nobody is on air for half a day: the session is over, and what was lent to it goes back."""
    await end_session(UUID(session_id))


async def settle(context: JobContext, *, session_id: str) -> None:
    await settle_session(UUID(session_id))


HANDLERS: Handlers = {
    "live.follow_price": follow_price, "live.end_forgotten": end_forgotten, "live.settle_session": settle,
}  # fmt: skip
