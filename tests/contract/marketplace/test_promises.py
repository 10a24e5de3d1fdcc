"""Every platform keeps the port's promises, over a real socket and with its real signatures."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from infra.http import Outside
from infra.marketplace import douyin, tiktok
from infra.marketplace.adapters import PLATFORMS, connect
from infra.marketplace.port import MarketplaceOrders, MarketplaceRejected, MarketplaceUnavailable, SoldOrder
from infra.marketplace.simulator import APP, SECRET, TOKEN, Marketplace, Sale
from tests.contract.payment.serving import serving

SAID = {"appid": APP, "app_key": APP, "secret": SECRET, "access_token": TOKEN, "shop_cipher": "cipher"}
UNTIL = datetime.now(UTC) + timedelta(hours=12)  # whatever is sold while the tests run lies between the two
SINCE = UNTIL - timedelta(days=1)


@pytest.fixture
async def market() -> AsyncIterator[Marketplace]:
    made = Marketplace()
    async with serving(made):
        yield made


@pytest.fixture(params=list(PLATFORMS))
def platform(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def shop(platform: str, market: Marketplace, outside: Outside) -> MarketplaceOrders:
    return connect(platform, SAID, market.url, outside, currency="CNY", decimals=2, pause_s=0)


async def everything(shop: MarketplaceOrders) -> list[SoldOrder]:
    found, cursor = list[SoldOrder](), ""
    while True:
        page = await shop.changed(SINCE, UNTIL, cursor)
        found += page.orders
        if not (cursor := page.cursor):
            return found


async def test_all_pages_bring_every_order_that_changed_once(shop: MarketplaceOrders, market: Marketplace) -> None:
    for number in range(7):
        market.sell(Sale(f"S{number}"))
    market.sell(Sale("OLD", updated_at=int((UNTIL - timedelta(days=3)).timestamp())))

    assert sorted(order.number for order in await everything(shop)) == [f"S{number}" for number in range(7)]


@pytest.mark.parametrize("status", ["placed", "paid", "shipped", "received"])
async def test_an_order_is_told_as_it_is(shop: MarketplaceOrders, market: Marketplace, status: str) -> None:
    market.sell(Sale("S1", status=status))

    order = await shop.order("S1")

    assert order is not None
    (line,) = order.lines
    assert (order.status, line.sku_code, line.quantity, line.paid_amount) == (status, "PEACH-1", 2, 10_000)
    assert (order.paid_at is None, order.received_at is not None) == (status == "placed", status == "received")


async def test_what_went_back_is_told_with_the_goods(shop: MarketplaceOrders, market: Marketplace) -> None:
    market.sell(Sale("S1", status="received", returned=2))

    order = await shop.order("S1")

    assert order is not None
    assert order.lines[0].refunded_amount == 10_000


async def test_an_order_the_shop_does_not_have_is_none(shop: MarketplaceOrders) -> None:
    assert await shop.order("NOBODY") is None


@pytest.mark.parametrize("fault", ["busy", "error", "truncated"])
async def test_an_unclear_answer_is_no_answer(shop: MarketplaceOrders, market: Marketplace, fault: str) -> None:
    market.sell(Sale("S1"))
    await shop.order("S1")
    market.faults.append(fault)  # type: ignore[arg-type]

    with pytest.raises(MarketplaceUnavailable):
        await shop.changed(SINCE, UNTIL)
    assert await everything(shop)


async def test_a_wrong_secret_is_refused_for_good(platform: str, market: Marketplace, outside: Outside) -> None:
    forger = connect(platform, SAID | {"secret": "wrong"}, market.url, outside, currency="CNY", decimals=2, pause_s=0)

    with pytest.raises(MarketplaceRejected):
        await forger.changed(SINCE, UNTIL)


async def test_wechat_takes_a_fresh_token_when_the_old_one_is_over(market: Marketplace, outside: Outside) -> None:
    shop = connect("wechat_channels", SAID, market.url, outside, currency="CNY", decimals=2, pause_s=0)
    market.sell(Sale("S1"))
    await shop.order("S1")
    market.faults.append("token")

    assert await shop.order("S1")
    assert market.tokens == 2


async def test_wechat_says_of_a_sharer_whether_it_has_worked_it_out(market: Marketplace, outside: Outside) -> None:
    shop = connect("wechat_channels", SAID, market.url, outside, currency="CNY", decimals=2, pause_s=0)
    market.sell(Sale("S1", sharer="openid-ya"))
    early = await shop.order("S1")
    market.sell(Sale("S1", sharer="openid-ya", worked_out=True))
    late = await shop.order("S1")

    told = [(order.lines[0].sharer, order.lines[0].sharer_final) for order in (early, late) if order]
    assert told == [("openid-ya", False), ("openid-ya", True)]


def test_douyin_is_signed_as_others_sign_it() -> None:
    params = {
        "app_key": "appkey123", "method": "order.searchList", "param_json": '{"page":0,"size":100}',
        "timestamp": "1800000000", "v": "2",
    }  # fmt: skip

    signed = douyin.signature("secret123", params)

    assert signed == "8a5350b8fdacaa753c0885ab9859d382a31de4add09c6943c1d34298bd2165f1"


def test_tiktok_leaves_the_token_out_of_its_signature() -> None:
    plain = {"app_key": "k", "timestamp": "1"}

    assert tiktok.signature("s", "/p", plain, b"{}") == tiktok.signature(
        "s", "/p", plain | {"access_token": "t", "sign": "x"}, b"{}"
    )
