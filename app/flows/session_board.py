"""Everything the board of a live session shows, read once for everybody who looks at it. Not a journey.

Nothing of it is counted up: every look adds up rows as they are, so the board's last figures are those of the books.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app import live
from app.flows.session_outlook import Outlook, usual_outlook
from app.flows.session_sales import NOTHING, Sales, Sold, sales_of
from app.kernel.clock import now
from app.live import LiveSession

LATELY = timedelta(minutes=5)
BARS = 60
MOST_SLOTS = 100
MOST_SHARERS = 50
NAMES_APART = 0.15

CLICKS = """
SELECT count(*) FILTER (WHERE (evidence ->> 'counted')::boolean) AS clicks,
    count(*) FILTER (WHERE (evidence ->> 'counted')::boolean AND occurred_at >= $2) AS clicks_lately,
    count(DISTINCT visitor_id) AS viewers,
    count(DISTINCT visitor_id) FILTER (WHERE occurred_at >= $2) AS viewers_lately
FROM touch WHERE live_session = $1
"""
CARTS = """
SELECT count(*) FROM cart WHERE status = 'open' AND updated_at >= $2
    AND visitor_id IN (SELECT visitor_id FROM touch WHERE live_session = $1)
    AND EXISTS (SELECT 1 FROM cart_line WHERE cart_line.cart = cart.id)
"""
COMMISSION = """
SELECT line.promoter, line.status, sum(line.amount)::bigint AS amount,
    sum(line.reversed_amount)::bigint AS reversed_amount
FROM attribution_decision AS sale JOIN commission_line AS line ON line.decision = sale.id
WHERE sale.live_session = $1 AND sale.status <> 'void' AND line.status <> 'canceled'
GROUP BY line.promoter, line.status
"""
SLOTS = """
SELECT slot.id, slot.seq, slot.status, slot.host, slot.on_air_at, slot.off_air_at, slot.quota, slot.price_amount,
    slot.minutes, product.id AS product, product.title,
    coalesce(product.cover_thumb_key, product.cover_key) AS image_key,
    CASE variant.title WHEN 'Default Title' THEN '' ELSE variant.title END AS variant_title,
    variant.price_amount AS usual_amount, host.name AS host_name, coalesce(item.taken, 0) AS taken,
    campaign.code AS campaign_code
FROM live_slot AS slot JOIN variant ON variant.id = slot.variant JOIN product ON product.id = variant.product
JOIN promoter AS host ON host.id = slot.host LEFT JOIN campaign ON campaign.id = slot.campaign
LEFT JOIN campaign_item AS item ON item.campaign = slot.campaign
WHERE slot.session = $1 AND slot.status <> 'canceled' ORDER BY slot.seq LIMIT $2
"""
FEED = """
SELECT sale.order_id, orders.ship_to ->> 'recipient' AS name, orders.ship_to ->> 'city' AS city, part.title,
    part.quantity, part.goods_amount - part.discount_amount AS amount, sale.decided_at AS at, orders.currency,
    CASE WHEN orders.payment_status IN ('unpaid', 'pending') THEN 'unpaid' ELSE 'paid' END AS kind
FROM attribution_decision AS sale JOIN orders ON orders.id = sale.order_id
JOIN order_line AS part ON part.id = sale.order_line
WHERE sale.live_session = $1 AND sale.status <> 'void' ORDER BY sale.decided_at DESC, sale.id DESC LIMIT $2
"""
BACK = """
SELECT refund.order_id, orders.ship_to ->> 'recipient' AS name, orders.ship_to ->> 'city' AS city, part.title,
    given.quantity, -given.goods_amount AS amount, refund.succeeded_at AS at, orders.currency, 'refund' AS kind
