"""Parcels that take too long: not fetched, lying still, at the door for days, or past the day the carrier named.

Only parcels somebody tells us of can be late; of the others we would never hear that they arrived. What a person
resolved stays resolved until the parcel moves again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.fulfillment.exception_desk import raise_exception
from app.fulfillment.shipping_rules import ShippingRules
from app.kernel.clock import now

PER_LOOK = 200
LATE = """
SELECT id, order_id, tracking_number, kind, reason, last_at FROM (
    SELECT f.id, f.order_id, f.tracking_number, moved.last_at, CASE
        WHEN coalesce(moved.last_at, f.shipped_at) < $4 THEN 'parcel_lost'
        WHEN moved.last_at IS NULL THEN CASE WHEN f.shipped_at < $1 THEN 'parcel_delayed' END
        WHEN f.status = 'out_for_delivery' THEN CASE WHEN moved.last_at < $3 THEN 'parcel_delayed' END
        WHEN moved.last_at < $2 THEN 'parcel_stuck'
        WHEN f.expected_on < $5::date THEN 'parcel_delayed' END AS kind, CASE
        WHEN coalesce(moved.last_at, f.shipped_at) < $4 THEN 'lost'
        WHEN moved.last_at IS NULL THEN 'not_fetched'
        WHEN f.status = 'out_for_delivery' AND moved.last_at < $3 THEN 'at_the_door'
        WHEN moved.last_at < $2 THEN 'lies_still' ELSE 'past_the_day' END AS reason
    FROM fulfillment AS f
    JOIN fulfillment_order AS work ON work.id = f.fulfillment_order
    JOIN warehouse ON warehouse.id = work.warehouse
    LEFT JOIN LATERAL (SELECT max(at) AS last_at FROM parcel_event WHERE fulfillment = f.id) AS moved ON true
    WHERE f.status IN ('shipped', 'in_transit', 'out_for_delivery') AND f.tracking_number <> ''
        AND (f.subscribed_at IS NOT NULL OR f.heard_at IS NOT NULL OR f.asked_at IS NOT NULL
            OR warehouse.carrier_salt_sealed <> '')
) AS parcel
WHERE kind IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM fulfillment_exception AS known
    WHERE known.subject = parcel.id::text AND known.kind = parcel.kind
        AND (known.status = 'open' OR parcel.last_at IS NULL OR known.resolved_at >= parcel.last_at))
ORDER BY id LIMIT $6
"""


class LateParcel(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    tracking_number: str
    kind: str
    reason: str
    last_at: datetime | None


async def raise_late_parcels(rules: ShippingRules) -> list[LateParcel]:
    """Put each into the queue of exceptions once. Returns those that are new there."""
    moment = now()
    rows = await tenants.connection().fetch(
        LATE, moment - timedelta(hours=rules.pickup_hours), moment - timedelta(hours=rules.still_hours),
        moment - timedelta(hours=rules.door_hours), moment - timedelta(days=rules.lost_days), moment.date(), PER_LOOK,
    )  # fmt: skip
    late = [LateParcel(**row) for row in rows]
    for parcel in late:
        await raise_exception(parcel.kind, parcel=parcel.id, params=_params(parcel))
    return late


def _params(parcel: LateParcel) -> dict[str, Any]:
    since = {"since": parcel.last_at.isoformat()} if parcel.last_at else {}
    return {"reason": parcel.reason, "tracking_number": parcel.tracking_number, **since}


async def mark_told(parcel: UUID) -> bool:
    """The shopper is told of one parcel once. False when that was done."""
    done = await tenants.connection().fetchval(
        "UPDATE fulfillment SET told_at = $2 WHERE id = $1 AND told_at IS NULL RETURNING id", parcel, now()
    )
    return done is not None


async def is_late(parcel: UUID) -> bool:
    """Whether the parcel stands in the queue of exceptions now."""
    found = await tenants.connection().fetchval(
        "SELECT 1 FROM fulfillment_exception WHERE fulfillment = $1 AND status = 'open'"
        " AND kind IN ('parcel_stuck', 'parcel_delayed', 'parcel_lost') LIMIT 1",
        parcel,
    )
    return found is not None
