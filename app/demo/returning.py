"""Part seven: the shopper sends one of the two boxes back and has the money for it."""

from __future__ import annotations

from app.demo import sums
from app.demo.opening import CATALOG
from app.demo.refunding import commission_went_down, money_came_back
from app.demo.steps import Step
from app.demo.visitor import NotSeen, Page
from app.demo.world import World

RETURN_ADDRESS = "江苏省无锡市阳山镇桃源路 6 号 退货组"
PARCEL_BACK = "YTO900000000017"


def returning(world: World) -> list[Step]:
    async def ask() -> str:
        order = await world.shopper.open(world.order_page)
        page = await world.shopper.open(order.link("/aftersales/new"))
        form = page.form("kind", "reason", action="/aftersales")
        picture = {"pictures": ("bruised.webp", (CATALOG / "peach.webp").read_bytes(), "image/webp")}
        wanted = {starting(form.names, "quantity_"): "1", "reason": "quality", "words": "One box is bruised all over."}
        asked = await world.shopper.submit(page, form, picture, kind="return", **wanted)
        world.request_page = asked.require("Asked for", "× 1", "One box is bruised all over.").url
        return world.request_page

    async def agree() -> str:
        page = await _open_request(world)
        await _require_picture(world, page.require("One box is bruised all over."))
        agreed = await world.merchant.press(page, "/approval", address=RETURN_ADDRESS)
        return agreed.require("Waiting for the goods").url

    async def send() -> str:
        page = (await world.shopper.open(world.request_page)).require(RETURN_ADDRESS)
        sent = await world.shopper.press(page, "/parcel", carrier="YTO", tracking_number=PARCEL_BACK)
        return sent.require(f"Your parcel {PARCEL_BACK} is on its way").url

    async def receive() -> str:
        page = (await _open_request(world)).require(PARCEL_BACK)
        here = await world.merchant.press(page, "/receipt")
        form = here.form(action="/inspection")
        counted = await world.merchant.submit(here, form, None, **{starting(form.names, "good_"): "1"})
        return counted.require("1 good, 0 damaged").url

    async def pay_back() -> str:
        page = await _open_request(world)
        returned = sums.read(page.after("Amount asked for"))
        given = await world.merchant.press(page, "/refund", words="")
        given.require("Refunded", "The money is on its way back")
        world.returned = returned
        world.given_back += returned
        return f"{sums.write(returned)}  {given.url}"

    async def shopper_has_it() -> str:
        await money_came_back(world, world.returned)
        page = await world.shopper.open(world.request_page)
        return page.require("Refunded", f"{sums.write(world.returned)} goes back the way you paid").url

    async def commission_follows() -> str:
        return await commission_went_down(world)

    return [
        Step("The shopper asks to send one box back, with a picture", ask),
        Step("The merchant agrees and says where to send it", agree),
        Step("The shopper sends it and enters the tracking number", send),
        Step("The merchant has the box back and finds it good", receive),
        Step("The merchant gives the money for the box back", pay_back),
        Step("The shopper's request says refunded, and the money came", shopper_has_it),
        Step("The host keeps the commission of the box that was kept", commission_follows),
    ]


async def _open_request(world: World) -> Page:
    """The merchant comes to it by the order's page."""
    order = await world.merchant.open(world.order_desk)
    request = world.request_page.partition("?")[0].rpartition("/")[2]
    return await world.merchant.open(order.link(f"/aftersales/{request}"))


async def _require_picture(world: World, page: Page) -> None:
    address = page.link("/pictures/")
    answer = await world.merchant.fetch(address)
    if answer.status_code != 200 or not answer.headers["content-type"].startswith("image/"):
        raise NotSeen(f"{address} answered {answer.status_code}")


def starting(names: set[str], start: str) -> str:
    """The name of the one line's field. Raises NotSeen."""
    found = sorted(name for name in names if name.startswith(start))
    if not found:
        raise NotSeen(f"no field {start}… in the form")
    return found[0]
