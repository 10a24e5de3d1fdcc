"""Steps of a live session inside an open transaction, with its row locked; and who hears of them. Not journeys."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import live, promoters
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.events import publish
from app.live import LiveSession, SessionOver, Slot
from tenants import outbox


async def hold_own(session_id: UUID, by: UUID) -> LiveSession:
    """The session with its row locked, if this promoter hosts it and may. Raises NotFound, NotApproved, SessionOver."""
    session = await live.find(session_id, lock=True)
    if by not in await live.hosts_of(session):
        raise NotFound
    if (await promoters.find(by)).status != "approved":
        raise promoters.NotApproved
    if session.is_over:
        raise SessionOver
    return session


async def slot_of(session_id: UUID, slot_id: UUID) -> Slot:
    """Raises NotFound."""
    slot = await live.find_slot(slot_id)
    if slot.session != session_id:
        raise NotFound
    return slot


async def off_air(session_id: UUID) -> list[UUID]:
    """What is shown is over, its price and its gifts with it. Answers whose stock to call in, last before COMMIT."""
    slot = await live.on_air(session_id)
    if slot is None or not await live.take_off_air(slot.id, now()):
        return []
    await follow_price(slot)
    return await borrowers_of(slot)


async def borrowers_of(slot: Slot) -> list[UUID]:
    """A slot that is over gives no gifts any more; it and they have no use for what was lent to them."""
    return [*await live.close_gifts(slot=slot.id), *([slot.campaign] if slot.campaign else [])]


async def follow_price(slot: Slot) -> None:
    """A job opens or closes the slot's price, whichever the slot says by then."""
    if slot.campaign:
        await outbox.post("live.follow_price", queue="critical", slot_id=slot.id)


async def tell(session_id: UUID) -> None:
    """Whoever watches the session's page or board looks again."""
    await publish(channel_of(session_id), "show")


def channel_of(session_id: UUID) -> str:
    return f"show:{tenants.current().id}:{session_id}"
