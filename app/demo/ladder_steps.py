"""A ladder from the merchant's form to the money that comes back: the price falls when the second shopper pays."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal

from app.demo import sums
from app.demo.shopping import ADDRESS
from app.demo.steps import Step, until
from app.demo.visitor import NotSeen, Page, Value, Visitor
from app.demo.world import World, at

TITLE = "The more, the cheaper"
FIRST, STEP = Decimal("49.90"), Decimal("39.90")  # what a box costs, and what it costs from two on


@dataclass(slots=True)
class Seen:
    """What the steps learn of the ladder from its pages."""

    desk: str = ""
    page: str = ""
    order: str = ""


def climbing(world: World) -> list[Step]:
    seen = Seen()

    async def write() -> str:
        new = await world.merchant.open(at("admin", "/campaigns/new/ladder_campaign"))
        form = new.form("product", "title", action="/campaigns/new/ladder_campaign")
        goods = await world.merchant.submit(new, form, product=form.choices["product"][0], add="1")
        form = goods.form("item", "title", action="/campaigns/new/ladder_campaign")
        typed: dict[str, Value] = {name: "" for name in form.names if re.match(r"(from|step)_.+_[234]$", name)}
        box = form.fields["item"]
        typed |= {f"price_{box}": str(FIRST), f"from_{box}_1": "2", f"step_{box}_1": str(STEP)}
        desk = await world.merchant.submit(goods, form, None, title=TITLE, then="publish", **typed)
        seen.desk = desk.require("How it climbs").url
        code = re.search(r"https?://[^\s\"<]+/campaigns/[0-9a-z]{8}\b", desk.answer.text)
        if not code:
            raise NotSeen(f"no address of the campaign on {desk.url}")
        seen.page = code[0]
        return seen.page

    async def join() -> str:
        first = await _buy(seen, "first")
        seen.order = first.url.replace("/paid-return", "")
        page = await until(_shows(world, seen.page, "1 more piece"), seconds=20, what="the first order on the stairs")
        await _buy(seen, "second")
        page = await until(_shows(world, seen.page, "The last step is reached"), seconds=20, what="the last step")
        return page.url

    async def end() -> str:
        await world.merchant.press(await world.merchant.open(seen.desk), "/close", reason="The truck leaves today")

        async def settled() -> Page:
            return (await world.merchant.open(seen.desk)).require("2 of 2 paid back")

        page = await until(settled, seconds=30, what="a settled ladder")
        return page.url

    async def came_back() -> str:
        said = f"{sums.write(FIRST - STEP)} came back."
        page = await until(
            _shows(world, seen.order, said, "You paid"), seconds=20, what=f"“{said}” on the order's page"
        )
        return page.url

    return [
        Step("The merchant writes a ladder: one price, and a lower one from two on", write),
        Step("Two shoppers join it, and the price falls for both", join),
        Step("The merchant ends it; both are settled", end),
        Step("The first shopper reads what came back", came_back),
    ]


async def _buy(seen: Seen, who: str) -> Page:
    """Somebody new joins with one box and pays."""
    shopper = Visitor(who, language="en")
    try:
        page = await shopper.open(seen.page)
        form = page.form(action="/join")
        units = _starting(form.names, "units_")
        checkout = await shopper.submit(page, form, None, **{units: "1"})
        known = {name: value for name, value in ADDRESS.items() if name != "phone"}
        phone = {"phone": "13800138001" if who == "first" else "13800138002"}
        form = checkout.form("cart", "seen_total", action="/checkout")
        pay = await shopper.submit(checkout, form, None, email=f"{who}@ladder.example", **known, **phone)
        return await shopper.press(pay, "/pay/", choice="pay")
    finally:
        await shopper.close()


def _shows(world: World, address: str, *words: str) -> Callable[[], Awaitable[Page]]:
    async def look() -> Page:
        return (await world.shopper.open(address)).require(*words)

    return look


def _starting(names: set[str], start: str) -> str:
    """The name of the first field that begins like this. Raises NotSeen."""
    found = sorted(name for name in names if name.startswith(start))
    if not found:
        raise NotSeen(f"no field {start}… in the form")
    return found[0]
