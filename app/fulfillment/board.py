"""The merchant's shipping board: lanes by state, what is stuck and why, and how long the oldest has waited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import tenants

# Lane -> states of work orders in it; `shipped` is about parcels and counted apart.
LANES = {
    "waiting": ("scheduled", "open", "submitted"),
    "picking": ("accepted",),
    "exceptions": ("on_hold", "rejected", "incomplete"),
}
# What is held until its group is complete, or is handed out by a leader, is no trouble: it waits with the scheduled.
LANE_STATUS = (
    "CASE WHEN status_reason IN ('group_buying.waits', 'group_buying.by_leader', 'held.cooling') THEN 'scheduled'"
    " ELSE status END"
)


@dataclass(frozen=True, slots=True)
class Lane:
    """How many work orders stand here, and since when the oldest does."""

    name: str
    count: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One work order on the board; the face adds what the order itself says."""

    id: UUID
    order_id: UUID
    reference: str
    status: str
    reason: str
    warehouse_name: str
    pieces: int
    parcels: int
    created_at: datetime
    updated_at: datetime


async def lanes() -> list[Lane]:
    """The three lanes of work orders, then parcels on their way, then parcels in trouble."""
    rows = await tenants.connection().fetch(
        f"SELECT {LANE_STATUS} AS status, count(*) AS count, min(created_at) AS oldest_at FROM fulfillment_order"  # noqa: S608 - constants only
        " WHERE status NOT IN ('closed', 'canceled') GROUP BY 1"
    )
    found = [_lane(name, [row for row in rows if row["status"] in states]) for name, states in LANES.items()]
    parcels = await tenants.connection().fetch(
        "SELECT status, count(*) AS count, min(shipped_at) AS oldest_at FROM fulfillment"
        " WHERE status IN ('shipped', 'in_transit', 'out_for_delivery', 'exception', 'returned') GROUP BY status"
    )
    trouble = ("exception", "returned")
    found.append(_lane("shipped", [row for row in parcels if row["status"] not in trouble]))
    found.append(_lane("parcel_trouble", [row for row in parcels if row["status"] in trouble]))
    return found


def _lane(name: str, rows: list[Any]) -> Lane:
    oldest = min((row["oldest_at"] for row in rows if row["oldest_at"]), default=None)
    return Lane(name, sum(row["count"] for row in rows), oldest)


async def lane(name: str, *, limit: int = 50) -> list[BoardRow]:
    """The work orders of one lane, the longest waiting first."""
    rows = await tenants.connection().fetch(
        "SELECT o.id, o.order_id, o.reference, o.status, o.status_reason AS reason, w.name AS warehouse_name,"
        " o.created_at, o.updated_at,"
        " (SELECT coalesce(sum(l.quantity), 0) FROM fulfillment_order_line l"
        "  WHERE l.fulfillment_order = o.id)::bigint AS pieces,"
        " (SELECT count(*) FROM fulfillment WHERE fulfillment_order = o.id) AS parcels"
        " FROM fulfillment_order o JOIN warehouse w ON w.id = o.warehouse"
        " WHERE CASE WHEN o.status_reason IN ('group_buying.waits', 'group_buying.by_leader', 'held.cooling')"
        "  THEN 'scheduled' ELSE o.status END = ANY($1::text[])"
        " ORDER BY o.created_at, o.id LIMIT $2",
        list(LANES[name]), limit,
    )  # fmt: skip
    return [BoardRow(**dict(row)) for row in rows]
