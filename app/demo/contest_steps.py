"""Part thirteen: the merchant sets the host against a second one, a shopper buys from the second, and the board says
who leads; then it is closed, and is provisional until refunds are through."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from app.demo.hosting import RATE_PERCENT
from app.demo.shopping import ADDRESS
from app.demo.steps import Step, until
from app.demo.visitor import NotSeen, Page, Value, Visitor
from app.demo.world import World, at
from app.kernel.clock import now

TITLE = "Orchard duel"
RIVAL = "Rong"


def contesting(world: World) -> list[Step]:
    rival, pages = Visitor("rival", language="en"), dict[str, str]()

    async def rival_joins() -> str:
        page = await rival.open(at("host", "/sign-up"))
        await rival.submit(
            page, page.form("name", "email", "password"), name=RIVAL, email=world.email("rival"),
            password=world.password,
        )  # fmt: skip
        page = await rival.open(at("host", "/stores"))
        await rival.submit(page, page.form("store"), store=world.slug)
        page = (await world.merchant.open(at("admin", "/promoters"))).require(RIVAL)
        await world.merchant.submit(page, page.form("rate", action="/promoters/"), rate=RATE_PERCENT, act="approve")
        return page.url

    async def draft() -> str:
        page = await world.merchant.open(at("admin", "/contests/new"))
        form = page.form("title", "metric", action="/contests/new")
        full_hour = datetime.fromisoformat(form.fields["starts_at"]) - timedelta(hours=1)
        start = full_hour + timedelta(minutes=now().minute)
        sides: dict[str, Value] = {name: "alone" for name in form.names if name.startswith("side_")}
        saved = await world.merchant.submit(
            page,
            form,
            None,
            title=TITLE,
            starts_at=start.isoformat(timespec="minutes"),
            prize_1="100",
            cap="10",
            **sides,
        )
        opened = await world.merchant.press(saved.require(TITLE, "What it may cost"), "/open")
        pages["merchant"] = opened.require("Under way").url
        return opened.url

    async def buy() -> str:
        page = await rival.open(at("host", "/links/new"))
        form = page.form("product", action="/links")
        product = next(choice for choice in form.choices["product"] if choice)
        made = await rival.submit(page, form, product=product, label="Duel")
        found = re.search(rf"{re.escape(world.shop('/l/'))}[0-9a-z]+", made.text)
        if not found:
            raise NotSeen(f"no tracked address on {made.url}: {made.excerpt}")
        return await _bought(world, found[0])

    async def who_leads() -> str:
        listed = await world.host.open(at("host", "/contests"))
        pages["host"] = listed.require(TITLE).link("/contests/")

        async def counted() -> Page:
            return (await world.host.open(pages["host"])).require(f"{RIVAL} leads by", "My place")

        return (await until(counted, seconds=20, what="the order on the board of the contest")).url

    async def close() -> str:
        page = await world.merchant.open(pages["merchant"])
        (await world.merchant.press(page, "/close")).require("Provisional")
        seen = (await world.host.open(pages["host"])).require("Over, and provisional")
        await rival.close()
        return seen.url

    return [
        Step("A second host joins, and is approved", rival_joins),
        Step("The merchant sets the two against each other, with a prize", draft),
        Step("A shopper buys through the second host's link", buy),
        Step("The first host sees who leads, and by how much", who_leads),
        Step("The merchant closes it; the board is provisional", close),
    ]


async def _bought(world: World, link: str) -> str:
    shopper = Visitor("duel shopper", language="en")
    try:
        page = await shopper.open(link)
        await shopper.submit(page, page.form("product", "quantity", action="/cart/lines"), quantity="1")
        page = await shopper.open(world.shop("/checkout"))
        form = page.form("cart", "seen_total", action="/checkout")
        pay = await shopper.submit(page, form, None, email=world.email("duel"), **ADDRESS)
        return (await shopper.press(pay, "/pay/", choice="pay")).url
    finally:
        await shopper.close()
