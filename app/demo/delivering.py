"""Part four: the cloud warehouse packs and ships; the parcel arrives."""

from __future__ import annotations

import re

from app.demo.steps import Step, until
from app.demo.visitor import NotSeen, Page
from app.demo.world import World

TRACKING = re.compile(r"\b(?:SF|ZTO|YTO)\d{12}\b")


def delivering(world: World) -> list[Step]:
    async def shipped() -> str:
        async def tracked() -> Page:
            page = await world.shopper.open(world.order_page)
            if not TRACKING.search(page.text):
                raise NotSeen(f"no tracking number on {page.url}: {page.excerpt}")
            return page

        page = await until(tracked, seconds=45, what="the tracking number")
        found = TRACKING.search(page.text)
        world.tracking = found[0] if found else ""
        return f"{world.tracking}  {page.url}"

    async def delivered() -> str:
        async def arrived() -> Page:
            page = (await world.shopper.open(world.order_page)).require(world.tracking)
            if page.after("Parcel") != "Delivered":
                raise NotSeen(f"the parcel on {page.url} is not delivered yet: {page.excerpt}")
            return page

        return (await until(arrived, seconds=45, what="the delivery")).url

    return [
        Step("The warehouse ships; the order page has a tracking number", shipped),
        Step("The parcel is delivered", delivered),
    ]
