"""Lists of a shopper's own orders, with what took part in a campaign, read in one statement each."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.kernel.paging import Page, cut, decode_cursor


class OwnOrder(msgspec.Struct, frozen=True):
    """An order in the list. Its campaign's fields are empty for a plain order."""

    id: UUID
    number: str
    status: str
    payment_status: str
    fulfillment_status: str
    total_amount: int
    placed_at: datetime
    title: str
    image_key: str | None
    units: int
    campaign: str | None
    kind: str | None
    campaign_title: str | None
    place: str | None
    sequence_number: int | None
    nick: str | None


OWN = """
SELECT orders.id, orders.number, orders.status, orders.payment_status, orders.fulfillment_status, orders.total_amount,
    orders.placed_at, line.title, line.image_key,
    (SELECT sum(quantity)::integer FROM order_line WHERE order_id = orders.id) AS units,
    campaign.code AS campaign, campaign.kind, campaign.title AS campaign_title, part.status AS place,
    part.sequence_number, part.nick
FROM orders JOIN order_line AS line ON line.order_id = orders.id AND line.line_number = 1
LEFT JOIN campaign ON campaign.id = orders.campaign
LEFT JOIN participation AS part ON part.order_id = orders.id
WHERE (orders.customer = $1 OR (orders.visitor_id = $2 AND orders.customer IS NULL))
    AND ($3::timestamptz IS NULL OR (orders.placed_at, orders.id) < ($3, $4::uuid))
ORDER BY orders.placed_at DESC, orders.id DESC LIMIT $5
"""
AT_ONCE = 20


async def own_orders(customer: UUID | None, visitor: UUID, *, after: str = "") -> Page[OwnOrder]:
    """The newest first; the customer's, and those of this visitor that nobody signed in for."""
    start = decode_cursor(after, datetime, UUID) or (None, None)
    rows = await tenants.connection().fetch(OWN, customer, visitor, *start, AT_ONCE + 1)
    return cut([OwnOrder(**row) for row in rows], AT_ONCE, lambda one: (one.placed_at, one.id), started=bool(after))
