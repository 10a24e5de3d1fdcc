"""The orders of one shop on a platform are read: what changed since the last time, then what is not settled there.

The platform is asked between transactions. Each page is taken in by itself, and a window counts as read only when its
last page is in; windows overlap, so an order that changed on the edge is told twice rather than never, which changes
nothing. Without a clear answer the window stays open and is asked for again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import structlog

import tenants
from app import external_sales
from app.external_sales import Fact, Shop
from app.kernel.clock import now
from app.kernel.money import CURRENCIES
from infra import wiring
from infra.marketplace.port import (
    MarketplaceOrders,
    MarketplaceRejected,
    MarketplaceUnavailable,
    SoldOrder,
)
from tenants import outbox

log = structlog.get_logger()

OVERLAP = timedelta(minutes=10)
FIRST_LOOK = timedelta(days=30)
WINDOW = timedelta(hours=12)
WINDOWS_AT_ONCE = 20
ASKED_AGAIN = 50
SETTLES_WITHIN = timedelta(days=60)
SETTLE = "external_sales.settle"


def connect(shop: Shop) -> MarketplaceOrders:
    store = tenants.current()
    decimals = CURRENCIES[store.currency].exponent
    return wiring.marketplace(shop, tenant_id=store.id, currency=store.currency, decimals=decimals)


async def pull_sales(shop_id: UUID, orders: MarketplaceOrders | None = None) -> bool:
    """True when there is more to read at once. Raises MarketplaceUnavailable after noting it, NotFound."""
    async with tenants.transaction():
        shop = await external_sales.find_shop(shop_id)
    if shop.status != "active":
        return False
    try:
        orders = orders or connect(shop)
        more = await _changed(shop, orders)
        if not more:
            await _unsettled(shop, orders)
    except (MarketplaceRejected, MarketplaceUnavailable) as error:
        async with tenants.transaction():
            await external_sales.note_failure(shop_id, str(error))
        log.warning("external.pull_failed", shop=str(shop_id), error=repr(error))
        if isinstance(error, MarketplaceUnavailable):
            raise
        return False
    return more


async def _changed(shop: Shop, orders: MarketplaceOrders) -> bool:
    """Window by window up to now; the first time a month back. True when it did not get there yet."""
    end = now()
    since = (shop.pulled_until or end - FIRST_LOOK) - OVERLAP
    for _ in range(WINDOWS_AT_ONCE):
        until = min(end, since + OVERLAP + min(WINDOW, orders.longest_window - OVERLAP))
        cursor = ""
        while True:
            page = await orders.changed(since, until, cursor)
            await _take_in(shop, page.orders)
            if not (cursor := page.cursor):
                break
        async with tenants.transaction():
            await external_sales.read_until(shop.id, until)
        if until >= end:
            return False
        since = until - OVERLAP
    return True


async def _unsettled(shop: Shop, orders: MarketplaceOrders) -> None:
    async with tenants.transaction():
        numbers = await external_sales.provisional_orders(shop.id, now() - SETTLES_WITHIN, ASKED_AGAIN)
    for number in numbers:
        found = await orders.order(number)
        await _take_in(shop, (found,) if found else ())


async def _take_in(shop: Shop, orders: tuple[SoldOrder, ...]) -> None:
    facts = [fact for order in orders for fact in facts_of(order, shop.platform, tenants.current().currency)]
    if not facts:
        return
    async with tenants.transaction():
        taken = await external_sales.take_in(facts, source="api", source_id=shop.id)
        if taken.new or taken.changed:
            await outbox.post(SETTLE, key=SETTLE)


def facts_of(order: SoldOrder, platform: str, currency: str) -> list[Fact]:
    """One sighting for each line of the order. A platform's clock may run ahead of ours; nothing is of the future."""

    def then(moment: datetime) -> datetime:
        return min(moment, now())

    return [
        Fact(
            platform=platform, order_number=order.number, line_key=line.key, title=line.title[:200],
            quantity=line.quantity, sale_amount=line.paid_amount, base_amount=line.paid_amount, currency=currency,
            status=order.status, placed_at=order.placed_at, sku_code=line.sku_code[:200],
            refunded_amount=min(line.refunded_amount, line.paid_amount), paid_at=order.paid_at,
            received_at=then(order.received_at) if order.received_at else None, sharer=line.sharer[:200],
            sharer_name=line.sharer_name[:200], sharer_final=line.sharer_final, as_of=order.as_of,
        )
        for line in order.lines
    ]  # fmt: skip
