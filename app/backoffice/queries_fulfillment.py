"""Reads of the fulfillment board: cards with what the order says, parcels on their way, today's figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tenants

LANES = {
    "waiting": ("scheduled", "open"),
    "sent": ("submitted",),
    "picking": ("accepted",),
    "exceptions": ("on_hold", "rejected", "incomplete"),
}
_CARDS = """
SELECT f.id, f.reference, f.status, f.status_reason, f.created_at, f.updated_at, w.name AS warehouse, o.number,
       (SELECT sum(quantity) FROM fulfillment_order_line WHERE fulfillment_order = f.id)::bigint AS pieces,
       (SELECT l.title FROM order_line l WHERE l.order_id = o.id ORDER BY l.line_number LIMIT 1) AS title,
       (SELECT l.image_key FROM order_line l WHERE l.order_id = o.id ORDER BY l.line_number LIMIT 1) AS image_key,
       (SELECT coalesce(max(b.attempts), 0) FROM outbox b
           WHERE b.dedupe_key = 'push:' || f.id AND b.status IN ('due', 'running')) AS attempts
FROM fulfillment_order f JOIN warehouse w ON w.id = f.warehouse JOIN orders o ON o.id = f.order_id
WHERE CASE WHEN f.status_reason IN ('group_buying.waits', 'group_buying.by_leader', 'held.cooling') THEN 'scheduled'
    ELSE f.status END = ANY($1::text[])
ORDER BY f.created_at, f.id LIMIT $2
"""
_PARCELS = """
SELECT p.id, p.status, p.tracking_number, p.carrier_name, p.carrier, p.shipped_at, p.updated_at, o.number,
    w.name AS warehouse,
       (SELECT sum(quantity) FROM fulfillment_line WHERE fulfillment = p.id)::bigint AS pieces,
       (SELECT l.title FROM order_line l WHERE l.order_id = o.id ORDER BY l.line_number LIMIT 1) AS title,
       (SELECT l.image_key FROM order_line l WHERE l.order_id = o.id ORDER BY l.line_number LIMIT 1) AS image_key
FROM fulfillment p JOIN fulfillment_order f ON f.id = p.fulfillment_order JOIN warehouse w ON w.id = f.warehouse
JOIN orders o ON o.id = p.order_id
WHERE p.status = ANY($1::text[]) ORDER BY p.shipped_at DESC NULLS LAST, p.id LIMIT $2
"""
_COUNTS = """
SELECT CASE WHEN status_reason IN ('group_buying.waits', 'group_buying.by_leader', 'held.cooling') THEN 'scheduled'
    ELSE status END AS status, count(*) AS cards
FROM fulfillment_order GROUP BY 1
"""
_PARCEL_COUNTS = "SELECT status, count(*) AS parcels FROM fulfillment GROUP BY status"
_TODAY = """
SELECT warehouse, count(*) AS sent FROM fulfillment_order WHERE submitted_at > now() - interval '1 day' GROUP BY
    warehouse
"""
ON_THE_WAY = ("packed", "shipped", "in_transit", "out_for_delivery")
IN_TROUBLE = ("exception", "returned")
PER_LANE = 30


async def board() -> Mapping[str, Any]:
    """Every lane with its first cards and its true count."""
    database = tenants.connection()
    counts = {row["status"]: row["cards"] for row in await database.fetch(_COUNTS)}
    parcel_counts = {row["status"]: row["parcels"] for row in await database.fetch(_PARCEL_COUNTS)}
    found: dict[str, Any] = {}
    for name, states in LANES.items():
        cards = [dict(row) for row in await database.fetch(_CARDS, list(states), PER_LANE)]
        found[name] = {"cards": cards, "count": sum(counts.get(state, 0) for state in states)}
    for name, states in (("shipped", ON_THE_WAY), ("parcel_trouble", IN_TROUBLE)):
        cards = [dict(row) for row in await database.fetch(_PARCELS, list(states), PER_LANE)]
        found[name] = {"cards": cards, "count": sum(parcel_counts.get(state, 0) for state in states)}
    return found


async def sent_today() -> dict[Any, int]:
    return {row["warehouse"]: row["sent"] for row in await tenants.connection().fetch(_TODAY)}
