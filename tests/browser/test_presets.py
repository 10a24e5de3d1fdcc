"""Every kind of campaign as a preset: five clicks from the list of campaigns to a page that shoppers can open."""

from __future__ import annotations

from playwright.async_api import Browser, Page, expect

from app.group_buying import KINDS
from tests.browser import audit
from tests.browser.conftest import MERCHANT
from tests.browser.stack import Stack
from tests.browser.visitor import Visitor, visitor


async def _merchant_of(browser: Browser, stack: Stack, slug: str) -> Visitor:
    merchant = await visitor(browser, stack, viewport={"width": 1440, "height": 900})
    await merchant.sign_in("admin", MERCHANT.email, MERCHANT.password)
    page = await merchant.open("admin", "/stores")
    choose = page.locator("li", has_text=slug).locator("form button")
    if await choose.count():
        await choose.click()
        await page.wait_for_url("http://admin.localhost:*/")
    return merchant


async def _start(page: Page, kind: str) -> str:
    """With the fewest inputs there are. Returns where shoppers find it."""
    await page.click("a[href='/campaigns/new']")
    await page.click(f"a[href='/campaigns/new/{kind}']")
    await page.check("input[name=product] >> nth=0")
    await page.click("button[name=add]")
    await page.click("button[name=then][value=publish]")
    await page.wait_for_url("**/campaigns/*-*")
    return await page.locator("section:has(#share) a").first.inner_text()


async def test_every_kind_starts_with_five_clicks_and_nothing_typed(
    browser: Browser, stack: Stack, plain_guest: Visitor
) -> None:
    merchant = await _merchant_of(browser, stack, "yizhan")
    for kind in KINDS:
        address = await _start(await merchant.open("admin", "/campaigns"), kind)

        answer = await plain_guest.page.goto(address)
        assert answer is not None
        assert answer.status == 200, kind
        await expect(plain_guest.page.locator("#join")).to_have_count(1)

    assert not merchant.complaints
    await merchant.context.close()


async def test_the_form_tells_what_it_means_as_it_changes(browser: Browser, stack: Stack) -> None:
    merchant = await _merchant_of(browser, stack, "yizhan")
    page = await merchant.open("admin", "/campaigns/new/team_group")

    await page.fill("[name=people]", "5")
    await page.press("[name=people]", "Tab")

    await expect(page.locator("#says")).to_contain_text("5 people who pay within 24 hours")
    assert not merchant.complaints
    await merchant.context.close()


async def test_a_filled_form_is_fit_for_everybody(browser: Browser, stack: Stack) -> None:
    merchant = await _merchant_of(browser, stack, "yizhan")
    faults: list[str] = []
    for kind in KINDS:
        page = await merchant.open("admin", f"/campaigns/new/{kind}")
        await page.check("input[name=product] >> nth=0")
        await page.click("button[name=add]")
        await page.click("summary:has-text('More rules')")
        await audit.bring_axe(page)
        for width in (390, 1440):
            await page.set_viewport_size({"width": width, "height": 900})
            faults += [f"{kind} at {width}: {words}" for words in await audit.seen_by_axe(page)]
            faults += await audit.sideways(page, kind, width)
    await merchant.context.close()
    assert not faults, "\n".join(faults)
