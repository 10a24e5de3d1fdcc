"""Pre-sales for tests: a deposit first, the balance later, and a day on which it ships."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import tenants
from app import group_buying, orders, payments, presale
from app.flows.run_campaign import publish_campaign
from app.group_buying import Campaign, ItemDraft
from app.kernel.clock import now
from app.orders import Order
from app.presale import PresaleOrder
from tests import builders_campaigns as campaigns
from tests import builders_selling as selling
from tests.builders_selling import Offer

PRICE, DEPOSIT, WORTH = 10000, 2000, 5000
TOTAL = PRICE - WORTH + DEPOSIT  # what one unit costs whoever pays the deposit first


async def presale_campaign(
    goods: Offer | None = None, *, deposit: int = DEPOSIT, worth: int = WORTH, forfeits: bool = True, opens: float = 48,
    due: float = 120, ships: float = 240, quota: int | None = None, **facts: Any,
) -> Campaign:  # fmt: skip
    """Hours from now say when the balance opens and is due, and when it ships; no deposit means paid in full."""
    goods = goods or await selling.offer(price=12000, stock=1000)
    moment = now()
    terms = group_buying.PresaleTerms(
        ships_at=moment + timedelta(hours=ships), forfeits=forfeits,
        deposits={str(goods.variant): deposit} if deposit else {}, worth={str(goods.variant): worth} if deposit else {},
        opens_at=moment + timedelta(hours=opens), due_at=moment + timedelta(hours=due),
    )  # fmt: skip
    made = await campaigns.campaign(
        goods, kind="presale", title="Plums of June", items=[ItemDraft(goods.variant, PRICE, quota)], publish=False,
        **facts,
    )  # fmt: skip
    async with tenants.transaction():
        await group_buying.set_terms(made.id, terms)
    await publish_campaign(made.id, actor="owner")
    return await campaigns.look(made.id)


async def mine(order_id: UUID) -> PresaleOrder:
    async with tenants.transaction():
        return await presale.presale_of(order_id)


async def order(order_id: UUID) -> Order:
    async with tenants.transaction():
        return await orders.find(order_id)


async def window_opens(order_id: UUID) -> None:
    """As if the day had come on which the balance can be paid."""
    async with tenants.transaction():
        moment = now() - timedelta(seconds=1)
        database = tenants.connection()
        await database.execute("UPDATE orders SET balance_from = $2 WHERE id = $1", order_id, moment)
        await database.execute("UPDATE presale_order SET opens_at = $2 WHERE order_id = $1", order_id, moment)


async def day_comes(order_id: UUID) -> None:
    """As if it were the day of shipping."""
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE presale_order SET ships_at = $2 WHERE order_id = $1", order_id, now() - timedelta(seconds=1)
        )


async def refunds(order_id: UUID) -> list[payments.Refund]:
    async with tenants.transaction():
        return await payments.refunds_of(order_id)


async def books() -> dict[str, int]:
    """What moved on every account of the store: credits less debits."""
    async with tenants.transaction():
        rows = await tenants.connection().fetch(
            "SELECT account.kind, sum(CASE WHEN account.id = leg.credit THEN leg.amount ELSE -leg.amount END)::bigint"
            " AS amount FROM ledger_account AS account"
            " JOIN ledger_transfer AS leg ON account.id IN (leg.debit, leg.credit) GROUP BY account.kind"
        )
    return {row["kind"]: row["amount"] for row in rows if row["amount"]}
