"""Part six: the merchant gives a little money back, and the host's commission follows."""

from __future__ import annotations

from decimal import Decimal

from app.demo import sums
from app.demo.steps import Step, until
from app.demo.visitor import Page
from app.demo.world import World, at

BRUISE = Decimal("5.00")


def refunding(world: World) -> list[Step]:
    async def give_back() -> str:
        page = await world.merchant.open(f"{world.order_desk}/refunds/new")
        form = page.form("reason", action="/refunds/new")
        amount = next(name for name in sorted(form.names) if name.startswith("amount-"))
        shown = await world.merchant.submit(page, form, None, **{amount: str(BRUISE), "reason": "One peach is bruised"})
        shown.require("It comes to", f"Give {sums.write(BRUISE)} back")
        given = await world.merchant.submit(shown, shown.form("sure", action="/refunds"), sure="true")
        world.given_back += BRUISE
        return given.require(f"{sums.write(BRUISE)} is on its way back", "One peach is bruised").url

    async def shopper_has_it() -> str:
        return (await money_came_back(world, BRUISE)).url

    async def commission_follows() -> str:
        return await commission_went_down(world)

    return [
        Step(f"The merchant gives {sums.write(BRUISE)} back for a bruise", give_back),
        Step("The shopper's order page says that it came back", shopper_has_it),
        Step("The host's commission goes down in proportion", commission_follows),
    ]


async def money_came_back(world: World, amount: Decimal) -> Page:
    """The order's page once the payment provider has paid this much back. Raises NotSeen."""
    said = f"{sums.write(amount)} came back on"

    async def arrived() -> Page:
        return (await world.shopper.open(world.order_page)).require("Refunds", said)

    return await until(arrived, seconds=20, what=f"“{said}” on the shopper's order page")


async def commission_went_down(world: World) -> str:
    """The host's link, and the receipt, count what is left of the goods and the share of that. Raises NotSeen."""
    left = sums.read(world.goods) - world.given_back
    expected = sums.commission(left)

    async def counted() -> Page:
        return (await world.host.open(world.link_page)).require(expected, f"from {sums.write(left)} sold")

    page = await until(counted, seconds=20, what=f"{expected} of commission from {sums.write(left)}")
    earnings = await world.host.open(at("host", "/earnings"))
    (await world.host.open(earnings.link("/receipts/"))).require(expected, "taken back")
    return f"{expected} of {sums.write(left)}  {page.url}"
