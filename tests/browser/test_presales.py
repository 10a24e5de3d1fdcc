"""Pages of pre-sales and demand tests, from the campaign to the paid deposit, fit for everybody."""

from __future__ import annotations

from playwright.async_api import Browser

from tests.browser import audit
from tests.browser.conftest import _take_part
from tests.browser.stack import Stack
from tests.browser.test_every_page import _somebody
from tests.browser.visitor import Visitor


async def _address(guest: Visitor, kind: str) -> str:
    page = await guest.open("qinghe", "/campaigns")
    await page.click(f"a.campaign:has-text('{kind}')")
    await page.wait_for_url("**/campaigns/*")
    return page.url


async def test_what_a_shopper_sees_of_a_presale_is_fit_for_everybody(guest: Visitor, plain_guest: Visitor) -> None:
    address = await _address(guest, "明前龙井 预售")
    path = address.partition(f":{guest.stack.port}")[2]
    faults = await audit.faults(guest, address)

    page = await plain_guest.open("qinghe", path)
    await _take_part(page, "ahead")
    order = page.url.replace("/paid-return", "").partition("&")[0]

    faults += await audit.faults(guest, order, dark=True)
    assert not faults, "\n".join(faults)


async def test_what_a_shopper_sees_of_a_demand_test_is_fit_for_everybody(guest: Visitor) -> None:
    address = await _address(guest, "椴树蜜要不要再进一批")
    await guest.page.click("form.want button")
    await guest.page.wait_for_url("**/campaigns/*")

    faults = await audit.faults(guest, address)

    assert not faults, "\n".join(faults)


async def test_the_merchants_forms_and_pages_are_fit_for_everybody(browser: Browser, stack: Stack) -> None:
    merchant, faults = await _somebody(browser, stack, "backoffice"), list[str]()
    for kind, title in (("presale", "预售"), ("demand_test", "要不要")):
        page = await merchant.open("admin", f"/campaigns/new/{kind}")
        faults += await audit.faults(merchant, page.url)
        page = await merchant.open("admin", "/campaigns")
        await page.click(f"td a:has-text('{title}')")
        await page.wait_for_url("**/campaigns/*-*")
        faults += await audit.faults(merchant, page.url, dark=True)
        faults += await audit.faults(merchant, f"{page.url}/edit")
    await merchant.context.close()
    assert not faults, "\n".join(faults)
