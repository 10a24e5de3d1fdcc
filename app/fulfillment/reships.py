"""Parcels that were sent again: each once, with the reason."""

from __future__ import annotations

from uuid import UUID

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from app.kernel.ids import new_id

RESHIP_REASONS = ("lost", "damaged", "returned", "wrong_goods", "other")
LONGEST_WORDS = 300


class SentAgain(Refusal):
    """A parcel is sent again once; the replacement has a parcel of its own."""

    code = "fulfillment.sent_again"
    status = 409
    message = "This parcel was sent again before. Nothing was sent twice."


async def parcel_contents(parcel: UUID, order_id: UUID) -> dict[UUID, int]:
    """Units by order line. Raises NotFound for parcels of other orders, and for one that never left."""
    rows = await tenants.connection().fetch(
        "SELECT packed.order_line, packed.quantity FROM fulfillment_line AS packed"
        " JOIN fulfillment AS parcel ON parcel.id = packed.fulfillment"
        " WHERE parcel.id = $1 AND parcel.order_id = $2 AND parcel.status <> 'canceled'",
        parcel, order_id,
    )  # fmt: skip
    if not rows:
        raise NotFound
    return {row["order_line"]: row["quantity"] for row in rows}


async def record_reship(parcel: UUID, replacement: UUID, *, reason: str, words: str, by: str) -> None:
    """Raises SentAgain."""
    done = await tenants.connection().fetchval(
        "INSERT INTO reship (id, fulfillment, replacement, reason, words, decided_by, at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (fulfillment) DO NOTHING RETURNING id",
        new_id(), parcel, replacement, reason, words.strip()[:LONGEST_WORDS], by, now(),
    )  # fmt: skip
    if done is None:
        raise SentAgain


async def reships_of(order_id: UUID) -> dict[UUID, str]:
    """By parcel of the order, the number of its replacement."""
    rows = await tenants.connection().fetch(
        "SELECT reship.fulfillment, orders.number FROM reship JOIN orders ON orders.id = reship.replacement"
        " JOIN fulfillment AS parcel ON parcel.id = reship.fulfillment WHERE parcel.order_id = $1",
        order_id,
    )
    return {row["fulfillment"]: row["number"] for row in rows}
