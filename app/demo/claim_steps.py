"""Part twelve: a shopper comes by the link of one sharer and names another at the checkout. The first asks the store to
look, and the merchant of the journey tries another policy on what was sold."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace

from app.demo.market import PEOPLE
from app.demo.people import HOST, SHARER
from app.demo.steps import Step, until
from app.demo.stores import STORES
from app.demo.visitor import NotSeen, Page, Visitor
from app.demo.world import World, at
from infra.settings import settings

CODE = "AJIE5"  # the sharer's coupon, which names the sharer too

QUESTION = "她是从我的直播间来的，请核实。"


def claiming(world: World) -> list[Step]:
    async def name_another() -> str:
        slug = STORES[0].slug
        shopper = Visitor("shopper", language="en")
        try:
            page = await shopper.open(await link_of_host(slug))
            shown = page if "/products/" in page.url else await shopper.open(page.link("/products/"))
            await shopper.submit(shown, shown.form("product", "quantity", action="/cart/lines"), quantity="1")
            checkout = await shopper.open(settings().origin(slug) + "/checkout")
            form = replace(checkout.form("cart", "sharer_code", action="/checkout"), action="/checkout/sharer")
            named = await shopper.submit(checkout, form, sharer_code=CODE, save="sharer")
            form = named.require(SHARER.name).form("cart", "seen_total", action="/checkout")
            known = {name: value for name, value in PEOPLE[slug].items() if name in form.names}
            pay = await shopper.submit(named, form, None, email=f"{secrets.token_hex(4)}@shopper.example", **known)
            paid = await shopper.press(pay, "/pay/", choice="pay")
        finally:
            await shopper.close()
        if "/orders/" not in paid.url:
            raise NotSeen(f"the order was not paid but led to {paid.url}: {paid.excerpt}")
        return paid.url

    async def ask() -> str:
        host = Visitor("demo host", language="en")
        try:
            await sign_in_host(host)

            async def lost() -> str:
                return (await host.open(at("host", "/receipts"))).link("/receipts/")

            page = await host.open(await until(lost, seconds=20, what="the sale that went elsewhere"))
            form = page.form("words", action="/disputes")
            asked = await host.submit(page, form, words=QUESTION)
        finally:
            await host.close()
        return asked.require(QUESTION).url

    async def try_another() -> str:
        page = await world.merchant.open(at("admin", "/attribution/replays/new"))
        tried = await world.merchant.submit(page, page.form("starts_on", action="/attribution/replays/new"))

        async def counted() -> Page:
            return (await world.merchant.open(tried.url)).require("As CSV", "Who gains, who loses")

        return (await until(counted, seconds=30, what="the orders counted again")).url

    return [
        Step("A shopper names another sharer at the checkout, and pays", name_another),
        Step("The host reads why the sale went elsewhere, and asks the store to look", ask),
        Step("The merchant tries another policy on what was sold", try_another),
    ]


async def sign_in_host(host: Visitor) -> None:
    page = await host.open(at("host", "/sign-in"))
    await host.submit(page, page.form("email", "password"), email=HOST.email, password=HOST.password)


async def link_of_host(slug: str) -> str:
    """An address the demo host shares for this store."""
    host = Visitor("demo host", language="en")
    try:
        await sign_in_host(host)
        listed = await host.open(at("host", "/links"))
        for href, _words in listed.markup.links:
            if re.fullmatch(r"/links/[0-9a-f-]{36}", href):
                text = (await host.open(at("host", href))).text
                if found := re.search(rf"{re.escape(settings().origin(slug))}/l/[0-9a-z]{{10}}", text):
                    return found[0]
    finally:
        await host.close()
    raise NotSeen(f"the demo host shares nothing of {slug}")
