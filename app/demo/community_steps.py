"""A neighborhood buys together. The host holds a pickup point, the list is cut off, the goods are handed
out by code."""

from __future__ import annotations

import re

from app.demo.steps import Step, until
from app.demo.visitor import NotSeen, Page, Value, Visitor
from app.demo.world import World, at

POINT: dict[str, Value] = {
    "name": "Gate of Wensan Road 90", "recipient": "Mei", "phone": "13700137001", "region": "浙江省", "city": "杭州市",
    "district": "西湖区", "street": "文三路 90 号 门房", "opening_hours": "17:00–20:30",
}  # fmt: skip
WHO: dict[str, Value] = {"recipient": "Xu An", "phone": "13600136000"}
TITLE = "Tomorrow at the gate"


def neighboring(world: World) -> list[Step]:
    known: dict[str, str] = {}
    neighbor = Visitor("neighbor", language="en")

    async def ask() -> str:
        page = await world.host.open(at("host", "/pickups/points/new"))
        asked = await world.host.submit(page, page.form("name", "street", action="/points/new"), None, **POINT)
        asked.require("Waits for the store")
        points = await world.merchant.open(at("admin", "/pickup-points"))
        form = points.form("act", action="/state")
        return (await world.merchant.submit(points, form, act="approve")).require("Open for orders").url

    async def offer() -> str:
        page = await world.merchant.open(at("admin", "/campaigns/new/community"))
        found = await world.merchant.submit(page, page.form("q", action="/new/"), q="水蜜桃", find="1")
        form = found.form("product", action="/new/")
        added = await world.merchant.submit(found, form, product=form.choices["product"][:1], add="1")
        form = added.form("title", "pickup_bps", action="/new/")
        prices = {name: "31.90" for name in form.names if name.startswith("price_")}
        shown = await world.merchant.submit(added, form, None, title=TITLE, then="publish", **prices)
        known["list"], known["desk"] = shown.link(f"{world.slug}."), shown.url
        return shown.require("Under way", "Nothing is ordered yet").url

    async def order() -> str:
        page = (await neighbor.open(known["list"])).require("Gate of Wensan Road 90")
        form = page.form("point", action="/join")
        units = next(name for name in sorted(form.names) if name.startswith("units_"))
        check = await neighbor.submit(page, form, None, **{units: "2", "point": form.choices["point"][0]})
        form = check.form("cart", "pickup", action="/checkout")
        if "street" in form.names:
            raise NotSeen("the checkout asks for a street although it is picked up")
        pay = await neighbor.submit(check, form, None, email=world.email("neighbor"), **WHO)
        back = await neighbor.press(pay, "/pay/", choice="pay")
        known["order"] = back.url.replace("/paid-return", "")
        return (await until(code, seconds=20, what="the pickup code")).url

    async def code() -> Page:
        page = await neighbor.open(known["order"])
        found = re.search(r"^([2-9A-Z]{4}) ([2-9A-Z]{4})$", page.text, re.M)
        if not found:
            raise NotSeen(f"no pickup code on {page.url}: {page.excerpt}")
        known["code"] = found[1] + found[2]
        return page

    async def cut_off() -> str:
        desk = await world.merchant.open(known["desk"])
        await world.merchant.submit(desk, desk.form("reason", action="/close"), reason="That is enough for one van")

        async def confirmed() -> Page:
            return (await world.host.open(at("host", "/pickups"))).require(TITLE)

        await until(confirmed, seconds=40, what="what comes to the point")
        return (await world.merchant.open(known["desk"])).require("Confirmed", "What to pick for whom").url

    async def hand_out() -> str:
        async def told() -> Page:
            batch = await world.host.open((await world.host.open(at("host", "/pickups"))).link("/batches/"))
            return await world.host.press(batch, "/arrival")

        (await until(told, seconds=20, what="the batch")).require("Ready to pick up", "X**")
        check = await world.host.open(at("host", f"/pickups/check?code={known['code']}"))
        done = await world.host.press(check.require("Give these"), "/collection")
        done.require("Handed out on")
        return (await neighbor.open(known["order"])).require("Handed out on").url

    async def leave() -> str:
        await neighbor.close()
        earnings = await world.host.open(at("host", "/earnings"))
        return earnings.require("3%").url

    return [
        Step("The host asks for a pickup point, the merchant approves", ask),
        Step("The merchant puts tomorrow's list on sale", offer),
        Step("A neighbor orders without an address and has a code", order),
        Step("The merchant ends the list early; it is confirmed", cut_off),
        Step("The goods have come; the host hands them out by the code", hand_out),
        Step("The host's earnings show the share for handing out", leave),
    ]
