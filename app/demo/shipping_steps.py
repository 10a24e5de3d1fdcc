"""Part twenty: one order leaves three warehouses that speak three dialects; one of them misses a piece, and one piece
comes back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.demo.delivering import TRACKING
from app.demo.opening import CATALOG
from app.demo.returning import RETURN_ADDRESS, starting
from app.demo.shopping import ADDRESS
from app.demo.steps import Step, until
from app.demo.visitor import NotSeen, Page
from app.demo.world import World, at

HANDLE, SKU, MUSHROOMS = "qiyuan-xianggu", "QH-SHI-01", "庆元鲜香菇"
BORN_WITH = "Cloud warehouse"
NORTH, SOUTH = "North depot", "South depot"
KINDS = {NORTH: "wangdiantong", SOUTH: "qimen"}
PARCEL_BACK = "YTO900000000018"
ON_SHELF = 2  # units in each of the three
ORDERED = 3 * ON_SHELF
AGAIN = 3
EXCEPTIONS = "/fulfillment/exceptions"


@dataclass
class Depots:
    """What the merchant's pages of three warehouses and the shopper's page of one order say."""

    world: World
    pages: dict[str, str] = field(default_factory=dict)
    order_page: str = ""
    request_page: str = ""

    @property
    def number(self) -> str:
        found = re.search(r"/orders/([^/?]+)", self.order_page)
        return found[1] if found else ""

    @property
    def desk(self) -> str:
        return at("admin", f"/orders/{self.number}")

    async def connect(self, name: str) -> str:
        page = await self.world.merchant.open(at("admin", f"/warehouses/new/{KINDS[name]}?practice=yes"))
        listed = await self.world.merchant.submit(page, page.form("name", "parcel_amount"), name=name)
        known = set(self.pages.values())
        changes = [href for href, words in listed.markup.links if words.strip() == "Change"]
        self.pages[name] = next(href for href in reversed(changes) if href not in known)
        return listed.require(name, "Practice").url

    async def put_on_shelves(self) -> str:
        """So few in each warehouse that only all three together have enough."""
        page = await self._shelves()
        there = int(page.after(BORN_WITH))
        return await self._correct(page, [ON_SHELF - there, ON_SHELF, ON_SHELF])

    async def fill_the_last(self) -> str:
        """The last warehouse alone has the next order, and another one what it will turn out to miss."""
        return await self._correct(await self._shelves(), [1, 0, AGAIN])

    async def _shelves(self) -> Page:
        listed = await self.world.merchant.open(at("admin", f"/stock?q={SKU}"))
        return await self.world.merchant.open(listed.link(MUSHROOMS))

    async def _correct(self, page: Page, units: Sequence[int]) -> str:
        """More or fewer in each warehouse, in the order of the merchant's list."""
        shelves = page.form("warehouse", "way", "units", action="/adjustments").choices["warehouse"]
        for shelf, more in zip(shelves, units, strict=True):
            if more:
                form = page.form("warehouse", "way", "units", action="/adjustments")
                way = "add" if more > 0 else "take"
                page = await self.world.merchant.submit(
                    page, form, None, warehouse=shelf, way=way, units=str(abs(more))
                )
        return page.url

    async def buy(self, units: int) -> str:
        shopper = self.world.shopper
        page = await shopper.open(self.world.shop(f"/products/{HANDLE}"))
        await shopper.submit(page, page.form("product", "quantity", action="/cart/lines"), quantity=str(units))
        page = await shopper.open(self.world.shop("/checkout"))
        form = page.form("cart", "seen_total", action="/checkout")
        pay = await shopper.submit(page, form, None, email=self.world.email("depots"), **ADDRESS)
        back = await shopper.press(pay, "/pay/", choice="pay")
        self.order_page = back.url.replace("/paid-return", "")
        if not self.number:
            raise NotSeen(f"the provider did not lead back to the order but to {back.url}")
        return self.order_page

    async def parcels(self, count: int) -> Page:
        """So many tracking numbers on the shopper's page; who is fetched from is fetched from at a press."""

        async def all_of_them() -> Page:
            await self.fetch()
            page = await self.world.shopper.open(self.order_page)
            if len(set(TRACKING.findall(page.text))) < count:
                raise NotSeen(f"fewer than {count} parcels on {page.url}: {page.excerpt}")
            return page

        return await until(all_of_them, seconds=60, what=f"{count} parcels")

    async def send_one_back(self) -> str:
        """The shopper asks, the merchant agrees, the shopper sends."""
        shopper, merchant = self.world.shopper, self.world.merchant
        page = await shopper.open((await shopper.open(self.order_page)).link("/aftersales/new"))
        form = page.form("kind", "reason", action="/aftersales")
        picture = {"pictures": ("bruised.webp", (CATALOG / "peach.webp").read_bytes(), "image/webp")}
        wanted = {starting(form.names, "quantity_"): "1", "reason": "quality", "words": "One bag arrived wet."}
        self.request_page = (await shopper.submit(page, form, picture, kind="return", **wanted)).url
        await merchant.press(await self.request_desk(), "/approval", address=RETURN_ADDRESS)
        page = (await shopper.open(self.request_page)).require(RETURN_ADDRESS)
        sent = await shopper.press(page, "/parcel", carrier="YTO", tracking_number=PARCEL_BACK)
        return sent.require(f"Your parcel {PARCEL_BACK} is on its way").url

    async def inspected_there(self) -> str:
        """Nobody at the store touches the parcel: what the warehouse found is what the merchant reads."""

        async def counted() -> Page:
            await self.fetch()
            return (await self.request_desk()).require("1 good, 0 damaged")

        page = await until(counted, seconds=60, what="the inspection")
        return (await self.world.merchant.press(page, "/refund", words="")).require("Refunded").url

    async def request_desk(self) -> Page:
        order = await self.world.merchant.open(self.desk)
        request = self.request_page.partition("?")[0].rpartition("/")[2]
        return await self.world.merchant.open(order.link(f"/aftersales/{request}"))

    async def have_a_bad_day(self, name: str, manner: str) -> str:
        listed = await self.world.merchant.open(at("admin", "/warehouses"))
        page = await self.world.merchant.open(listed.link(self.pages[name]))
        changed = await self.world.merchant.press(page, "/manners", manner=manner)
        return changed.require("It behaves like that from the next order on").url

    async def told_to_look(self, title: str) -> str:
        async def raised() -> Page:
            await self.fetch()
            return (await self.world.merchant.open(at("admin", EXCEPTIONS))).require(title, self.number)

        return (await until(raised, seconds=60, what=f"{title!r} among the exceptions")).url

    async def send_the_rest_from_elsewhere(self) -> str:
        page = await self.world.merchant.open(at("admin", EXCEPTIONS))
        return (await self.world.merchant.press(page, "/missing/rerouting")).require("Another warehouse sends").url

    async def nothing_to_look_at(self) -> str:
        async def empty() -> Page:
            return (await self.world.merchant.open(at("admin", EXCEPTIONS))).require("No exception is open")

        return (await until(empty, seconds=20, what="an empty queue")).url

    async def fetch(self) -> None:
        page = await self.world.merchant.open(at("admin", "/warehouses"))
        for form in page.markup.forms:
            if form.fields.get("act") == "fetch":
                await self.world.merchant.submit(page, form)


