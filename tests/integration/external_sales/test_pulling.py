"""Orders are read from a shop on a platform, over a real socket: late, away, wrong and twice are normal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

import tenants
from app import external_sales
from app.external_sales import Shop
from app.flows.connect_shop import connect_shop
from app.flows.merchant_acts import Actor
from app.flows.pull_sales import connect, pull_sales
from app.kernel.clock import now
from app.kernel.errors import InvalidInput
from app.kernel.ids import new_id
from infra import wiring
from infra.crypto import SealBroken
from infra.http import trusted_client
from infra.marketplace.adapters import connect as speak
from infra.marketplace.port import MarketplaceOrders, MarketplaceUnavailable
from infra.marketplace.simulator import APP, SECRET, TOKEN, Marketplace, Sale
from tenants import Tenant
from tests import builders_earning as earning
from tests import builders_elsewhere as build
from tests.contract.payment.serving import serving
from tests.invariants import check_promoters

SU_HE = Actor(new_id(), "Su He")
TYPED = {"appid": APP, "app_key": APP, "secret": SECRET, "access_token": TOKEN, "shop_cipher": "cipher"}


@pytest.fixture
async def market() -> AsyncIterator[Marketplace]:
    made = Marketplace()
    async with serving(made):
        yield made


@pytest.fixture
async def orders(market: Marketplace) -> AsyncIterator[MarketplaceOrders]:
    async with trusted_client() as client:
        yield speak("wechat_channels", TYPED, market.url, client, currency="CNY", decimals=2, pause_s=0)


async def _shop(platform: str = "wechat_channels") -> UUID:
    return await connect_shop(platform, "Peach shop", TYPED, actor=SU_HE)


async def _read_lately(shop_id: UUID) -> None:
    """So that a test has one window to read and not a month of them."""
    async with tenants.transaction():
        await external_sales.read_until(shop_id, now() - timedelta(hours=2))


async def _found(shop_id: UUID) -> Shop:
    async with tenants.transaction():
        return await external_sales.find_shop(shop_id)


async def test_a_sharer_worked_out_late_is_estimated_first_and_owed_then(
    shop: Tenant, market: Marketplace, orders: MarketplaceOrders
) -> None:
    await build.goods()
    ya = await earning.promoter(name="Ya")
    await build.known_as(ya)
    mine = await _shop()
    await _read_lately(mine)
    market.sell(Sale("S1", sharer="openid-ya"))

    await pull_sales(mine, orders)
    await build.settled()
    first = (await build.kept(), (await build.purse(ya))["frozen"])
    # The platform settles it without calling the order changed.
    market.sales["S1"].worked_out = True
    await pull_sales(mine, orders)
    await build.settled()

    assert first == ([("Ya", "estimated", 1_000)], 0)
    assert await build.kept() == [("Ya", "accrued", 1_000)]
    await check_promoters(shop)


async def test_reading_again_changes_nothing_and_goes_on_where_it_ended(
    shop: Tenant, market: Marketplace, orders: MarketplaceOrders
) -> None:
    await build.goods()
    mine = await _shop()
    await _read_lately(mine)
    for number in range(5):
        market.sell(Sale(f"S{number}"))

    await pull_sales(mine, orders)
    until = (await _found(mine)).pulled_until
    await pull_sales(mine, orders)

    async with tenants.transaction():
        counted = await tenants.connection().fetchrow(
            "SELECT count(*) AS lines, sum(sightings) AS seen FROM external_line"
        )
    assert counted is not None
    assert (counted["lines"], counted["seen"]) == (5, 5)
    again = (await _found(mine)).pulled_until
    assert until is not None
    assert again is not None
    assert again >= until


async def test_a_month_back_is_read_window_by_window(
    shop: Tenant, market: Marketplace, orders: MarketplaceOrders
) -> None:
    await build.goods()
    mine = await _shop()
    old = int((now() - timedelta(days=29)).timestamp())
    market.sell(Sale("OLD", placed_at=old, updated_at=old))

    rounds = 1
    while await pull_sales(mine, orders):
        rounds += 1

    assert rounds > 1
    assert (await build.only_line("OLD")).sale_amount == 10_000


@pytest.mark.parametrize("fault", ["error", "busy", "truncated"])
async def test_without_a_clear_answer_the_window_stays_open(
    shop: Tenant, market: Marketplace, orders: MarketplaceOrders, fault: str
) -> None:
    await build.goods()
    mine = await _shop()
    await _read_lately(mine)
    before = (await _found(mine)).pulled_until
    market.sell(Sale("S1"))
    market.faults.extend([fault, fault])  # type: ignore[list-item]

    with pytest.raises(MarketplaceUnavailable):
        await pull_sales(mine, orders)
    during = await _found(mine)
    market.faults.clear()
    await pull_sales(mine, orders)

    assert (during.pulled_until, during.failures) == (before, 1)
    assert (await _found(mine)).failures == 0
    assert (await build.only_line("S1")).status == "paid"


async def test_a_wrong_secret_is_noted_and_not_asked_with_again_at_once(shop: Tenant, market: Marketplace) -> None:
    mine = await _shop()
    async with trusted_client() as client:
        wrong = TYPED | {"secret": "wrong"}
        forger = speak("wechat_channels", wrong, market.url, client, currency="CNY", decimals=2, pause_s=0)

        assert await pull_sales(mine, forger) is False

    assert "40125" in (await _found(mine)).last_error


async def test_secrets_are_sealed_for_their_own_shop_and_store(shop: Tenant, other_shop: Tenant) -> None:
    mine, hers = await _found(await _shop()), await _found(await _shop("douyin"))

    async with tenants.transaction():
        row = dict(await tenants.connection().fetchrow("SELECT * FROM external_shop WHERE id = $1", mine.id) or {})
    assert SECRET not in str(row)
    assert connect(mine) is not None
    with pytest.raises(SealBroken):
        wiring.marketplace(row | {"id": hers.id}, tenant_id=shop.id, currency="CNY", decimals=2)
    with pytest.raises(SealBroken):
        wiring.marketplace(row, tenant_id=other_shop.id, currency="CNY", decimals=2)


async def test_one_shop_is_connected_once_and_with_all_it_needs(shop: Tenant) -> None:
    await _shop()

    with pytest.raises(external_sales.ShopKnown):
        await _shop()
    with pytest.raises(InvalidInput) as refused:
        await connect_shop("douyin", "", {"app_key": "k"}, actor=SU_HE)
    assert set(refused.value.fields) == {"name", "secret", "access_token"}
