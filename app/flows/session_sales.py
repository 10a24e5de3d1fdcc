"""What a live session sold, in one pass over its lines: by slot, host, sharer, product and minute. Not a journey.

A line belongs to the session when its sale came through one of the session's links. Inside the session it belongs

- to the slot that last showed its product before it was ordered; none when it was not shown yet;
- to the host of that slot, and without one to its sharer if they host the session;
- to the sharer through whose link the shopper came.

Each of these adds up to the same total. `gross` is goods that were paid, after discounts, without freight and added
tax; `refunded` is what of them is back at the shopper; `unpaid` is ordered and may still be paid; `waiting` is paid,
but in a team that is not complete. These are the amounts the ledger calls sales.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app import live
from app.live import LiveSession

SALES = """
WITH shown AS (
    SELECT slot.id, slot.host, variant.product, slot.on_air_at AS from_at,
        lead(slot.on_air_at, 1, 'infinity') OVER (PARTITION BY variant.product ORDER BY slot.on_air_at, slot.id)
            AS until_at
    FROM live_slot AS slot JOIN variant ON variant.id = slot.variant
    WHERE slot.session = $1 AND slot.on_air_at IS NOT NULL
), sold AS (
    SELECT sale.order_id, sale.order_line, sale.promoter, orders.placed_at,
        orders.payment_status IN ('paid', 'partially_refunded', 'refunded') AS paid,
        orders.refunded_amount > 0 AS gave_back
    FROM attribution_decision AS sale JOIN orders ON orders.id = sale.order_id
    WHERE sale.live_session = $1 AND sale.status <> 'void'
), back AS (
    SELECT part.order_line, sum(part.goods_amount)::bigint AS amount, sum(part.quantity)::bigint AS units
    FROM refund JOIN refund_line AS part ON part.refund = refund.id
    WHERE refund.status = 'succeeded' AND refund.order_id IN (SELECT order_id FROM sold WHERE gave_back)
    GROUP BY part.order_line
), earned AS (
    SELECT one.order_line, sum(one.amount - one.reversed_amount)::bigint AS amount FROM commission_line AS one
    WHERE $5 AND one.status <> 'canceled' AND one.order_id IN (SELECT order_id FROM sold) GROUP BY one.order_line
), line AS (
    SELECT sold.order_id, sold.promoter AS sharer, shown.id AS slot, part.product,
        coalesce(shown.host, CASE WHEN sold.promoter = ANY($2::uuid[]) THEN sold.promoter END) AS host,
        CASE WHEN $4 THEN date_trunc('minute', sold.placed_at) END AS minute,
        CASE WHEN sold.paid THEN sold.order_id END AS paid_order,
        CASE WHEN sold.paid AND sold.placed_at >= $3 THEN sold.order_id END AS paid_lately,
        CASE WHEN sold.paid THEN part.quantity ELSE 0 END AS units,
        coalesce(back.units, 0) AS units_back,
        CASE WHEN sold.paid THEN part.goods_amount ELSE 0 END AS goods,
        CASE WHEN sold.paid THEN part.discount_amount ELSE 0 END AS discounts,
        CASE WHEN sold.paid THEN 0 ELSE part.goods_amount - part.discount_amount END AS unpaid,
        CASE WHEN sold.paid THEN coalesce(back.amount, 0) ELSE 0 END AS refunded,
        CASE WHEN sold.paid AND team.status = 'forming' THEN part.goods_amount - part.discount_amount ELSE 0 END
            AS waiting,
        coalesce(earned.amount, 0) AS commission
    FROM sold JOIN order_line AS part ON part.id = sold.order_line AND part.gift IS NULL
    LEFT JOIN shown ON shown.product = part.product
        AND sold.placed_at >= shown.from_at AND sold.placed_at < shown.until_at
    LEFT JOIN back ON back.order_line = sold.order_line
    LEFT JOIN earned ON earned.order_line = sold.order_line
    LEFT JOIN team_seat AS seat ON seat.order_id = sold.order_id AND seat.status = 'taken'
    LEFT JOIN team_group AS team ON team.id = seat.team
)
SELECT CASE grouping(slot, host, sharer, product, minute) WHEN 31 THEN 'total' WHEN 15 THEN 'slot' WHEN 23 THEN 'host'
        WHEN 27 THEN 'sharer' WHEN 29 THEN 'product' ELSE 'minute' END AS by,
    coalesce(slot, host, sharer, product) AS key, minute,
    count(DISTINCT order_id) AS orders, count(DISTINCT paid_order) AS paid_orders,
    count(DISTINCT paid_lately) AS paid_lately, coalesce(sum(units), 0)::bigint AS units,
    coalesce(sum(units_back), 0)::bigint AS units_back, coalesce(sum(goods), 0)::bigint AS goods_amount,
    coalesce(sum(discounts), 0)::bigint AS discount_amount, coalesce(sum(unpaid), 0)::bigint AS unpaid_amount,
    coalesce(sum(refunded), 0)::bigint AS refunded_amount, coalesce(sum(waiting), 0)::bigint AS waiting_amount,
    coalesce(sum(commission), 0)::bigint AS commission_amount
FROM line GROUP BY GROUPING SETS ((), (slot), (host), (sharer), (product), (minute))
"""


class Sold(msgspec.Struct, frozen=True, kw_only=True):
    """One row of sales; amounts are minor units of the store's currency."""

    orders: int = 0
    paid_orders: int = 0
    paid_lately: int = 0
    units: int = 0
    units_back: int = 0
    goods_amount: int = 0
    discount_amount: int = 0
    unpaid_amount: int = 0
    refunded_amount: int = 0
    waiting_amount: int = 0
    commission_amount: int = 0

    @property
    def gross_amount(self) -> int:
        return self.goods_amount - self.discount_amount

    @property
    def net_amount(self) -> int:
        return self.gross_amount - self.refunded_amount


NOTHING = Sold()


class Sales(msgspec.Struct, frozen=True, kw_only=True):
    """A session's sales by each of the ways to look at them. Key None: no slot, no host."""

    total: Sold
    slots: Mapping[UUID | None, Sold]
    hosts: Mapping[UUID | None, Sold]
    sharers: Mapping[UUID | None, Sold]
    products: Mapping[UUID | None, Sold]
    minutes: Mapping[datetime, int]


async def sales_of(session: LiveSession, *, lately: datetime, live_board: bool = True) -> Sales:
    """`paid_lately` counts orders placed since `lately`; `minutes` is gross and unpaid goods by minute of ordering.

    A live board needs the minutes, but not what each line earns; a report needs `commission_amount` and no minutes.
    """
    hosts = await live.hosts_of(session)
    rows = await tenants.connection().fetch(SALES, session.id, hosts, lately, live_board, not live_board)
    ways: dict[str, dict[UUID | None, Sold]] = {
        way: {row["key"]: _sold(row) for row in rows if row["by"] == way}
        for way in ("total", "slot", "host", "sharer", "product")
    }
    return Sales(
        total=ways["total"].get(None, NOTHING), slots=ways["slot"], hosts=ways["host"], sharers=ways["sharer"],
        products=ways["product"],
        minutes={
            row["minute"]: row["goods_amount"] - row["discount_amount"] + row["unpaid_amount"]
            for row in rows if row["by"] == "minute" and row["minute"]
        },
    )  # fmt: skip


def _sold(row: Mapping[str, Any]) -> Sold:
    return Sold(**{name: row[name] for name in Sold.__struct_fields__})
