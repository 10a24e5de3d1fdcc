"""Part two: a host joins the store, goes on air and makes a link to share."""

from __future__ import annotations

import re

from app.demo.board import BoardWatch
from app.demo.steps import Step
from app.demo.visitor import NotSeen
from app.demo.world import World, at

RATE_PERCENT = "12.5"
PNG = b"\x89PNG\r\n\x1a\n"


def hosting(world: World) -> list[Step]:
    async def host_signs_up() -> str:
        page = await world.host.open(at("host", "/sign-up"))
        stores = await world.host.submit(
            page, page.form("name", "email", "password"),
            name=world.host_name, email=world.email("host"), password=world.password,
        )  # fmt: skip
        return stores.url

    async def join() -> str:
        page = await world.host.open(at("host", "/stores"))
        asked = await world.host.submit(page, page.form("store"), store=world.slug, note="I film in the orchard.")
        asked.require(world.store_name, "Waiting")
        return asked.url

    async def approve() -> str:
        page = await world.merchant.open(at("admin", "/promoters"))
        page.require(world.host_name)
        form = page.form("rate", action="/promoters/")
        await world.merchant.submit(page, form, rate=RATE_PERCENT, act="approve")
        answered = await world.host.open(at("host", "/stores"))
        answered.require("Approved", f"{RATE_PERCENT}%")
        return page.url

    async def go_on_air() -> str:
        page = await world.host.open(at("host", "/live"))
        planned = await world.host.submit(
            page, page.form("title", "platform"), title="Picking peaches", platform="wechat_channels"
        )
        live = await world.host.press(planned, "/start")
        live.require("Picking peaches", "Live")
        world.session_page = live.url
        return live.url

    async def make_link() -> str:
        session = world.session_page.rpartition("/")[2]
        page = await world.host.open(at("host", f"/links/new?session={session}"))
        form = page.form("product", "session", action="/links")
        product = next(choice for choice in form.choices["product"] if choice)
        made = await world.host.submit(page, form, product=product, session=session, label="Live show")
        found = re.search(rf"{re.escape(world.shop('/l/'))}[0-9a-z]+", made.text)
        if not found:
            raise NotSeen(f"no tracked address on {made.url}: {made.excerpt}")
        world.link, world.link_page = found[0], made.url
        return world.link

    async def fetch_poster() -> str:
        page = await world.host.open(world.link_page)
        address = str(page.answer.url.join(page.link("poster.png")))
        answer = await world.host.fetch(address)
        if answer.status_code != 200 or not answer.content.startswith(PNG):
            raise NotSeen(f"{address} answered {answer.status_code}, {len(answer.content)} bytes")
        return f"{address} ({len(answer.content) // 1024} KB)"

    async def open_board() -> str:
        page = await world.host.open(at("host"))
        page.require(world.store_name)
        if (page.after("Clicks"), page.after("Orders paid")) != ("0", "0"):
            raise NotSeen(f"the board of a new host does not start at nothing: {page.excerpt}")
        world.watch = BoardWatch(world.host, at("host", ""))
        await world.watch.start()
        return page.url

    return [
        Step("A host signs up", host_signs_up),
        Step("The host asks to join the store", join),
        Step(f"The merchant approves with {RATE_PERCENT}%", approve),
        Step("The host goes on air", go_on_air),
        Step("The host makes a tracked link for the show", make_link),
        Step("The poster with its QR code is a picture", fetch_poster),
        Step("The board is open and its live stream with it", open_board),
    ]
