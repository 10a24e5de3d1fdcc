"""What is written on a request on its way: an offer, a sum, a parcel, what the inspection found, a ruling."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id


async def make_offer(aftersale: UUID, amount: int | None) -> None:
    """A sum for keeping the goods; None takes it off the table."""
    await tenants.connection().execute("UPDATE aftersale SET offered_amount = $2 WHERE id = $1", aftersale, amount)


async def write_decision(aftersale: UUID, words: str) -> None:
    """Why it was declined, or why less is given back than was asked."""
    await tenants.connection().execute("UPDATE aftersale SET decision_words = $2 WHERE id = $1", aftersale, words)


async def give_address(aftersale: UUID, address: str, label_words: str) -> None:
    await tenants.connection().execute(
        "UPDATE aftersale SET return_address = $2, label_words = $3 WHERE id = $1", aftersale, address, label_words
    )


async def record_parcel(aftersale: UUID, carrier: str, tracking_number: str) -> None:
    await tenants.connection().execute(
        "UPDATE aftersale SET carrier = $2, tracking_number = $3 WHERE id = $1", aftersale, carrier, tracking_number
    )


async def record_inspection(aftersale: UUID, found: Mapping[UUID, tuple[int, int]]) -> bool:
    """Good and damaged units by line. False when the parcel was inspected before: it is counted once."""
    first = await tenants.connection().fetchval(
        "UPDATE aftersale SET inspected_at = $2 WHERE id = $1 AND inspected_at IS NULL RETURNING id", aftersale, now()
    )
    if first is None:
        return False
    await tenants.connection().executemany(
        "UPDATE aftersale_line SET good_quantity = $3, damaged_quantity = $4 WHERE aftersale = $1 AND id = $2",
        [(aftersale, line, good, damaged) for line, (good, damaged) in found.items()],
    )
    return True


async def record_refund(aftersale: UUID, amount: int, words: str) -> None:
    """So much more is owed back now; `words`, if there are any, say why it is less than was asked for."""
    await tenants.connection().execute(
        "UPDATE aftersale SET refunded_amount = refunded_amount + $2,"
        " decision_words = CASE WHEN $3 = '' THEN decision_words ELSE $3 END WHERE id = $1",
        aftersale, amount, words,
    )  # fmt: skip


async def name_rest(aftersale: UUID) -> UUID:
    """The source of the refund that gives the rest; a request gives it once."""
    rest = new_id()
    await tenants.connection().execute("UPDATE aftersale SET rest_id = $2 WHERE id = $1", aftersale, rest)
    return rest


async def lower_wish(aftersale: UUID, amount: int) -> None:
    """So much is left to be asked for, because the rest went back another way; an offer is not more than that."""
    await tenants.connection().execute(
        "UPDATE aftersale SET wanted_amount = least(wanted_amount, $2), offered_amount = least(offered_amount, $2)"
        " WHERE id = $1",
        aftersale, amount,
    )  # fmt: skip


async def record_overtaken(aftersale: UUID) -> None:
    """Its goods were given back without it; nothing of that is its own refund."""
    await tenants.connection().execute(
        "UPDATE aftersale SET settled_directly = true, offered_amount = NULL WHERE id = $1", aftersale
    )


async def record_exchange(aftersale: UUID, order_id: UUID) -> None:
    await tenants.connection().execute("UPDATE aftersale SET exchange_order = $2 WHERE id = $1", aftersale, order_id)


async def open_dispute(aftersale: UUID, side: str, words: str) -> bool:
    """Ask the platform's people. False when they were asked before: they rule once."""
    opened = await tenants.connection().fetchval(
        "UPDATE aftersale SET disputed_at = $2, disputed_by = $3, dispute_words = $4"
        " WHERE id = $1 AND disputed_at IS NULL RETURNING id",
        aftersale, now(), side, words,
    )  # fmt: skip
    return opened is not None


async def close_dispute(aftersale: UUID, ruling: str, words: str = "") -> bool:
    """`refund` or `decline` by staff, `settled` by the two sides, `lapsed` by time. False when it was not open."""
    closed = await tenants.connection().fetchval(
        "UPDATE aftersale SET ruled_at = $2, ruling = $3, ruling_words = $4"
        " WHERE id = $1 AND disputed_at IS NOT NULL AND ruled_at IS NULL RETURNING id",
        aftersale, now(), ruling, words,
    )  # fmt: skip
    return closed is not None
