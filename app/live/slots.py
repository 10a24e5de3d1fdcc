"""The run of show: which product is on air when, by whom, and at which live price.

    planned -> on_air -> done            one slot of a session is on air at a time
            -> canceled

A price below the usual one is asked for by the host and granted by the merchant, with so many units lent to the slot.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from app.kernel.ids import new_id

MOST_SLOTS = 100


class SlotOver(Refusal):
    """It was on air, or called off; it does not come back."""

    code = "live.slot_over"
    message = "This part of the show is over. Plan it once more to show the product again."


class NotOnAir(Refusal):
    """Products are shown while the session is on air."""

    code = "live.not_on_air"
    message = "Go on air first, then show a product."


class TooManySlots(Refusal):
    """A plan nobody can show in one evening."""

    code = "live.too_many_slots"
    message = "A session has up to 100 parts. Take some away first."


class PriceNotAsked(Refusal):
    """Nothing to answer: no price was asked for, or it was answered."""

    code = "live.price_not_asked"
    message = "Nobody waits for an answer about this price any more."


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """One product's time on air. Amounts are minor units of the store's currency."""

    id: UUID
    session: UUID
    seq: int
    variant: UUID
    host: UUID
    minutes: int
    status: Literal["planned", "on_air", "done", "canceled"]
    price_status: Literal["usual", "asked", "granted", "refused"]
    asked_amount: int | None
    asked_units: int | None
    price_amount: int | None
    quota: int | None
    words: str
    campaign: UUID | None
    on_air_at: datetime | None
    off_air_at: datetime | None
    created_at: datetime


COLUMNS = """id, session, seq, variant, host, minutes, status, price_status, asked_amount, asked_units, price_amount,
    quota, words, campaign, on_air_at, off_air_at, created_at"""
BY_ID = f"SELECT {COLUMNS} FROM live_slot WHERE id = $1"  # noqa: S608 - constants only
LOCKED = f"{BY_ID} FOR NO KEY UPDATE"
OF_SESSION = f"""SELECT {COLUMNS} FROM live_slot WHERE session = $1 AND status <> 'canceled'
    ORDER BY seq"""  # noqa: S608 - constants only
ON_AIR = f"SELECT {COLUMNS} FROM live_slot WHERE session = $1 AND status = 'on_air'"  # noqa: S608 - constants only
ADD = f"""
INSERT INTO live_slot (id, session, seq, variant, host, minutes, price_status, asked_amount, asked_units, created_at)
SELECT $1, $2, coalesce(max(seq), 0) + 1, $3, $4, $5, $6, $7, $8, $9 FROM live_slot WHERE session = $2
RETURNING {COLUMNS}
"""  # noqa: S608 - constants only


def _slot(row: Mapping[str, Any] | None) -> Slot:
    if row is None:
        raise NotFound
    return Slot(**row)


async def find_slot(slot_id: UUID) -> Slot:
    """Raises NotFound."""
    return _slot(await tenants.connection().fetchrow(BY_ID, slot_id))


async def lock_slot(slot_id: UUID) -> Slot:
    """Nobody else moves it until COMMIT. After its session. Raises NotFound."""
    return _slot(await tenants.connection().fetchrow(LOCKED, slot_id))


async def slots_of(session: UUID) -> list[Slot]:
    """The run of show in its order, without what was called off."""
    return [_slot(row) for row in await tenants.connection().fetch(OF_SESSION, session)]


async def on_air(session: UUID) -> Slot | None:
    row = await tenants.connection().fetchrow(ON_AIR, session)
    return _slot(row) if row else None


async def add_slot(
    session: UUID, variant: UUID, host: UUID, *, minutes: int, amount: int | None = None, units: int | None = None
) -> Slot:
    """At the end of the plan; the caller holds the session's row. Raises TooManySlots."""
    count: int = await tenants.connection().fetchval("SELECT count(*) FROM live_slot WHERE session = $1", session)
    if count >= MOST_SLOTS:
        raise TooManySlots
    row = await tenants.connection().fetchrow(
        ADD, new_id(), session, variant, host, minutes, "usual" if amount is None else "asked", amount, units, now()
    )
    return _slot(row)


async def answer(slot: Slot, *, amount: int | None, quota: int | None, words: str, campaign: UUID | None) -> None:
    """Grant a price with so many units of it, or refuse it with a word why. Raises PriceNotAsked."""
    answered = await tenants.connection().fetchval(
        "UPDATE live_slot SET price_status = $2, price_amount = $3, quota = $4, words = $5, campaign = $6"
        " WHERE id = $1 AND price_status = 'asked' AND status = 'planned' RETURNING true",
        slot.id, "refused" if amount is None else "granted", amount, quota, words.strip()[:300], campaign,
    )  # fmt: skip
    if not answered:
        raise PriceNotAsked


async def put_on_air(slot_id: UUID, at: datetime) -> None:
    """Whatever was on air in its session must be off by now. Raises SlotOver."""
    if not await tenants.connection().fetchval(
        "UPDATE live_slot SET status = 'on_air', on_air_at = $2 WHERE id = $1 AND status = 'planned' RETURNING true",
        slot_id, at,
    ):  # fmt: skip
        raise SlotOver


async def take_off_air(slot_id: UUID, at: datetime) -> bool:
    """False when it was not on air."""
    return bool(
        await tenants.connection().fetchval(
            "UPDATE live_slot SET status = 'done', off_air_at = $2 WHERE id = $1 AND status = 'on_air' RETURNING true",
            slot_id, at,
        )
    )  # fmt: skip


async def call_off(slot_id: UUID) -> bool:
    """Taken out of the plan. False when it was on air already."""
    return bool(
        await tenants.connection().fetchval(
            "UPDATE live_slot SET status = 'canceled' WHERE id = $1 AND status = 'planned' RETURNING true", slot_id
        )
    )


async def swap(slot: Slot, other: Slot) -> None:
    """They change places in the plan; the caller holds the session's row."""
    for slot_id, seq in ((slot.id, -slot.seq), (other.id, slot.seq), (slot.id, other.seq)):
        await tenants.connection().execute("UPDATE live_slot SET seq = $2 WHERE id = $1", slot_id, seq)
