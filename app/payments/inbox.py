"""The inbox of provider events: an event is taken once, however often it is delivered."""

from __future__ import annotations

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id


async def take_event(source: str, event_id: str, body: str) -> bool:
    """False when this event was seen before.

    Take it in the transaction that acts on it: if that fails, the event is not taken, and its next copy is acted on.
    """
    taken = await tenants.connection().fetchval(
        "INSERT INTO webhook_event (id, source, event_id, body, received_at) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (source, event_id) DO NOTHING RETURNING id",
        new_id(), source, event_id, body, now(),
    )  # fmt: skip
    return taken is not None


async def settle_event(source: str, event_id: str, outcome: str, *, status: str = "processed") -> None:
    """What became of a taken event. `status`: processed, or ignored when it told nothing new."""
    await tenants.connection().execute(
        "UPDATE webhook_event SET status = $3, outcome = $4, processed_at = $5 WHERE source = $1 AND event_id = $2",
        source, event_id, status, outcome[:500], now(),
    )  # fmt: skip


async def quarantine(source: str, event_id: str, body: str, reason: str) -> None:
    """Rightly signed, but it contradicts what we know: a person has to look. Nothing was moved."""
    await take_event(source, event_id, body)
    await settle_event(source, event_id, reason, status="quarantined")
