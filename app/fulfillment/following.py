"""Parcels a tracking service is to follow, and those nobody has told us of for too long."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now

ON_THE_WAY = ("shipped", "in_transit", "out_for_delivery", "exception")
NEW = """
SELECT f.id, f.carrier, f.carrier_name, f.tracking_number, w.reference, coalesce(o.phone, '') AS phone,
    w.warehouse, f.tracking_account
FROM fulfillment AS f JOIN fulfillment_order AS w ON w.id = f.fulfillment_order JOIN orders AS o ON o.id = f.order_id
WHERE f.tracking_number <> '' AND f.status IN ('shipped', 'in_transit', 'out_for_delivery', 'exception')
    AND f.subscribed_at IS NULL AND f.follow_error = '' AND f.shipped_at > $1
ORDER BY f.shipped_at, f.id LIMIT $2
"""
QUIET = """
SELECT f.id, f.carrier, f.carrier_name, f.tracking_number, w.reference, coalesce(o.phone, '') AS phone,
    w.warehouse, f.tracking_account
FROM fulfillment AS f JOIN fulfillment_order AS w ON w.id = f.fulfillment_order JOIN orders AS o ON o.id = f.order_id
WHERE f.tracking_number <> '' AND f.status IN ('shipped', 'in_transit', 'out_for_delivery', 'exception')
    AND greatest(f.shipped_at, f.heard_at, f.asked_at) < $1 AND f.shipped_at > $2
ORDER BY greatest(f.shipped_at, f.heard_at, f.asked_at), f.id LIMIT $3
"""


class Followed(msgspec.Struct, frozen=True):
    """A parcel as a service is asked about it."""

    id: UUID
    carrier: str
    carrier_name: str
    tracking_number: str
    reference: str
    phone: str
    warehouse: UUID
    tracking_account: UUID | None

    @property
    def phone_tail(self) -> str:
        digits = "".join(letter for letter in self.phone if letter.isascii() and letter.isdigit())
        return digits[-4:]


async def unfollowed(since: datetime, *, limit: int) -> list[Followed]:
    """On their way and given to no service yet, the longest on its way first."""
    return [Followed(**row) for row in await tenants.connection().fetch(NEW, since, limit)]


async def quiet_parcels(before: datetime, *, shipped_after: datetime, limit: int) -> list[Followed]:
    """On their way, and neither told of nor asked about since `before`; the longest quiet first."""
    return [Followed(**row) for row in await tenants.connection().fetch(QUIET, before, shipped_after, limit)]


async def note_followed(parcel: UUID, account: UUID, *, error: str = "") -> None:
    """The service follows it, or why it never will: then it is only asked about."""
    await tenants.connection().execute(
        "UPDATE fulfillment SET tracking_account = $2, follow_error = $3,"
        " subscribed_at = CASE WHEN $3 = '' THEN $4::timestamptz END WHERE id = $1",
        parcel, account, error[:200], now(),
    )  # fmt: skip


async def note_asked(parcel: UUID) -> None:
    await tenants.connection().execute("UPDATE fulfillment SET asked_at = $2 WHERE id = $1", parcel, now())
