"""A team's pages: fit for everybody, and a team that fills up while somebody watches."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from tests.browser import audit
from tests.browser.conftest import join_team
from tests.browser.stack import Stack
from tests.browser.test_every_page import _somebody
from tests.browser.visitor import Visitor


async def test_the_campaigns_page_and_the_teams_page_are_fit_for_everybody(guest: Visitor, waiting_team: str) -> None:
    faults: list[str] = []
    for path in (waiting_team.partition("/teams/")[0], waiting_team):
        faults += await audit.faults(guest, guest.stack.address("qinghe", path))
    assert not faults, "\n".join(faults)


async def test_the_merchants_form_and_list_of_teams_are_fit_for_everybody(
    browser: Browser, stack: Stack, waiting_team: str
) -> None:
    merchant = await _somebody(browser, stack, "backoffice")
    faults = await audit.faults(merchant, stack.address("admin", "/campaigns/new/team_group"))
    page = await merchant.open("admin", "/campaigns")
    await page.click("a:has-text('三人团')")
    await page.wait_for_url("**/campaigns/*-*")
    await expect(page.locator("text=1 / 3")).to_be_visible()
    faults += await audit.faults(merchant, page.url, dark=True)
    await merchant.context.close()
    assert not faults, "\n".join(faults)


async def test_whoever_watches_sees_that_somebody_came(guest: Visitor, plain_guest: Visitor, waiting_team: str) -> None:
    page = await guest.open("qinghe", waiting_team)
    await expect(page.locator("#team .seats .av")).to_have_count(1)

    await join_team(plain_guest, waiting_team)

    await expect(page.locator("#team .seats .av")).to_have_count(2)
    await expect(page.locator("#team h2")).to_have_text("1 more needed")
    assert not guest.complaints
