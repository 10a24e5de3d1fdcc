"""Orders cost what the templates say for where they go, and keep it; taxes are added or told apart."""

from __future__ import annotations

import pytest

import tenants
from app import freight, ledger, orders, store
from app.flows.cart_contents import look_into_cart
from app.flows.decide_attribution import decide_attribution
from app.flows.place_order import place_order
from tenants import Tenant
from tests import builders_earning as earning
from tests import builders_selling as selling
from tests.invariants import check

JIANGSU = selling.SHIP_TO | {"region": "江苏省", "city": "无锡市"}
TIBET = selling.SHIP_TO | {"region": "西藏自治区", "city": "拉萨市"}
HOME = freight.Template(
    None, "Usual", "weight",
    (
        freight.Region(country="CN", areas=("江苏", "浙江"), first_units=1000, first_amount=500, further_amount=100,
                       further_units=500),
        freight.Region(country="CN", areas=("西藏",), delivers=False),
        freight.Region(first_units=1000, first_amount=900, further_amount=300, further_units=1000),
    ),
)  # fmt: skip
BULKY = freight.Template(None, "Bulky", "piece", (freight.Region(first_amount=2000, further_amount=1500),))


async def _save(template: freight.Template) -> object:
    async with tenants.transaction():
        return await freight.save_template(template)


async def _weigh(made: selling.Offer, grams: int, template: object = None) -> None:
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE variant SET weight_grams = $2 WHERE id = $1", made.variant, grams)
        await tenants.connection().execute(
            "UPDATE product SET freight_template = $2 WHERE id = $1", made.product, template
        )


async def _tax(mode: store.TaxMode, bps: int, *, on_freight: bool = True) -> None:
    async with tenants.transaction():
        await store.change_tax(store.TaxTerms(mode=mode, bps=bps, name="VAT", on_freight=on_freight))


async def test_an_order_costs_what_its_parcels_cost_where_they_go(shop: Tenant) -> None:
    await _save(HOME)
    bulky = await _save(BULKY)
    peaches, chair = await selling.offer(title="Peaches"), await selling.offer(title="Chair", price=9900)
    await _weigh(peaches, 800)
    await _weigh(chair, 9000, bulky)
    visitor, cart = await selling.fill_cart(peaches, chair, quantity=2)

    async with tenants.transaction():
        usual = await look_into_cart(cart, visitor)
        near = await look_into_cart(cart, visitor, JIANGSU)
    placed = await place_order(cart, visitor, selling.checkout(ship_to=JIANGSU, seen_total=near.total_amount))

    assert (usual.freight_amount, usual.delivery.is_certain) == (1200 + 3500, False)
    assert (near.freight_amount, near.delivery.is_certain) == (700 + 3500, True)
    async with tenants.transaction():
        order, lines = await orders.find(placed.order_id), await orders.lines_of(placed.order_id)
    assert order.freight_amount == 4200
    assert [line.freight_amount for line in lines] == [700, 3500]
    await check(shop)


async def test_an_order_keeps_its_freight_when_the_template_changes(shop: Tenant) -> None:
    known = await _save(HOME)
    peaches = await selling.offer()
    await _weigh(peaches, 800)
    visitor, cart = await selling.fill_cart(peaches, quantity=2)
    placed = await place_order(cart, visitor, selling.checkout(ship_to=JIANGSU))

    await _save(freight.Template(known, "Dearer", "flat", (freight.Region(first_amount=9900),)))  # type: ignore[arg-type]

    async with tenants.transaction():
        again = await orders.recompute(placed.order_id, freight.restore)
        charged = await orders.recompute(placed.order_id)
        order = await orders.find(placed.order_id)
    assert (order.freight_amount, again.freight_amount, charged.freight_amount) == (700, 700, 700)
    assert order.total_amount == again.total_amount


