"""A channel of the merchant brings orders, costs what its card says, and pays nobody."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

import tenants
from app import attribution, commissions, links
from app.backoffice import queries_channels as queries
from app.flows.create_link import create_channel_link
from app.flows.decide_attribution import decide_attribution
from app.flows.finalize_attribution import finalize_attribution
from app.flows.fold_clicks import fold_clicks
from app.flows.record_clicks import find_destination
from app.flows.reverse_commission import reverse_commission
from app.kernel.clock import now
from app.kernel.errors import InvalidInput
from app.kernel.ids import new_id
from app.links import Figures, Rates
from tenants import Tenant
from tests import builders_attribution, invariants
from tests import builders_earning as build


async def channel(name: str = "Poster", **rates: int) -> links.Channel:
    async with tenants.transaction():
        return await links.open_channel(name, "", Rates(**rates), by="Su He")


async def _bought(
    through: links.Link, *, at: float = 1, goods: int = 10_000, visitor: UUID | None = None, email: str = ""
) -> UUID:
    """A paid order of somebody who came through the link so many days ago."""
    visitor = visitor or new_id()
    await build.click(through, visitor=visitor, at=build.days_ago(at))
    order = await build.order(visitor=visitor, goods=(goods,), email=email or f"{visitor.hex}@shopper.test")
    await build.mark_paid(order)
    await decide_attribution(order)
    await finalize_attribution(order)
    return order


async def _figures(of: links.Channel, days: int = 0) -> Figures:
    async with tenants.transaction():
        return (await queries.figures(days)).get(of.id, Figures())


async def test_a_channel_is_credited_and_pays_nobody(shop: Tenant) -> None:
    poster = await channel()
    link = await create_channel_link(poster.id, label="metro")

    order = await _bought(link)

    async with tenants.transaction():
        receipt = (await attribution.receipt_of(order))[0]
        lines = await commissions.lines_of(order)
        kinds = await tenants.connection().fetch("SELECT kind, promoter, channel FROM touch")
    assert (receipt.winner, lines) == (None, [])
    assert [tuple(row.values()) for row in kinds] == [("channel", None, poster.id)]
    figures = await _figures(poster)
    assert (figures.visitors, figures.orders, figures.net_amount, figures.cost_amount) == (1, 1, 10_000, 0)
    await invariants.check_promoters(shop)
    assert "a link whose hours are not its clicks" not in await invariants.found()


async def test_a_promoter_keeps_the_sale_though_the_channel_was_met_last(shop: Tenant) -> None:
    poster, host, visitor = await channel(), await build.promoter(rate_bps=1000), new_id()
    await build.click(await build.link(host), visitor=visitor, at=build.days_ago(2))

    order = await _bought(await create_channel_link(poster.id), visitor=visitor)

    async with tenants.transaction():
        (line,) = await commissions.lines_of(order)
    assert (line.promoter, line.amount) == (host.id, 1_000)
    figures = await _figures(poster)
    assert (figures.orders, figures.commission_amount, figures.cost_amount) == (1, 1_000, 0)


async def test_a_channel_binds_nobody(shop: Tenant) -> None:
    await builders_attribution.policy(bind_trigger="click")
    visitor = new_id()

    await _bought(await create_channel_link((await channel()).id), visitor=visitor)

    assert await builders_attribution.bindings(visitor) == []


async def test_the_last_channel_in_time_has_the_order(shop: Tenant) -> None:
    early, late, visitor = await channel("Early"), await channel("Late"), new_id()
    await build.click(await create_channel_link(early.id), visitor=visitor, at=build.days_ago(3))

    await _bought(await create_channel_link(late.id), visitor=visitor)
    await _bought(await create_channel_link(early.id), at=45)

    assert ((await _figures(early)).orders, (await _figures(late)).orders) == (0, 1)


async def test_deciding_again_credits_once(shop: Tenant) -> None:
    poster = await channel(order_amount=300)
    order = await _bought(await create_channel_link(poster.id))

    await decide_attribution(order)

    assert (await _figures(poster)).orders_amount == 300


async def test_the_cost_follows_clicks_orders_and_what_stays_sold(shop: Tenant) -> None:
    poster = await channel(click_amount=7, order_amount=500, sale_bps=1250)
    link = await create_channel_link(poster.id)
    async with tenants.transaction():
        await links.add_spend(poster.id, now().date(), 2_000, "print", by="Su He")
        await links.add_spend(poster.id, now().date(), -500, "rebate", by="Su He")
    order = await _bought(link, goods=9_999, email="anna@shopper.test")
    await _bought(link, goods=1_000, email="anna@shopper.test")
    await build.click(link, reason="machine")
    await fold_clicks()
    await build.mark_refunded(order, 3_333)
    await reverse_commission(order)

    figures = await _figures(poster)

    net = 9_999 - 3_333 + 1_000
    sales = (9_999 - 3_333) * 1250 // 10_000 + 1_000 * 1250 // 10_000
    assert (figures.raw_clicks, figures.clicks, figures.orders, figures.first_orders) == (3, 2, 2, 1)
    assert (figures.net_amount, figures.sales_amount) == (net, sales)
    cost = 1_500 + 2 * 7 + 2 * 500 + sales
    assert (figures.cost_amount, figures.first_order_cost) == (cost, cost)
    assert figures.roi_bps == (net - cost) * 10_000 // cost


async def test_an_order_that_went_back_whole_costs_nothing_and_is_none(shop: Tenant) -> None:
    poster = await channel(order_amount=500, sale_bps=1000)
    order = await _bought(await create_channel_link(poster.id), goods=10_000)

    await build.mark_refunded(order, 10_000)

    figures = await _figures(poster)
    assert (figures.orders, figures.net_amount, figures.cost_amount, figures.roi_bps) == (0, 0, 0, None)


async def test_another_card_counts_from_the_next_hour_on(shop: Tenant) -> None:
    poster = await channel(click_amount=10, order_amount=100)
    link = await create_channel_link(poster.id)
    await _bought(link)

    async with tenants.transaction():
        await links.change_channel(poster.id, "Poster", "", Rates(click_amount=20, order_amount=900), by="Su He")
        await links.change_channel(poster.id, "Poster", "", Rates(click_amount=20, order_amount=900), by="Su He")
        newest, oldest = await links.rates_of(poster.id)
    await build.click(link, at=newest.valid_from + timedelta(minutes=1))
    await fold_clicks()

    assert (newest.version, oldest.version) == (2, 1)
    assert newest.valid_from > now()
    figures = await _figures(poster)
    assert (figures.clicks_amount, figures.orders_amount) == (10 + 20, 100)


async def test_links_of_a_closed_channel_lead_on_and_count_for_nothing(shop: Tenant) -> None:
    poster = await channel()
    link = await create_channel_link(poster.id)
    async with tenants.transaction():
        assert await links.close_channel(poster.id, closed=True) == [link.code]

    destination = await find_destination(shop, link.code)

    assert destination is not None
    assert (destination.path, destination.barred) == ("/", "paused")
    with pytest.raises(links.ChannelClosed):
        await create_channel_link(poster.id)


@pytest.mark.parametrize("rates", [{"click_amount": -1}, {"order_amount": -1}, {"sale_bps": 10_001}])
async def test_a_card_without_sense_makes_no_channel(shop: Tenant, rates: dict[str, int]) -> None:
    with pytest.raises(InvalidInput):
        await channel("Poster", **rates)

    async with tenants.transaction():
        assert await links.channels() == []


async def test_a_name_is_given_once(shop: Tenant) -> None:
    await channel("Poster")

    with pytest.raises(InvalidInput):
        await channel("Poster")


async def test_another_store_has_channels_of_its_own(shop: Tenant, other_shop: Tenant) -> None:
    await _bought(await create_channel_link((await channel()).id))

    with tenants.bind(other_shop):
        async with tenants.transaction():
            assert await links.channels() == []
            assert await queries.figures(0) == {}
