"""What was paid for and not ordered from its supplier yet. Not a journey of its own.

Where the goods of an order are held says who sends them: a supplier's own shelf means that it ships to the shopper,
any other shelf is filled by the main supplier of the goods, unless that one only ships. What waits for its group, and
what nobody planned to send yet, is not ordered.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import tenants
from app import orders
from app.purchasing import Need

MOST = 20_000
WAITS = ("group_buying.waits",)
NEEDS = """
SELECT held.order_id, held.order_line, held.variant, held.warehouse, sold.sku, sold.quantity AS sold,
    trim(sold.title || ' ' || CASE sold.variant_title WHEN 'Default Title' THEN '' ELSE sold.variant_title END)
        AS title,
    supplier.id AS supplier, supplier.warehouse IS NOT DISTINCT FROM held.warehouse AS drop_ship,
    coalesce(link.supplier_sku, '') AS supplier_sku,
    CASE WHEN pickup.point IS NOT NULL THEN 'point' WHEN pickup.leader IS NOT NULL THEN 'leader'
        WHEN supplier.warehouse = held.warehouse THEN 'shopper' ELSE 'warehouse' END AS destination_kind,
    CASE WHEN pickup.point IS NOT NULL THEN pickup.point WHEN pickup.leader IS NOT NULL THEN pickup.leader
        WHEN supplier.warehouse = held.warehouse THEN held.order_id ELSE held.warehouse END AS destination,
    held.quantity - greatest(held.shipped_quantity, ordered.units) AS quantity
FROM reservation AS held
JOIN orders ON orders.id = held.order_id AND orders.status = 'placed' AND orders.payment_status = ANY($1::text[])
    AND orders.paid_at <= $2
JOIN order_line AS sold ON sold.id = held.order_line AND sold.requires_shipping
JOIN supplier ON supplier.status = 'active' AND supplier.id = coalesce(
    (SELECT own.id FROM supplier AS own WHERE own.warehouse = held.warehouse),
    (SELECT main.supplier FROM supplier_link AS main
        WHERE main.variant = held.variant AND main.is_main AND NOT main.drop_ship))
LEFT JOIN supplier_link AS link ON link.variant = held.variant AND link.supplier = supplier.id
LEFT JOIN pickup ON pickup.order_id = held.order_id
CROSS JOIN LATERAL (SELECT count(*)::integer AS units FROM supply_unit AS unit
    WHERE unit.order_line = held.order_line AND unit.warehouse = held.warehouse) AS ordered
WHERE held.status = 'allocated' AND ($3::uuid IS NULL OR orders.campaign = $3)
    AND held.quantity > greatest(held.shipped_quantity, ordered.units)
    AND EXISTS (SELECT 1 FROM fulfillment_order AS work WHERE work.order_id = held.order_id
        AND work.warehouse = held.warehouse AND work.status NOT IN ('rejected', 'canceled')
        AND work.status_reason <> ALL($4::text[]))
ORDER BY supplier.id, orders.paid_at, held.order_line LIMIT $5
"""


async def needs_until(cut_off_at: datetime, campaign: UUID | None = None) -> list[Need]:
    """Inside an open transaction."""
    rows = await tenants.connection().fetch(NEEDS, list(orders.MAY_SHIP), cut_off_at, campaign, list(WAITS), MOST)
    return [Need(**row) for row in rows]
