"""The steps of a price have the same names in the cart, on the order and on its papers."""

from __future__ import annotations

import tenants
from app import orders, store
from app.flows.cart_contents import look_into_cart
from app.flows.choose_savings import use_code, use_points
from app.flows.order_documents import receipt_paper
from app.flows.place_order import place_order
from app.flows.price_words import paid_at_home
from app.flows.wallet_payments import Wallets
from app.kernel.i18n import current_locale
from app.storefront.price_rows import rows_of_cart, rows_of_order
from tenants import Tenant
from tests import builders_promotions as promoting
from tests import builders_selling as selling
from tests import builders_wallets as build


async def test_cart_order_and_receipt_name_every_step_alike(shop: Tenant) -> None:
    current_locale.set("en")
    ya = await promoting.customer()
    await promoting.level(bps=1000)
    await promoting.points_rule(spend=100, share=5000)
    await promoting.give_points(ya, 200)
    await promoting.coupon(amount=300)
    card, code = await build.card(1000)
    visitor, cart = await selling.fill_cart(await selling.offer(price=5000))
    await use_code(visitor, "PEACH", ya)
    await use_points(visitor, True)

    async with tenants.transaction():
        contents = await look_into_cart(cart, visitor, customer_id=ya)
    in_cart = rows_of_cart(contents, await store.profile())
    placed = await place_order(cart, visitor, selling.checkout(customer_id=ya, wallets=Wallets((code,))))
    async with tenants.transaction():
        order, lines = await orders.find(placed.order_id), await orders.lines_of(placed.order_id)
        at_home = await paid_at_home(order.id)
        paper = await receipt_paper(order, "en")
    on_order = rows_of_order(order, lines, await store.profile(), code="PEACH")

    cuts = [("Member price", "−¥5.00"), ("Coupon · PEACH", "−¥3.00"), ("Points", "−¥2.00")]
    assert [(row["label"], row["text"]) for row in on_order if row.get("kind") == "deal"] == cuts
    assert [row["label"].removesuffix(" · Gold") for row in in_cart] == [row["label"] for row in on_order]
    assert paper.sums[1:4] == cuts
    assert at_home == [(f"Gift card •••• {card.last4}", 1000)]
    assert paper.sums[-2:] == [(f"Gift card •••• {card.last4}", "−¥10.00"), ("To pay", "¥30.00")]
