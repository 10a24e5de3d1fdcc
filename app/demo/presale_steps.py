"""A pre-sale from the merchant's form to the goods that are there: a deposit first, the balance later, then it is sent.

And a demand test: the merchant asks, the shopper wants it, and the merchant reads what the numbers say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from app.demo import sums
from app.demo.shopping import ADDRESS
from app.demo.steps import Step, until
from app.demo.visitor import NotSeen, Page, Value
from app.demo.world import World, at

TITLE, ASKED = "First peaches of June", "Shall we get yellow peaches?"
PRICE, DEPOSIT, WORTH = Decimal("60.00"), Decimal("10.00"), Decimal("25.00")
TOTAL = PRICE - WORTH + DEPOSIT
EARLIER = timedelta(days=7, hours=2)  # the form proposes a week from now; here the balance can be paid at once


@dataclass(slots=True)
class Seen:
    """What the steps learn from the pages."""

    desk: str = ""
    page: str = ""
    order: str = ""
    test: str = ""


def ordering_ahead(world: World) -> list[Step]:
    seen = Seen()

    async def write() -> str:
        prices = {"price": str(PRICE), "deposit": str(DEPOSIT), "worth": str(WORTH)}
        desk = await _write(world, "presale", TITLE, prices)
        seen.desk, seen.page = desk.require("Ships from").url, _address(desk)
        return seen.page

    async def deposit() -> str:
        page = (await world.shopper.open(seen.page)).require(f"counts as {sums.write(WORTH).removesuffix('.00')}")
        form = page.form(action="/join")
        units = next(name for name in sorted(form.names) if name.startswith("units_"))
        check = await world.shopper.submit(page, form, None, **{units: "1"})
        form = check.require("Deposit to pay now").form("cart", "seen_total", action="/checkout")
        known = {name: value for name, value in ADDRESS.items() if name in form.names}
        pay = await world.shopper.submit(check, form, None, email=world.email("ahead"), **known)
        back = await world.shopper.press(pay, "/pay/", choice="pay")
        seen.order = back.url.replace("/paid-return", "")
        return (await _sees(world, seen.order, "Balance can be paid")).url

    async def balance() -> str:
        page = (await world.shopper.open(seen.order)).require("Left to pay")
        pay = await world.shopper.open(page.link("/pay"))
        await world.shopper.press(pay, "/pay/", choice="pay")
        return (await _sees(world, seen.order, "Paid, waits for its date")).url

    async def arrive() -> str:
        desk = (await world.merchant.open(seen.desk)).require("Paid, waits for its date")
        await world.merchant.submit(desk, desk.form(action="/presale/arrived"))
        return (await _sees(world, seen.order, "being packed")).url

    async def ask() -> str:
        seen.test = (await _write(world, "demand_test", ASKED, {"price": str(PRICE)}, metric="intents")).url
        desk = await world.merchant.open(seen.test)
        page = await world.shopper.open(_address(desk))
        await world.shopper.submit(page, page.form(action="/interest"))
        (await world.shopper.open(_address(desk))).require("You want it", "1 person wants it")
        return (await world.merchant.open(seen.test)).require("Verdict", "interval from 0.0 to 5.6").url

    return [
        Step(f"The merchant sells ahead: {sums.write(DEPOSIT)} now, which counts as {sums.write(WORTH)}", write),
        Step("The shopper pays the deposit; the order waits for its balance", deposit),
        Step(f"The shopper pays the balance, {sums.write(TOTAL)} altogether", balance),
        Step("The merchant has the goods, and the order is packed", arrive),
        Step("The merchant tests demand: the shopper wants it, the page shows the interval", ask),
    ]


async def _write(world: World, kind: str, title: str, prices: dict[str, str], **rules: str) -> Page:
    """From the empty form to the page of the published campaign."""
    new = await world.merchant.open(at("admin", f"/campaigns/new/{kind}"))
    form = new.form("product", "title", action=f"/campaigns/new/{kind}")
    goods = await world.merchant.submit(new, form, product=form.choices["product"][0], add="1")
    form = goods.form("item", "title", action=f"/campaigns/new/{kind}")
    typed: dict[str, Value] = {f"{name}_{form.fields['item']}": amount for name, amount in prices.items()}
    if opens := form.fields.get("opens_at"):
        typed["opens_at"] = (datetime.fromisoformat(str(opens)) - EARLIER).strftime("%Y-%m-%dT%H:%M")
    return await world.merchant.submit(goods, form, None, title=title, then="publish", **typed, **rules)


def _address(desk: Page) -> str:
    found = re.search(r"https?://[^\s\"<]+/campaigns/[0-9a-z]{8}\b", desk.answer.text)
    if not found:
        raise NotSeen(f"no address of the campaign on {desk.url}")
    return found[0]


async def _sees(world: World, address: str, words: str) -> Page:
    async def shown() -> Page:
        return (await world.shopper.open(address)).require(words)

    return await until(shown, seconds=20, what=f"“{words}” on the order's page")