def shipping(world: World) -> list[Step]:
    depots = Depots(world)

    async def connect_north() -> str:
        return await depots.connect(NORTH)

    async def connect_south() -> str:
        return await depots.connect(SOUTH)

    async def buy_six() -> str:
        return await depots.buy(ORDERED)

    async def three_parcels() -> str:
        return (await depots.parcels(3)).url

    async def bad_day() -> str:
        await depots.fill_the_last()
        return await depots.have_a_bad_day(SOUTH, "short")

    async def buy_what_one_has() -> str:
        return await depots.buy(AGAIN)

    async def short() -> str:
        return await depots.told_to_look("Too few on the shelf")

    async def both_parcels() -> str:
        return (await depots.parcels(2)).url

    return [
        Step("The merchant practices with a warehouse of Wangdiantong", connect_north),
        Step("And with one that speaks Qimen", connect_south),
        Step("Each of the three has two units of the mushrooms", depots.put_on_shelves),
        Step("A shopper buys six, which no warehouse has alone", buy_six),
        Step("Three parcels leave, told in three dialects", three_parcels),
        Step("One unit goes back to the warehouse it left", depots.send_one_back),
        Step("That warehouse finds it good; the shopper has the money", depots.inspected_there),
        Step("The warehouse that speaks Qimen has a bad day", bad_day),
        Step("A shopper buys what only that one has", buy_what_one_has),
        Step("It misses a unit; the merchant is told to look", short),
        Step("The merchant sends the rest from elsewhere", depots.send_the_rest_from_elsewhere),
        Step("The shopper has it in two parcels", both_parcels),
        Step("Nothing is left that needs a person", depots.nothing_to_look_at),
    ]
