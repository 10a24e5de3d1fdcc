"""Every page of every face: readable, operable, steady at any width, silent in the console; shop pages are light."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser

from tests.browser import audit, pages
from tests.browser.conftest import HOST, MERCHANT, STAFF
from tests.browser.stack import Stack
from tests.browser.visitor import Visitor, visitor

PEOPLE = {"backoffice": MERCHANT, "portal": HOST, "console": STAFF}
# Where a walk begins, beside the front page: what no link leads to.
DOORS = {
    "website": ["/sign-up", "/terms", "/sign-up/address"],
    "storefront": [
        "/products/yangshan-shuimitao", "/cart", "/checkout", "/search?q=桃", "/account", "/sign-in", "/register",
    ],
    "backoffice": ["/stores", "/sign-in", "/imports", "/products/new", "/users", "/look/preview"],
    "portal": ["/stores", "/sign-in", "/sign-up", "/join/yizhan", "/links/new", "/board/figures"],
    "console": ["/sign-in", "/jobs", "/audit", "/staff"],
}  # fmt: skip
# Pages the walk cannot come to in this state of the stores, and why.
OUT_OF_REACH: dict[str, str] = {}


async def _somebody(browser: Browser, stack: Stack, face: str) -> Visitor:
    somebody = await visitor(browser, stack)
    if face in PEOPLE:
        await somebody.sign_in(pages.LABELS[face], PEOPLE[face].email, PEOPLE[face].password)
    return somebody


async def _walk(browser: Browser, stack: Stack, face: str, order: str) -> tuple[Visitor, dict[str, str]]:
    """Signed in and with something in the cart, so that no page is empty."""
    somebody = await _somebody(browser, stack, face)
    doors = ["/", *DOORS[face]]
    if face == "storefront":
        page = await somebody.open("qinghe", "/products/yangshan-shuimitao")
        await page.click("button[name=then][value=checkout]")
        await page.wait_for_url("**/checkout")
        doors += [order, order.replace("?", "/paid-return?")]
    return somebody, await pages.walk(somebody, face, doors)


@pytest.mark.parametrize("face", list(pages.LABELS))
async def test_every_page_is_fit_for_everybody(browser: Browser, stack: Stack, bought: str, face: str) -> None:
    somebody, found = await _walk(browser, stack, face, bought)
    faults: list[str] = []
    for path in found.values():
        address = stack.address(pages.LABELS[face], path)
        faults += await audit.faults(somebody, address)
        if face in PEOPLE:
            faults += await audit.faults(somebody, address, dark=True)
    await somebody.context.close()

    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("face", list(pages.LABELS))
async def test_every_page_can_be_reached(browser: Browser, stack: Stack, bought: str, face: str) -> None:
    """A page no link leads to is a page nobody finds; the walk above would miss it too."""
    somebody, found = await _walk(browser, stack, face, bought)
    await somebody.context.close()

    missed = [one.name for one in pages.pages_of(face) if one.name not in found and one.name not in OUT_OF_REACH]
    assert missed == []


async def test_a_shops_pages_are_light(browser: Browser, stack: Stack, bought: str) -> None:
    somebody, found = await _walk(browser, stack, "storefront", bought)
    await somebody.context.close()
    heavy = []
    for path in found.values():
        stranger = await visitor(browser, stack)
        if (weight := await audit.weigh(stranger, stack.address("qinghe", path))) > audit.HEAVIEST:
            heavy.append(f"{path}: {weight / 1024:.1f} KB")
        await stranger.context.close()

    assert heavy == []
