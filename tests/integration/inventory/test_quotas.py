"""Units set apart: their seller's orders take them first, nobody else can, and the rest comes back."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

import tenants
from app import inventory
from app.flows import set_apart
from app.flows.cancel_order import cancel_order
from app.flows.place_order import place_order
from app.inventory import BelowSold, NotEnoughStock, Quota, QuotaExists
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_earning as earning
from tests import builders_selling as selling
from tests.invariants import check


def _sku(made: selling.Offer) -> str:
    return f"SKU-{made.variant.hex[-6:]}"


async def _give(
    kind: inventory.QuotaKind, subject: UUID, made: selling.Offer, units: int, *, falls_back: bool = False
) -> Quota:
    await set_apart.give_quota(kind, subject, _sku(made), units, falls_back=falls_back, note="", by="Ming")
    return await _quota()


async def _quota(*, is_open: bool = True) -> Quota:
    async with tenants.transaction():
        (found,) = await inventory.quotas(is_open=is_open)
    return found


async def _order_by(visitor: UUID, made: selling.Offer, quantity: int) -> UUID:
    _visitor, cart = await selling.fill_cart(made, quantity=quantity, visitor=visitor)
    return (await place_order(cart, visitor, selling.checkout())).order_id


async def _sent_by_a_host() -> tuple[UUID, UUID]:
    """A host, and a visitor who followed the host's link."""
    host, visitor = await earning.promoter(), new_id()
    await earning.click(await earning.link(host), visitor=visitor)
    return host.id, visitor


async def test_nobody_else_can_sell_what_is_set_apart(shop: Tenant) -> None:
    peaches = await selling.offer(stock=10)
    host, _visitor = await _sent_by_a_host()
    await _give("promoter", host, peaches, 8)

    await selling.order(peaches, quantity=2)
    with pytest.raises(NotEnoughStock):
        await selling.order(peaches)

    await check(shop)


@pytest.mark.parametrize("falls_back", [True, False])
async def test_a_hosts_orders_take_from_the_quota_first(shop: Tenant, falls_back: bool) -> None:
    peaches = await selling.offer(stock=10)
    host, visitor = await _sent_by_a_host()
    await _give("promoter", host, peaches, 3, falls_back=falls_back)

    await _order_by(visitor, peaches, 2)
    quota = await _quota()
    assert (quota.sold, quota.left_over) == (2, 1)

    if falls_back:
        await _order_by(visitor, peaches, 5)
    else:
        with pytest.raises(NotEnoughStock) as refusal:
            await _order_by(visitor, peaches, 2)
        assert refusal.value.details["left"] == 1
    assert (await _quota()).left_over == 1
    await check(shop)


async def test_orders_of_a_campaign_take_from_its_quota_and_give_back(shop: Tenant) -> None:
    peaches = await selling.offer(stock=6)
    deal = await campaigns.campaign(peaches)
    await _give("campaign", deal.id, peaches, 4)

    outcomes = await asyncio.gather(*(campaigns.join(deal, units=2) for _buyer in range(4)), return_exceptions=True)
    placed = [one for one in outcomes if not isinstance(one, BaseException)]
    assert (len(placed), (await _quota()).left_over) == (2, 0)
    await cancel_order(placed[0].order_id, actor="shopper")

    assert (await _quota()).left_over == 2
    assert (await selling.stock_of(peaches))["reserved"] == 4
    await check(shop)


async def test_a_quota_is_raised_lowered_and_called_in(shop: Tenant) -> None:
    peaches = await selling.offer(stock=10)
    host, visitor = await _sent_by_a_host()
    quota = await _give("promoter", host, peaches, 4)
    await _order_by(visitor, peaches, 3)

    await set_apart.change_quota(quota.id, 9, falls_back=True)
    with pytest.raises(NotEnoughStock):
        await set_apart.change_quota(quota.id, 11, falls_back=True)
    await set_apart.change_quota(quota.id, 5, falls_back=False)
    with pytest.raises(BelowSold):
        await set_apart.change_quota(quota.id, 2, falls_back=False)
    assert (await _quota()).left_over == 2
    with pytest.raises(QuotaExists):
        await _give("promoter", host, peaches, 1)
    await set_apart.call_in_quota(quota.id, by="Ming")

    assert (await _quota(is_open=False)).sold == 3
    assert await selling.stock_of(peaches) == {"on_hand": 10, "reserved": 3, "allocated": 0}
    with pytest.raises(NotFound):
        await set_apart.call_in_quota(quota.id, by="Ming")
    await check(shop)


async def test_a_quota_is_for_sellers_and_goods_of_the_store(shop: Tenant, other_shop: Tenant) -> None:
    peaches = await selling.offer(stock=10)
    host, _visitor = await _sent_by_a_host()
    quota = await _give("promoter", host, peaches, 4)

    with tenants.bind(other_shop):
        with pytest.raises(InvalidInput):
            await set_apart.give_quota("promoter", host, _sku(peaches), 1, falls_back=True, note="", by="Eve")
        with pytest.raises(NotFound):
            await set_apart.call_in_quota(quota.id, by="Eve")
        with pytest.raises(NotFound):
            await set_apart.change_quota(quota.id, 1, falls_back=True)
