"""What the rows of exceptions are about: order, work order, parcel and goods, for a page at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

import tenants
from app.fulfillment import Exceptional

_ABOUT = """
SELECT one.id, orders.number, work.reference, work.status AS work_status, work.status_reason, place.name AS place,
       parcel.tracking_number, coalesce(nullif(parcel.carrier_name, ''), parcel.carrier) AS carrier,
       goods.title, goods.product, goods.image_key,
       (SELECT max(short.found_sku) FROM short_pick AS short
        WHERE short.fulfillment_order = work.id AND short.status = 'open') AS found_sku,
       EXISTS (SELECT 1 FROM fulfillment_stop AS stop WHERE stop.fulfillment_order = work.id AND stop.status = 'failed'
            AND stop.purpose IN ('cancel', 'refund') AND work.status NOT IN ('canceled', 'rejected')
            AND NOT EXISTS (SELECT 1 FROM way_back WHERE way_back.fulfillment_stop = stop.id
                AND way_back.done_at IS NOT NULL)) AS may_come_back
FROM fulfillment_exception AS one
LEFT JOIN orders ON orders.id = one.order_id
LEFT JOIN fulfillment_order AS work ON work.id = one.fulfillment_order
LEFT JOIN warehouse AS place ON place.id = one.warehouse
LEFT JOIN fulfillment AS parcel ON parcel.id = one.fulfillment
LEFT JOIN LATERAL (
    SELECT line.title, line.product, line.image_key FROM order_line AS line WHERE line.order_id = one.order_id
    ORDER BY line.line_number LIMIT 1) AS goods ON true
WHERE one.id = ANY($1::uuid[])
"""


async def described(found: Sequence[Exceptional]) -> list[Mapping[str, Any]]:
    """In the order given."""
    rows = await tenants.connection().fetch(_ABOUT, [one.id for one in found])
    about = {row["id"]: dict(row) for row in rows}
    return [{**msgspec.structs.asdict(one), **about[one.id]} for one in found]
