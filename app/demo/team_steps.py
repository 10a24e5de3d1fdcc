"""Part ten: the merchant offers a team price, two people who know each other fill a team, and it is sent.

In the demo store somebody opens a team and waits for others, so that there is one to look at.
"""

from __future__ import annotations

import re
import secrets

from app.demo.market import PEOPLE
from app.demo.shopping import ADDRESS
from app.demo.steps import Step, until
from app.demo.visitor import NotSeen, Page, Value, Visitor
from app.demo.world import World, at
from infra.settings import settings

FRIEND = {"recipient": "Zhou Ning", "phone": "13700137000"}
TITLE = "Peaches for two"
DEMO = "qinghe"


def teaming(world: World) -> list[Step]:
    known: dict[str, str] = {}

    async def offer() -> str:
        page = await world.merchant.open(at("admin", "/campaigns/new/team_group"))
        found = await world.merchant.submit(page, page.form("q", action="/new/"), q="水蜜桃", find="1")
        form = found.form("product", action="/new/")
        added = await world.merchant.submit(found, form, product=form.choices["product"][:1], add="1")
        form = added.form("title", "people", action="/new/")
        prices = {name: "29.90" for name in form.names if name.startswith("price_")}
        shown = await world.merchant.submit(
            added, form, None, title=TITLE, people="2", person_limit="2", then="publish", **prices
        )
        known["campaign"] = shown.link(f"{world.slug}.")
        return shown.require("Under way", "No team yet").url

    async def opens() -> str:
        page = (await world.shopper.open(known["campaign"])).require("2 people make a team")
        order = await _take_part(world.shopper, page, ADDRESS, "opener")
        team = await world.shopper.open(order.link("/teams/"))
        known["team"] = team.require("1 more needed", "Invite others").url
        return team.url

    async def joins() -> str:
        friend = Visitor("friend", language="en")
        try:
            page = (await friend.open(known["team"])).require("1 more needed")
            order = await _take_part(friend, page, ADDRESS | FRIEND, "friend")
            return order.require("Your team", "Everybody was there.").url
        finally:
            await friend.close()

    async def is_sent() -> str:
        async def confirmed() -> Page:
            return (await world.shopper.open(known["team"])).require("The team is complete")

        page = await until(confirmed, seconds=10, what="the complete team")
        teams = await world.merchant.open(at("admin", "/campaigns"))
        (await world.merchant.open(teams.link(TITLE))).require("Complete", "2 / 2")
        return page.url

    async def waits() -> str:
        shopper = Visitor("shopper", language="en")
        try:
            offers = await shopper.open(f"{settings().origin(DEMO)}/campaigns")
            page = await shopper.open(offers.link("三人团"))
            # Somebody new each time, because nobody waits in two teams of one campaign.
            somebody = PEOPLE[DEMO] | {"phone": f"137{secrets.randbelow(10**8):08d}"}
            order = await _take_part(shopper, page, somebody, secrets.token_hex(4))
            return (await shopper.open(order.link("/teams/"))).require("还差 2 人").url
        finally:
            await shopper.close()

    return [
        Step("The merchant offers a price for teams of two", offer),
        Step("The shopper opens a team and has a link for others", opens),
        Step("A friend joins by the link and pays; the team is complete", joins),
        Step("The team's page and the merchant's say so", is_sent),
        Step("In the demo store a team waits for others", waits),
    ]


async def _take_part(shopper: Visitor, page: Page, address: dict[str, Value], who: str) -> Page:
    """From a page with a form to join to the page of the paid order."""
    form = page.form(action="/join")
    units = next(name for name in sorted(form.names) if name.startswith("units_"))
    check = await shopper.submit(page, form, None, **{units: "1"})
    form = check.form("cart", "seen_total", action="/checkout")
    known = {name: value for name, value in address.items() if name in form.names}
    pay = await shopper.submit(check, form, None, email=f"{who}@teams.example", **known)
    back = await shopper.press(pay, "/pay/", choice="pay")
    if not re.search(r"/orders/[^/?]+", back.url):
        raise NotSeen(f"the provider did not lead back to the order but to {back.url}")
    own = back.url.replace("/paid-return", "")

    async def paid() -> Page:
        shown = await shopper.open(own)
        if "Waiting for payment" in shown.text:
            raise NotSeen(f"{shown.url} still waits for the payment")
        shown.link("/teams/")  # there is none before the team is open
        return shown

    return await until(paid, seconds=20, what="the paid order")
