"""Part five: everybody sees what the sale was worth, and why it is whose."""

from __future__ import annotations

from app.demo import sums
from app.demo.people import STAFF
from app.demo.steps import Step, until
from app.demo.visitor import NotSeen, Page
from app.demo.world import World, at


def accounting(world: World) -> list[Step]:
    async def host_sees_commission() -> str:
        expected = sums.commission(sums.read(world.goods))

        async def counted() -> Page:
            page = await world.host.open(world.link_page)
            page.require(expected, world.goods)
            if page.after("Clicks") != "1" or page.after("Orders") != "1":
                raise NotSeen(f"clicks and orders are not one each on {page.url}: {page.excerpt}")
            return page

        page = await until(counted, seconds=20, what=f"one click, one order and {expected} of commission")
        return f"{expected} of {world.goods}  {page.url}"

    async def host_reads_receipt() -> str:
        earnings = await world.host.open(at("host", "/earnings"))
        earnings.require(world.order)
        receipt = await world.host.open(earnings.link("/receipts/"))
        receipt.require("Has the sale", sums.commission(sums.read(world.goods)))
        return receipt.url

    async def merchant_reads_receipt() -> str:
        page = await world.merchant.open(world.order_desk)
        commission = sums.commission(sums.read(world.goods))
        page.require("Attribution receipt", world.host_name, commission, world.tracking)
        return page.url

    async def staff_see_the_store() -> str:
        page = await world.staff.open(at("staff", "/sign-in"))
        await world.staff.submit(page, page.form("email", "password"), email=STAFF.email, password=STAFF.password)
        found = await world.staff.open(at("staff", f"/?q={world.slug}"))
        shown = await world.staff.open(found.link(f"/tenants/{world.slug}"))
        return shown.require(world.store_name, "Trial").url

    return [
        Step("The host's link shows click, order, sum and commission", host_sees_commission),
        Step("The host reads why the sale counts", host_reads_receipt),
        Step("The merchant reads the same receipt", merchant_reads_receipt),
        Step("The platform's staff see the store", staff_see_the_store),
    ]
