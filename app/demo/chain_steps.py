"""Part eleven: the host becomes a leader, opens a chain order, hands the goods out and takes the list away."""

from __future__ import annotations

import re
from datetime import timedelta

from app.demo.shopping import ADDRESS
from app.demo.steps import Step, until
from app.demo.visitor import NotSeen, Page
from app.demo.world import World, at
from app.kernel.clock import now

TITLE = "Peaches for our street"


def leading(world: World) -> list[Step]:
    known: dict[str, str] = {}

    async def allow() -> str:
        people = await world.merchant.open(at("admin", "/promoters"))
        page = await world.merchant.open(people.link(world.host_name))
        await world.merchant.submit(page, page.form("rate", "kinds"), None, kinds=["host", "leader"], act="approve")
        page = await world.merchant.open(at("admin", "/leader-goods"))
        found = await world.merchant.submit(page, page.form("q", action="/leader-goods"), None, q="水蜜桃", find="1")
        form = found.form("product", action="/leader-goods")
        added = await world.merchant.submit(found, form, None, product=form.choices["product"][:1], add="1")
        form = added.form(action="/leader-goods")
        prices = {name: "20" for name in form.names if name.startswith("price_")}
        return (await world.merchant.submit(added, form, None, then="save", **prices)).require("Saved").url

    async def opens() -> str:
        page = await world.host.open(at("host", "/chains/new"))
        form = page.form("title", "ends_at", action="/chains")
        item = form.choices["item"][0]
        ends = f"{now() + timedelta(days=2):%Y-%m-%dT%H:%M}"
        shown = await world.host.submit(
            page, form, None, item=[item], title=TITLE, ends_at=ends, delivery="pickup", place="Gate 3",
            ask_0="Building", then="publish", **{f"price_{item}": "29"},
        )  # fmt: skip
        address = re.search(rf"{re.escape(world.shop('/campaigns/'))}\w+", shown.text)
        if not address:
            raise NotSeen(f"no address to share on {shown.url}; it says: {shown.excerpt}")
        known["list"], known["page"] = shown.url, address[0]
        return shown.require("Under way", "Share the list").url

    async def takes_a_number() -> str:
        page = (await world.shopper.open(known["page"])).require(f"{world.host_name} leads this list")
        form = page.form("answer_Building", action="/join")
        units = next(name for name in sorted(form.names) if name.startswith("units_"))
        check = await world.shopper.submit(page, form, None, answer_Building="7", **{units: "1"})
        form = check.form("cart", "seen_total", action="/checkout")
        address = {name: value for name, value in ADDRESS.items() if name in form.names}
        pay = await world.shopper.submit(check, form, None, email=world.email("neighbor"), **address)
        back = await world.shopper.press(pay, "/pay/", choice="pay")
        own = back.url.replace("/paid-return", "")

        async def numbered() -> Page:
            return (await world.shopper.open(own)).require("Your number in the list", "Building")

        await until(numbered, seconds=20, what="the number in the list")
        return (await world.shopper.open(known["page"])).require("1.", "×1").url

    async def hands_out() -> str:
        book = (await world.host.open(at("host", "/day-book"))).require(TITLE, "Building")
        return (await world.host.press(book, "/hand-outs")).require("Number 1 has it").url

    async def takes_it_away() -> str:
        page = await world.host.open(known["list"])
        file = await world.host.submit(page, page.form(action="/exports"), None, kind="csv")
        if '"1"' not in file.answer.text or "****" not in file.answer.text:
            raise NotSeen(f"the list does not say who has number 1: {file.answer.text[:200]}")
        return file.url

    return [
        Step("The merchant makes the host a leader and allows goods", allow),
        Step("The leader opens a chain order in the portal", opens),
        Step("The shopper pays and is number 1 in the list", takes_a_number),
        Step("The leader hands it out from the day-book", hands_out),
        Step("The leader takes the list away, with masked phones", takes_it_away),
    ]
