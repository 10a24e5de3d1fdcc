"""What every page has to bear: readers of any kind, small and large screens, dark rooms, strict rules for scripts."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page, Response

from tests.browser.visitor import Visitor, photograph_to

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],  # what is well need not be listed
}
# Turning the light off changes colors and nothing else: names, roles and order were looked at before.
IN_THE_DARK = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
PHONE, DESK, NARROW = 390, 1440, 320
# HTML, style sheets and scripts of a shop's page, as they travel.
HEAVIEST = 40 * 1024
_WIDTH = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"


@dataclass
class Weight:
    """Bytes of a page's document, style sheets and scripts, compressed as the browser got them."""

    responses: list[Response] = field(default_factory=list)

    def listen(self, response: Response) -> None:
        if response.request.resource_type in ("document", "stylesheet", "script"):
            self.responses.append(response)

    async def bytes(self) -> int:
        return sum([(await response.request.sizes())["responseBodySize"] for response in self.responses])


async def faults(visitor: Visitor, address: str, *, dark: bool = False) -> list[str]:
    """Everything that is wrong with one page at every width, and when asked in a dark room too, in one visit.

    Style sheets alone follow the width and the light, so the page is not loaded again for them. Pictures are taken on
    the way when asked for.
    """
    page, found = visitor.page, list[str]()
    await page.emulate_media(color_scheme="light", reduced_motion="reduce")
    await page.set_viewport_size({"width": PHONE, "height": 900})
    answer = await page.goto(address, wait_until="load")
    if answer is None or answer.status >= 400:
        return [f"{address} -> {answer.status if answer else 'nothing'}"]
    await bring_axe(page)
    for width in (PHONE, DESK):
        await page.set_viewport_size({"width": width, "height": 900})
        found += await sideways(page, address, width)
        for light in ("light", "dark") if dark else ("light",):
            await page.emulate_media(color_scheme=light, reduced_motion="reduce")
            found += [
                f"{address} at {width} {light}: {words}" for words in await seen_by_axe(page, dark=light == "dark")
            ]
            await _photograph(page, address, f"{width}{'-dark' if light == 'dark' else ''}")
    await page.set_viewport_size({"width": NARROW, "height": 700})
    found += await sideways(page, address, NARROW)
    found += visitor.complaints
    visitor.complaints.clear()
    return found


async def bring_axe(page: Page) -> None:
    """Once per loaded page, before it is asked."""
    await page.evaluate(AXE_SCRIPT)


async def seen_by_axe(page: Page, *, dark: bool = False) -> list[str]:
    results: Any = await page.evaluate(f"axe.run({json.dumps(IN_THE_DARK if dark else RULES)})")
    return [
        f"{violation['id']}: {node['target']} {node['html'][:110]}"
        for violation in results["violations"]
        for node in violation["nodes"][:3]
    ]


async def sideways(page: Page, address: str, width: int) -> list[str]:
    wide, there = await page.evaluate(_WIDTH)
    return [f"{address} at {width}: scrolls sideways ({wide} in {there})"] if wide > there else []


async def _photograph(page: Page, address: str, how: str) -> None:
    folder = photograph_to()
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        name = re.sub(r":\d+|[^a-z0-9]+", "-", address.partition("://")[2].lower()).strip("-")[:90]
        await page.screenshot(path=folder / f"{name}-{how}.png", full_page=True)


async def weigh(visitor: Visitor, address: str) -> int:
    """The page's first visit: nothing is in the browser's memory yet."""
    weight = Weight()
    visitor.page.on("response", weight.listen)
    await visitor.page.goto(address, wait_until="load")
    return await weight.bytes()
