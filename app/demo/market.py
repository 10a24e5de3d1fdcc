"""Part eleven: shoppers come to the two demo stores, most of them through the demo host's links, so that boards and
desks have something to show."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from app.demo.people import HOST
from app.demo.steps import Step
from app.demo.stores import STORES
from app.demo.visitor import NotSeen, Page, Value, Visitor
from app.demo.world import World, at
from infra.settings import settings

PEOPLE: dict[str, dict[str, Value]] = {
    "qinghe": {
        "recipient": "陈雨桐", "phone": "13900139000", "region": "江苏省", "city": "无锡市", "district": "滨湖区",
        "street": "蠡湖大道 88 号",
    },
    "yizhan": {
        "recipient": "林書妍", "phone": "0912345678", "region": "台北市", "city": "台北市", "district": "大安區",
        "street": "和平東路二段 66 號", "postal_code": "106",
    },
}  # fmt: skip
ORGANIC = 2


def market(_: World) -> list[Step]:
    async def come() -> str:
        visits = [(slug, address) for slug, addresses in (await _ways_in()).items() for address in addresses]
        paid = await asyncio.gather(*(buy(slug, address) for slug, address in visits))
        return f"{len(paid)} paid orders  {at('admin')}"

    return [Step("Shoppers come to the two demo stores and pay", come)]


async def _ways_in() -> dict[str, list[str]]:
    """Addresses to enter by: the host's tracked links of the store they look at, and products found around."""
    shared = await _shared_links()
    ways: dict[str, list[str]] = {}
    for store in STORES:
        origin = settings().origin(store.slug)
        visitor = Visitor("passer-by", language="en")
        try:
            page = await visitor.open(f"{origin}/")
        finally:
            await visitor.close()
        products = [href for href, _ in page.markup.links if href.startswith("/products/")]
        found = [address for address in shared if address.startswith(f"{origin}/l/")]
        ways[store.slug] = found + [f"{origin}{href}" for href in dict.fromkeys(products)][:ORGANIC]
    return ways


async def _shared_links() -> Sequence[str]:
    host = Visitor("demo host", language="en")
    try:
        page = await host.open(at("host", "/sign-in"))
        await host.submit(page, page.form("email", "password"), email=HOST.email, password=HOST.password)
        listed = await host.open(at("host", "/links"))
        pages = dict.fromkeys(href for href, _ in listed.markup.links if re.fullmatch(r"/links/[0-9a-f-]{36}", href))
        texts = [(await host.open(at("host", href))).text for href in pages]
    finally:
        await host.close()
    return [found[0] for text in texts if (found := re.search(r"https?://\S+/l/[0-9a-z]{10}", text))]


async def buy(slug: str, address: str, who: Mapping[str, Value] = MappingProxyType({})) -> str:
    """One shopper: in by the address, one piece into the cart, out with a paid order; `who` says what is special."""
    shopper = Visitor("shopper", language="en")
    try:
        page = await _product_page(shopper, await shopper.open(address))
        await shopper.submit(page, page.form("product", "quantity", action="/cart/lines"), quantity="1")
        page = await shopper.open(settings().origin(slug) + "/checkout")
        form = page.form("cart", "seen_total", action="/checkout")
        known = {name: value for name, value in {**PEOPLE[slug], **who}.items() if name in form.names}
        pay = await shopper.submit(page, form, None, email=f"{secrets.token_hex(4)}@shopper.example", **known)
        paid = await shopper.press(pay, "/pay/", choice="pay")
    finally:
        await shopper.close()
    if "/orders/" not in paid.url:
        raise NotSeen(f"the shopper who came by {address} did not get to an order but to {paid.url}: {paid.excerpt}")
    return paid.url


async def _product_page(shopper: Visitor, page: Page) -> Page:
    """A link to the whole store leads to its front page; then the first product there is taken."""
    return page if "/products/" in page.url else await shopper.open(page.link("/products/"))
