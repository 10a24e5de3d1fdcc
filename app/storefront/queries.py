"""What the shop window shows that belongs to no single room: live sessions, orders with their pictures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.inventory import FREE, PROMISING
from app.kernel.clock import now


class LiveNow(msgspec.Struct, frozen=True):
    """A live session on air, with a picture of what it shows."""

    title: str
    host: str
    code: str
    image_key: str | None


LIVE = """
SELECT session.title, promoter.name AS host, session.code, shown.image_key
FROM live_session AS session
JOIN promoter ON promoter.id = session.promoter
LEFT JOIN LATERAL (SELECT coalesce(product.cover_thumb_key, product.cover_key) AS image_key
    FROM live_slot AS slot JOIN variant ON variant.id = slot.variant JOIN product ON product.id = variant.product
    WHERE slot.session = session.id AND slot.status <> 'canceled' AND product.status = 'published'
    ORDER BY (slot.status = 'on_air') DESC, slot.seq LIMIT 1) AS shown ON true
WHERE session.status = 'live' AND promoter.status = 'approved' AND session.code IS NOT NULL
ORDER BY session.started_at DESC, session.id DESC LIMIT 1
"""


async def live_now() -> LiveNow | None:
    row = await tenants.connection().fetchrow(LIVE)
    return LiveNow(**row) if row else None


class OrderCard(msgspec.Struct, frozen=True):
    """An order in the shopper's list. `waits`: paid, and its campaign has not let it go.

    `ships_at` is the day a pre-sale promised, as long as it waits for it; `sold` how far its payments are.
    """

    number: str
    status: str
    payment_status: str
    fulfillment_status: str
    total_amount: int
    currency: str
    placed_at: datetime
    title: str
    image_key: str | None
    units: int
    ships_at: datetime | None
    waits: bool
    sold: str | None


MINE = """
SELECT orders.number, orders.status, orders.payment_status, orders.fulfillment_status, orders.total_amount,
    orders.currency, orders.placed_at, line.title, line.image_key,
    (SELECT sum(quantity)::integer FROM order_line WHERE order_id = orders.id) AS units,
    CASE WHEN campaign.kind = 'presale' AND sold.status NOT IN ('confirmed', 'closed') THEN sold.ships_at END
        AS ships_at, coalesce(one.status = 'taken', false) AS waits, sold.status AS sold
FROM orders JOIN order_line AS line ON line.order_id = orders.id AND line.line_number = 1
LEFT JOIN participation AS one ON one.order_id = orders.id
LEFT JOIN presale_order AS sold ON sold.order_id = orders.id LEFT JOIN campaign ON campaign.id = sold.campaign
WHERE orders.customer = $1 OR (orders.visitor_id = $2 AND orders.customer IS NULL)
ORDER BY orders.placed_at DESC, orders.id DESC LIMIT $3
"""


async def orders_of(customer_id: UUID | None, visitor_id: UUID, limit: int = 50) -> list[OrderCard]:
    """The customer's orders, and those of this browser that nobody signed in for."""
    return [OrderCard(**row) for row in await tenants.connection().fetch(MINE, customer_id, visitor_id, limit)]


async def handles_of(products: list[UUID]) -> dict[UUID, str]:
    """Where an order's lines lead, for products that are still on the shelf."""
    rows = await tenants.connection().fetch(
        "SELECT id, handle FROM product WHERE id = ANY($1::uuid[]) AND status = 'published'", products
    )
    return {row["id"]: row["handle"] for row in rows}


BOUND_TO = """
SELECT promoter.name FROM binding JOIN binding_subject AS subject ON subject.id = binding.subject
JOIN promoter ON promoter.id = binding.promoter AND promoter.status = 'approved'
WHERE subject.visitor_id = $1 AND binding.ended_at IS NULL AND binding.valid_until > $2
"""
SHARER = """
SELECT promoter.name FROM click JOIN tracked_link AS link ON link.id = click.link
JOIN promoter ON promoter.id = link.promoter AND promoter.status = 'approved'
CROSS JOIN store_profile AS profile
WHERE click.visitor_id = $1 AND click.qualifies
    AND click.clicked_at > $2::timestamptz - make_interval(days => profile.click_window_days)
ORDER BY click.clicked_at DESC LIMIT 1
"""


async def sharer_of(visitor_id: UUID, at: datetime) -> str:
    """Whoever this browser is bound to, else whose link brought it last as long as that counts; empty if nobody's."""
    bound: str | None = await tenants.connection().fetchval(BOUND_TO, visitor_id, at)
    name: str | None = bound or await tenants.connection().fetchval(SHARER, visitor_id, at)
    return name or ""


class ShelfName(msgspec.Struct, frozen=True):
    """A shelf as far as a link to it needs."""

    id: UUID
    handle: str
    title: str


SHELF = """
SELECT collection.id, collection.handle, collection.title FROM collection_product AS place
JOIN collection ON collection.id = place.collection
WHERE place.product = $1 ORDER BY collection.position, collection.title, collection.id LIMIT 1
"""


async def shelf_of(product: UUID) -> ShelfName | None:
    row = await tenants.connection().fetchrow(SHELF, product)
    return ShelfName(**row) if row else None


class Marks(msgspec.Struct, frozen=True):
    """What a list says of its products: which are sold out, and from which day those ship that a pre-sale offers."""

    gone: set[UUID]
    ships: dict[UUID, datetime]


MARKS = f"""
SELECT variant.product, NOT coalesce(bool_or(level.oversell OR NOT level.tracked), false)
    AND coalesce(sum(greatest({FREE}, 0)), 0) = 0 AS gone,
    (SELECT min((campaign.terms->>'ships_at')::timestamptz) FROM campaign
        JOIN campaign_item AS item ON item.campaign = campaign.id AND item.active
        JOIN variant AS offered ON offered.id = item.variant AND offered.product = variant.product
        WHERE campaign.kind = 'presale' AND campaign.status IN ('scheduled', 'open')
            AND coalesce(campaign.starts_at, $2) <= $2 AND coalesce(campaign.ends_at > $2, true)) AS ships_at
FROM variant LEFT JOIN stock_level AS level ON level.variant = variant.id AND {PROMISING}
WHERE variant.product = ANY($1::uuid[]) AND variant.active GROUP BY variant.product
"""  # noqa: S608 - constants


async def marks_of(products: Iterable[UUID]) -> Marks:
    rows = await tenants.connection().fetch(MARKS, list(products), now())
    ships = {row["product"]: row["ships_at"] for row in rows if row["ships_at"]}
    return Marks({row["product"] for row in rows if row["gone"]}, ships)
