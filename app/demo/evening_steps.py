"""A live evening with two hosts and a contest between them: planned, shared, sold through the links of both, watched,
ended, and settled."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from app.demo.contest_steps import Duel
from app.demo.hosting import RATE_PERCENT
from app.demo.shopping import ADDRESS
from app.demo.steps import Step, until
from app.demo.visitor import NotSeen, Page, Visitor
from app.demo.world import World, at

TITLE, SECOND = "Harvest night", "Tao"
PART = "30"  # percent of what a sale of the evening earns


@dataclass(slots=True)
class Seen:
    """What the steps learn from the pages."""

    second: Visitor = field(default_factory=lambda: Visitor("second host", language="en"))
    session: str = ""
    links: list[str] = field(default_factory=list)


def evening(world: World) -> list[Step]:
    seen, duel = Seen(), Duel(world, leader=SECOND)

    async def second_joins() -> str:
        page = await seen.second.open(at("host", "/sign-up"))
        await seen.second.submit(
            page, page.form("name", "email", "password"), name=SECOND, email=world.email("second"),
            password=world.password,
        )  # fmt: skip
        page = await seen.second.open(at("host", "/stores"))
        await seen.second.submit(page, page.form("store"), store=world.slug)
        page = (await world.merchant.open(at("admin", "/promoters?status=pending"))).require(SECOND)
        await world.merchant.submit(page, page.form("rate", action="/promoters/"), rate=RATE_PERCENT, act="approve")
        return page.url

    async def plan() -> str:
        page = await world.host.open(at("host", "/live"))
        planned = await world.host.submit(page, page.form("title", "platform"), title=TITLE, platform="own_embed")
        seen.session = planned.url
        page = await world.host.open(planned.link("/show"))
        for place in range(2):
            form = page.form("variant", "minutes", action="/show")
            variant = [choice for choice in form.choices["variant"] if choice][place]
            page = await world.host.submit(page, form, variant=variant, minutes="15")
        return page.require("Run of show").url

    async def host_together() -> str:
        page = await world.host.open(f"{seen.session}/hosts")
        form = page.form("email", "share", action="/hosts")
        await world.host.submit(page, form, email=world.email("second"), share=PART)
        page = (await seen.second.open(at("host", "/live"))).require(TITLE)
        joined = await seen.second.press(page, "/hosts/answer/yes")
        return joined.require(TITLE).url

    async def go_on_air() -> str:
        await world.host.press(await world.host.open(seen.session), "/start")
        await world.host.press(await world.host.open(seen.session), "/on-air")
        return (await world.host.open(f"{seen.session}/show")).require("On air now").url

    async def set_against() -> str:
        return await duel.draft(seen.session.rpartition("/")[2])

    async def share() -> str:
        for host in (world.host, seen.second):
            made = await host.press(await host.open(seen.session), "/links")
            found = re.search(rf"{re.escape(world.shop('/l/'))}[0-9a-z]+", made.text)
            if not found:
                raise NotSeen(f"no tracked address on {made.url}: {made.excerpt}")
            seen.links.append(found[0])
        return ", ".join(seen.links)

    async def sell() -> str:
        orders = [await _buy(world, link, number) for number, link in enumerate(seen.links)]
        return f"{len(orders)} paid orders  {orders[-1]}"

    async def watch() -> str:
        async def counted() -> Page:
            page = (await world.host.open(seen.session)).require(world.host_name, SECOND)
            if page.after("Orders paid") != "2":
                raise NotSeen(f"two orders are not on the board of {page.url}: {page.excerpt}")
            return page

        await until(counted, seconds=20, what="the orders of both hosts on the board")
        listed = await world.merchant.open(at("admin", "/shows"))
        board = await world.merchant.open(listed.link(TITLE))
        return board.require("By host", "By sharer", world.host_name, SECOND).url

    async def end() -> str:
        ended = await world.host.press(await world.host.open(seen.session), "/end")
        mine = await world.host.open(ended.link("/report"))
        mine.require("Provisional", "Sold through my links")
        return mine.url

    async def settle() -> str:
        listed = await world.merchant.open(at("admin", "/shows"))
        page = await world.merchant.open(f"{listed.link(TITLE)}/report")
        await seen.second.close()
        return page.require("Agrees with the books", world.host_name, SECOND).url

    return [
        Step("A second host joins, and is approved", second_joins),
        Step("The host plans an evening with two products", plan),
        Step(f"The second host is asked, and shares {PART}%", host_together),
        Step("They go on air with the first product", go_on_air),
        Step("The merchant sets the two against each other, with a prize", set_against),
        Step("Both make their link for the evening", share),
        Step("Shoppers come by both links and pay", sell),
        Step("The board shows who sold what, to hosts and the merchant", watch),
        Step("The first host sees who leads the contest, and by how much", duel.who_leads),
        Step("The evening ends; the host reads what it came to", end),
        Step("The merchant's report agrees with the books", settle),
        Step("The contest is closed, and its board provisional", duel.close),
    ]


async def _buy(world: World, link: str, number: int) -> str:
    shopper = Visitor("evening shopper", language="en")
    try:
        page = await shopper.open(link)
        page = page if "/products/" in page.url else await shopper.open(page.link("/products/"))
        quantity = str(number + 1)  # the second host sells more
        await shopper.submit(page, page.form("product", "quantity", action="/cart/lines"), quantity=quantity)
        page = await shopper.open(world.shop("/checkout"))
        form = page.form("cart", "seen_total", action="/checkout")
        pay = await shopper.submit(page, form, None, email=world.email(f"evening{number}"), **ADDRESS)
        paid = await shopper.press(pay, "/pay/", choice="pay")
    finally:
        await shopper.close()
    if "/orders/" not in paid.url:
        raise NotSeen(f"the order was not paid but led to {paid.url}: {paid.excerpt}")
    return paid.url