FROM refund JOIN refund_line AS given ON given.refund = refund.id JOIN order_line AS part ON part.id = given.order_line
JOIN attribution_decision AS sale ON sale.order_line = part.id JOIN orders ON orders.id = refund.order_id
WHERE sale.live_session = $1 AND sale.status <> 'void' AND refund.status = 'succeeded' AND given.goods_amount > 0
ORDER BY refund.succeeded_at DESC, given.id DESC LIMIT $2
"""
NAMES = "SELECT id, name FROM promoter WHERE id = ANY($1::uuid[])"


class Commission(msgspec.Struct, frozen=True):
    """What one promoter earns in the session, less what went back: in all, and of that what was paid for."""

    amount: int = 0
    accrued_amount: int = 0


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """One look at a session."""

    session: LiveSession
    hosts: Sequence[UUID]
    sales: Sales
    outlook: Outlook
    clicks: int
    clicks_lately: int
    viewers: int
    viewers_lately: int
    carts: int
    commissions: Mapping[UUID, Commission]
    slots: Sequence[Mapping[str, Any]]
    feed: Sequence[Mapping[str, Any]]
    names: Mapping[UUID, str]
    bars: Sequence[int]
    bars_from: datetime
    bars_until: datetime
    as_of: datetime

    @property
    def total(self) -> Sold:
        return self.sales.total

    @property
    def expected_amount(self) -> int:
        return self.outlook.expected_of(self.total)

    @property
    def conversion_bps(self) -> int:
        """Paid orders of all who came through the session's links."""
        return self.total.paid_orders * 10_000 // self.viewers if self.viewers else 0

    @property
    def on_air(self) -> Mapping[str, Any] | None:
        return next((slot for slot in self.slots if slot["status"] == "on_air"), None)

    @property
    def marks(self) -> list[tuple[float, str]]:
        """When products came on air, as places between 0 and 1 on the chart; names that would overlap are left out."""
        span, newer, marks = (self.bars_until - self.bars_from).total_seconds(), 2.0, list[tuple[float, str]]()
        for slot in sorted(self.slots, key=lambda one: str(one["on_air_at"] or ""), reverse=True):
            place = (slot["on_air_at"] - self.bars_from).total_seconds() / span if slot["on_air_at"] else -1.0
            if 0 <= place <= 1:
                marks.append((place, slot["title"] if newer - place > NAMES_APART else ""))
                newer = place
        return marks[::-1]

    @property
    def commission_amount(self) -> int:
        return sum(one.amount for one in self.commissions.values())

    def commission_of(self, promoter: UUID) -> Commission:
        return self.commissions.get(promoter, Commission())

    def sold_in(self, slot: UUID | None) -> Sold:
        return self.sales.slots.get(slot, NOTHING)

    def sold_by(self, sharer: UUID) -> Sold:
        return self.sales.sharers.get(sharer, NOTHING)

    def ranked(self, way: Mapping[UUID | None, Sold]) -> list[tuple[UUID | None, Sold]]:
        """The best first; what belongs to nobody last."""
        return sorted(way.items(), key=lambda one: (one[0] is None, -one[1].net_amount, str(one[0])))[:MOST_SHARERS]


async def board_of(session: LiveSession, *, feed: int = 8) -> Board:
    """Inside a transaction of the store."""
    database, moment = tenants.connection(), now()
    lately = moment - LATELY
    sales = await sales_of(session, lately=lately)
    came = dict(await database.fetchrow(CLICKS, session.id, lately) or {})
    carts: int = await database.fetchval(CARTS, session.id, session.started_at or session.created_at)
    newest = [dict(row) for query in (FEED, BACK) for row in await database.fetch(query, session.id, feed)]
    hosts = await live.hosts_of(session)
    commissions = await _commissions(session.id)
    people = {*hosts, *commissions, *(one for one in (*sales.sharers, *sales.hosts) if one)}
    begins, ends = _span(session, moment)
    return Board(
        session=session, hosts=hosts, sales=sales, outlook=await usual_outlook(), carts=carts + sales.total.orders,
        commissions=commissions, slots=[dict(row) for row in await database.fetch(SLOTS, session.id, MOST_SLOTS)],
        feed=sorted(newest, key=lambda one: one["at"], reverse=True)[:feed],
        names={row["id"]: row["name"] for row in await database.fetch(NAMES, list(people))},
        bars=_bars(sales.minutes, begins, ends), bars_from=begins, bars_until=ends, as_of=moment, **came,
    )  # fmt: skip


async def _commissions(session: UUID) -> dict[UUID, Commission]:
    found: dict[UUID, Commission] = {}
    for row in await tenants.connection().fetch(COMMISSION, session):
        kept, known = row["amount"] - row["reversed_amount"], found.get(row["promoter"], Commission())
        sure = 0 if row["status"] == "estimated" else kept
        found[row["promoter"]] = Commission(known.amount + kept, known.accrued_amount + sure)
    return found


def _span(session: LiveSession, moment: datetime) -> tuple[datetime, datetime]:
    """While it goes on the last hour; afterwards all of it."""
    ends = session.ended_at if session.is_over and session.ended_at else moment
    hour = ends - timedelta(minutes=BARS)
    return (min(hour, session.started_at or hour) if session.is_over else hour), ends


def _bars(minutes: Mapping[datetime, int], begins: datetime, ends: datetime) -> list[int]:
    """Sixty bars over the time shown, each with what was ordered in it."""
    bars, span = [0] * BARS, (ends - begins).total_seconds()
    for minute, amount in minutes.items():
        # A minute stands where its end is, so that what was ordered just now is in the last bar.
        place = min(BARS - 1, math.floor(((minute - begins).total_seconds() + 59) * BARS / span)) if span else 0
        if place >= 0:
            bars[place] += amount
    return bars
