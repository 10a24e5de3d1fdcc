"""Whatever is bought, saved, given back and called off on the way: what a settlement gives back is exactly the fall of
the price over what is left, and nobody ends dearer."""

from __future__ import annotations

import random
from collections.abc import Mapping
from uuid import UUID

import msgspec
import pytest

import tenants
from app import orders, payments
from app.flows.cancel_order import cancel_order
from app.flows.place_order import Placed
from app.flows.request_refund import request_refund
from app.group_buying import Campaign
from app.kernel.ids import new_id
from app.payments import RefundLine
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_ladders as ladders
from tests import builders_promotions as saving
from tests import builders_selling as selling
from tests.invariants import check

STAIRS = ((3, 4377), (7, 3991), (12, 3333))


@pytest.mark.parametrize("seed", [0, 5, 9, 11])
async def test_the_refunds_of_a_settlement_are_the_fall_of_the_price_over_what_is_left(shop: Tenant, seed: int) -> None:
    dice = random.Random(seed)
    await _terms(dice)
    goods = [await selling.offer(title=title, stock=500, price=5600) for title in ("Peaches", "Plums")]
    coupon = await saving.coupon(kind="percent", amount=0, bps=dice.randrange(100, 3000), from_amount=3300)
    ladder = await ladders.ladder(*goods, stairs=STAIRS, takes_coupons=True)
    bought = [await _buy(ladder, dice, [each.variant for each in goods], coupon.id) for _ in range(7)]
    gone = {one.order_id: await _give_back(one, dice) for one in bought}

    await ladders.finish(ladder)

    final = await ladders.final(ladder.id)
    assert final is not None
    for one in bought:
        async with tenants.transaction():
            order, lines = await orders.find(one.order_id), await orders.lines_of(one.order_id)
            kept = await orders.recorded(one.order_id, orders.as_charged)
        came_back = sum(await ladders.differences(one.order_id))
        if order.status == "canceled":
            assert came_back == 0
            continue
        priced = orders.price(*_as_if(kept, final.prices))
        fall = sum(
            _left(line.paid_goods_amount, line.quantity, gone[one.order_id].get(line.id, 0))
            - _left(now.worth, line.quantity, gone[one.order_id].get(line.id, 0))
            for line, now in zip(lines, priced.lines, strict=True)
        )
        taxes = sum(
            _left(line.tax_amount, line.quantity, gone[one.order_id].get(line.id, 0))
            - _left(now.tax_amount, line.quantity, gone[one.order_id].get(line.id, 0))
            for line, now in zip(lines, priced.lines, strict=True)
        )
        assert came_back == fall + taxes, (seed, one.number)
        assert came_back >= 0
        assert order.refunded_amount <= order.paid_amount
    await check(shop)


async def _terms(dice: random.Random) -> None:
    """Delivery and tax as this store has them."""
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE store_profile SET freight_amount = $1, free_freight_from_amount = $2, tax_mode = $3, tax_bps = $4",
            dice.choice((0, 800)), dice.choice((None, 9000)), dice.choice(("none", "inclusive")), 600,
        )  # fmt: skip


async def _buy(ladder: Campaign, dice: random.Random, variants: list[UUID], coupon: UUID) -> Placed:
    units = {variant: dice.randint(1, 3) for variant in dice.sample(variants, dice.randint(1, len(variants)))}
    placed = await ladders.join_saving(ladder, units, coupon=coupon if dice.random() < 0.5 else None, visitor=new_id())
    await campaigns.pay(placed)
    return placed


async def _give_back(placed: Placed, dice: random.Random) -> Mapping[UUID, int]:
    """Some are called off, of some a few units go back before it ends; answers the units by line."""
    chance = dice.random()
    if chance < 0.2:
        await cancel_order(placed.order_id, actor="shopper")
    if not 0.2 <= chance < 0.6:
        return {}
    async with tenants.transaction():
        lines = await orders.lines_of(placed.order_id)
    gone = {line.id: dice.randint(0, line.quantity) for line in lines}
    if not sum(gone.values()) or all(gone[line.id] == line.quantity for line in lines):
        return {}
    await request_refund(
        placed.order_id, lines=[RefundLine(line, units) for line, units in gone.items() if units], reason="too many"
    )
    async with tenants.transaction():
        return {line: part.quantity for line, part in (await payments.gone_of(placed.order_id)).items()}


def _as_if(
    kept: orders.Recorded, prices: Mapping[UUID, int]
) -> tuple[list[orders.PriceLine], orders.PriceRules, orders.FreightRule]:
    """The order as if placed at the final price, with the coupon that was granted.

    Whoever joined when the count stood higher than it ended keeps the lower price.
    """
    lines = [
        msgspec.structs.replace(line, campaign_amount=min(line.campaign_amount or 0, prices[line.variant]))
        for line in kept.lines
    ]
    coupon = kept.rules.coupon and msgspec.structs.replace(kept.rules.coupon, from_amount=0)
    return lines, msgspec.structs.replace(kept.rules, coupon=coupon), kept.freight


def _left(amount: int, quantity: int, gone: int) -> int:
    return amount - amount * gone // quantity