async def test_nothing_is_ordered_to_where_it_is_not_sent(shop: Tenant) -> None:
    await _save(HOME)
    visitor, cart = await selling.fill_cart(await selling.offer(title="Peaches"))

    with pytest.raises(freight.NotDeliveredThere) as refused:
        await place_order(cart, visitor, selling.checkout(ship_to=TIBET))

    assert refused.value.details == {"titles": "Peaches"}
    async with tenants.transaction():
        assert await tenants.connection().fetchval("SELECT count(*) FROM orders") == 0


async def test_a_store_without_templates_keeps_its_one_price(shop: Tenant) -> None:
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE store_profile SET freight_amount = 600")
    visitor, cart = await selling.fill_cart(await selling.offer(), quantity=3)

    async with tenants.transaction():
        contents = await look_into_cart(cart, visitor)

    assert (contents.freight_amount, contents.delivery.is_certain) == (600, True)


async def test_the_default_of_the_store_may_go_and_its_one_price_holds_again(shop: Tenant) -> None:
    known = await _save(HOME)
    visitor, cart = await selling.fill_cart(await selling.offer())

    async with tenants.transaction():
        await freight.remove_template(known)  # type: ignore[arg-type] # an id
        contents = await look_into_cart(cart, visitor)

    assert contents.freight_amount == 0


async def test_tax_on_top_is_part_of_the_total_and_of_the_lines(shop: Tenant) -> None:
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE store_profile SET freight_amount = 1000")
    await _tax("exclusive", 1300)
    books = await selling.offer(title="Books", price=5005)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE variant SET taxable = false WHERE id = $1", books.variant)
    visitor, cart = await selling.fill_cart(await selling.offer(price=5005), books)

    placed = await place_order(cart, visitor, selling.checkout(seen_total=11_726))

    async with tenants.transaction():
        order = await orders.find(placed.order_id)
        breakdowns = [line.price_breakdown for line in await orders.lines_of(placed.order_id)]
    assert (order.tax_amount, order.total_amount) == (716, 11_726)
    assert [line.get("tax", 0) for line in breakdowns] == [716, 0]
    await check(shop)


async def test_a_paid_order_owes_its_tax_and_earns_its_freight(shop: Tenant) -> None:
    await _save(HOME)
    await _tax("exclusive", 1000)

    await selling.paid_order(await selling.offer(price=4_000), quantity=2)

    async with tenants.transaction():
        balances = {balance.kind: balance.amount for balance in await ledger.balances()}
    assert balances == {"psp_clearing": 9_790, "merchant_sales": -8_000, "freight_income": -900, "tax_payable": -890}
    await check(shop)


async def test_tax_inside_the_prices_changes_no_total(shop: Tenant) -> None:
    await _tax("inclusive", 500, on_freight=False)
    visitor, cart = await selling.fill_cart(await selling.offer(price=10_500))

    placed = await place_order(cart, visitor, selling.checkout(seen_total=10_500))

    async with tenants.transaction():
        order = await orders.find(placed.order_id)
        (line,) = await orders.lines_of(placed.order_id)
    assert (order.tax_amount, order.total_amount) == (0, 10_500)
    assert line.price_breakdown["tax_included"] == 500


async def test_promoters_earn_on_what_stays_without_the_tax_in_the_prices(shop: Tenant) -> None:
    await _tax("inclusive", 500)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE store_profile SET freight_amount = 1050")
    visitor, cart = await selling.fill_cart(await selling.offer(price=10_500))
    link = await earning.link(await earning.promoter(rate_bps=1000))
    await earning.click(link, visitor=visitor)
    placed = await place_order(cart, visitor, selling.checkout())

    await decide_attribution(placed.order_id)

    async with tenants.transaction():
        row = await tenants.connection().fetchrow("SELECT base_amount, amount FROM commission_line")
    assert row == (10_000, 1_000)


async def test_another_store_sees_none_of_the_templates(shop: Tenant, other_shop: Tenant) -> None:
    await _save(HOME)

    with tenants.bind(other_shop):
        async with tenants.transaction():
            assert await freight.templates() == []
