"""What a supplier has to send to shoppers, and what it sent: its own work orders, of goods it agreed to send.

Not a journey of its own. A receiver is told only while the parcel may need it: thirty days after it arrived nobody's
name, number or street is shown any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.flows.postal_address import in_lines
from app.kernel.formats import mask_name

MOST = 500
MASKED_AFTER = "30 days"
_WORK = """
SELECT work.id, work.reference, work.status, orders.number, orders.note, orders.paid_at,
    CASE WHEN point.id IS NULL THEN orders.ship_to ELSE jsonb_build_object('recipient', point.contact, 'phone',
        point.phone, 'country', point.country, 'region', point.region, 'city', point.city, 'district', point.district,
        'street', point.street, 'postal_code', point.postal_code) END AS ship_to, coalesce(point.name, '') AS point,
    one.sequence_number AS place,
    coalesce((SELECT bool_and(parcel.status IN ('delivered', 'canceled')
            AND coalesce(parcel.delivered_at, parcel.updated_at) < now() - $3::text::interval)
        FROM fulfillment AS parcel WHERE parcel.fulfillment_order = work.id), false)
        OR orders.status = 'canceled' AS masked,
    (SELECT jsonb_agg(jsonb_build_object('line_id', line.order_line, 'title', trim(sold.title || ' ' ||
            CASE sold.variant_title WHEN 'Default Title' THEN '' ELSE sold.variant_title END), 'sku', line.sku,
            'supplier_sku', coalesce(link.supplier_sku, ''), 'gone', gone.units,
            'left_over', greatest(least(line.quantity, agreed.units) - gone.units, 0)) ORDER BY sold.line_number)
        FROM fulfillment_order_line AS line JOIN order_line AS sold ON sold.id = line.order_line
        LEFT JOIN supplier_link AS link ON link.variant = sold.variant AND link.supplier = $1
        CROSS JOIN LATERAL (SELECT coalesce(sum(packed.quantity), 0)::integer AS units FROM fulfillment_line AS packed
            JOIN fulfillment AS parcel ON parcel.id = packed.fulfillment AND parcel.status <> 'canceled'
            WHERE parcel.fulfillment_order = work.id AND packed.order_line = line.order_line) AS gone
        CROSS JOIN LATERAL (SELECT count(*)::integer AS units FROM supply_unit AS unit
            JOIN purchase_line AS asked ON asked.id = unit.purchase_line
            JOIN purchase_order AS purchase ON purchase.id = asked.purchase_order AND purchase.supplier = $1
                AND purchase.status IN ('accepted', 'closed')
            WHERE unit.order_line = line.order_line AND unit.warehouse = work.warehouse
                AND NOT (unit.asked_back AND unit.done_at IS NULL)) AS agreed
        WHERE line.fulfillment_order = work.id AND agreed.units > 0) AS lines,
    (SELECT jsonb_agg(jsonb_build_object('tracking_number', parcel.tracking_number, 'carrier', parcel.carrier_name,
            'status', parcel.status) ORDER BY parcel.created_at)
        FROM fulfillment AS parcel WHERE parcel.fulfillment_order = work.id) AS parcels
FROM fulfillment_order AS work JOIN orders ON orders.id = work.order_id
JOIN supplier ON supplier.id = $1 AND supplier.warehouse = work.warehouse
LEFT JOIN pickup ON pickup.order_id = orders.id LEFT JOIN pickup_point AS point ON point.id = pickup.point
LEFT JOIN participation AS one ON one.order_id = orders.id
WHERE {which} AND EXISTS (SELECT 1 FROM supply_unit AS unit JOIN purchase_line AS asked ON asked.id = unit.purchase_line
    JOIN purchase_order AS purchase ON purchase.id = asked.purchase_order AND purchase.supplier = $1
        AND purchase.status IN ('accepted', 'closed')
    WHERE unit.order_id = work.order_id AND unit.warehouse = work.warehouse)
ORDER BY {order} LIMIT $2
"""
_TO_SHIP = _WORK.format(
    which="work.status IN ('accepted', 'incomplete') AND orders.status = 'placed'",
    order="orders.paid_at, work.reference",
)
_SENT = _WORK.format(
    which="EXISTS (SELECT 1 FROM fulfillment AS sent WHERE sent.fulfillment_order = work.id)",
    order="work.updated_at DESC, work.reference",
)
_ONE = _WORK.format(which="work.id = $4", order="work.reference")


class ShelfLine(msgspec.Struct, frozen=True):
    """`left_over` is what is still to be sent."""

    line_id: UUID
    title: str
    sku: str
    supplier_sku: str
    gone: int
    left_over: int


class Sent(msgspec.Struct, frozen=True):
    tracking_number: str
    carrier: str
    status: str


class Shelf(msgspec.Struct, frozen=True, kw_only=True):
    """One work order as its supplier sees it: no prices, no shopper beyond who takes the parcel."""

    id: UUID
    reference: str
    status: str
    note: str
    paid_at: datetime
    recipient: str
    phone: str
    address: str
    point: str
    lines: list[ShelfLine]
    parcels: list[Sent]

    @property
    def pieces(self) -> int:
        return sum(line.left_over for line in self.lines)


async def to_ship(supplier: UUID) -> list[Shelf]:
    """Whoever paid first comes first. Inside an open transaction."""
    rows = await tenants.connection().fetch(_TO_SHIP, supplier, MOST, MASKED_AFTER)
    return [shelf for row in rows if (shelf := _shelf(row)).pieces]


async def sent(supplier: UUID) -> list[Shelf]:
    """The last ones first."""
    return [_shelf(row) for row in await tenants.connection().fetch(_SENT, supplier, MOST, MASKED_AFTER)]


async def shelf_of(supplier: UUID, work_order: UUID) -> Shelf | None:
    """None also for another supplier's."""
    row = await tenants.connection().fetchrow(_ONE, supplier, 1, MASKED_AFTER, work_order)
    return _shelf(row) if row else None


def _shelf(row: Any) -> Shelf:
    ship_to = msgspec.json.decode(row["ship_to"], type=dict[str, str])
    masked = row["masked"]
    place = f"{row['point']} #{row['place'] or '?'}" if row["point"] else ""
    return Shelf(
        id=row["id"], reference=row["reference"], status=row["status"], note="" if masked else row["note"],
        paid_at=row["paid_at"], recipient=_name(ship_to, masked=masked), phone="" if masked else _phone(ship_to),
        address="" if masked else in_lines(ship_to), point=place,
        lines=msgspec.json.decode(row["lines"] or "[]", type=list[ShelfLine]),
        parcels=msgspec.json.decode(row["parcels"] or "[]", type=list[Sent]),
    )  # fmt: skip


def _name(ship_to: Mapping[str, str], *, masked: bool) -> str:
    name = ship_to.get("recipient", "")
    return mask_name(name) if masked else name


def _phone(ship_to: Mapping[str, str]) -> str:
    return ship_to.get("phone", "")
