"""Part three: a shopper follows the link, buys and pays."""

from __future__ import annotations

import re
import time

from app.demo.steps import Step, until
from app.demo.visitor import NotSeen, Page, Value
from app.demo.world import World

ADDRESS: dict[str, Value] = {
    "recipient": "Lin Yue",
    "phone": "13800138000",
    "region": "浙江省",
    "city": "杭州市",
    "district": "西湖区",
    "street": "文三路 90 号 3 幢 501",
}


def shopping(world: World) -> list[Step]:
    async def click() -> str:
        began = time.monotonic()
        page = await world.shopper.open(world.link)
        page.form("product", "quantity", action="/cart/lines")
        world.product = page.url
        seconds = await world.board.shows(began, lambda shown: shown.after("Clicks") == "1", "the click")
        return f"{page.url} (on the board after {seconds:.2f} s)"

    async def fill_cart() -> str:
        page = await world.shopper.open(world.product)
        await world.shopper.submit(page, page.form("product", "quantity", action="/cart/lines"), quantity="2")
        cart = await world.shopper.open(world.shop("/cart"))
        world.goods = cart.after("Goods")
        return cart.url

    async def check_out() -> str:
        cart = await world.shopper.open(world.shop("/cart"))
        page = await world.shopper.open(cart.link("/checkout"))
        pay = await world.shopper.submit(
            page,
            page.form("cart", "seen_total", action="/checkout"),
            None,
            email=world.email("shopper"),
            **ADDRESS,
        )
        pay.form("choice", action="/pay/")
        world.pay_page = pay.url
        return pay.url

    async def pay() -> str:
        page = await world.shopper.open(world.pay_page)
        began = time.monotonic()
        back = await world.shopper.press(page, "/pay/", choice="pay")
        found = re.search(r"/orders/([^/?]+)", back.url)
        if not found:
            raise NotSeen(f"the provider did not lead back to the order but to {back.url}")
        world.order = found[1]
        world.order_page = back.url.replace("/paid-return", "")

        async def paid() -> Page:
            page = await world.shopper.open(world.order_page)
            if "Waiting for payment" in page.text:
                raise NotSeen(f"{page.url} still waits for the payment")
            return page

        page = await until(paid, seconds=20, what="the paid order")
        seconds = await world.board.shows(began, lambda shown: shown.after("Orders paid") == "1", "the paid order")
        return f"{page.url} (on the board after {seconds:.2f} s)"

    return [
        Step("A shopper follows the link; the click is on the board", click),
        Step("The shopper puts two boxes into the cart", fill_cart),
        Step("The shopper checks out, without an account", check_out),
        Step("The shopper pays on the provider's page; the order is paid", pay),
    ]
