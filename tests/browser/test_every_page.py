"""Every page of every face: readable, operable, steady at any width, silent in the console; shop pages are light."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser

from tests.browser import audit, pages
from tests.browser.conftest import HOST, MERCHANT, STAFF, SUPPLIER
from tests.browser.stack import Stack
from tests.browser.visitor import Visitor, visitor

PEOPLE = {"backoffice": MERCHANT, "portal": HOST, "supply": SUPPLIER, "console": STAFF}
# Where a walk begins, beside the front page: what no link leads to.
DOORS = {
    "website": ["/sign-up", "/sign-in", "/terms", "/sign-up/address"],
    "storefront": [
        "/products/yangshan-shuimitao", "/cart", "/checkout", "/search?q=桃", "/account", "/sign-in", "/register",
    ],
    "backoffice": [
        "/stores", "/sign-in", "/imports", "/products/new", "/users", "/look/preview", "/pictures", "/welcome",
        "/orders/T1000001/edit", "/payouts/decision",
    ],
    "portal": ["/stores", "/sign-in", "/sign-up", "/join/yizhan", "/links/new", "/board/figures", "/payouts/new"],
    "supply": ["/stores", "/sign-in", "/welcome"],
    "console": ["/sign-in", "/jobs", "/audit", "/staff"],
}  # fmt: skip
# Pages the walk cannot come to in this state of the stores, and why.
OUT_OF_REACH: dict[str, str] = {
    "portal GET /chains/{campaign_id:uuid}/changes": "needs a copy of another leader's list",
    "portal GET /chains/{campaign_id:uuid}/copy": "needs the list of another leader",
    "backoffice GET /order-jobs/{order_job_id:uuid}": "there is none until somebody asks for one",
    "backoffice GET /order-jobs/{order_job_id:uuid}/progress": "asked for by the page of a job while it runs",
    "backoffice GET /rehearsals/{rehearsal_id:uuid}/progress": "asked for by the page of a rehearsal while it runs",
    "backoffice GET /books/statements/{statement_id:uuid}": "there is none before a provider's first day is compared",
    "backoffice GET /payouts/{payout_id:uuid}": "nobody has commission that is due on the first day",
    "backoffice GET /payouts/statements/{promoter_id:uuid}": "nobody has commission that is due on the first day",
    "backoffice GET /payouts/bank-files/{bank_file_id:uuid}": "nobody has commission that is due on the first day",
    "portal GET /pickups/check": "wants the code of an order to hand out",
    "portal GET /prizes/{contest_award_id:uuid}": "no prize is paid before refunds are through",
    "portal GET /payouts/{payout_id:uuid}": "nobody has commission that is due on the first day",
    "backoffice GET /imports/{run_id:uuid}/progress": "asked for by the page of an import while it runs",
    "storefront GET /orders/{number:str}/address": "offered until an order has left",
    "storefront GET /orders/{number:str}/in-wallet": "a wallet's own browser comes here, named by its wallet",
    "storefront GET /orders/{number:str}/scan": "shows the code of a wallet, and the demo stores have the sandbox only",
}


async def _somebody(browser: Browser, stack: Stack, face: str) -> Visitor:
    somebody = await visitor(browser, stack)
    if face in PEOPLE:
        await somebody.sign_in(pages.LABELS[face], PEOPLE[face].email, PEOPLE[face].password)
    if face == "backoffice":
        page = await somebody.open("admin", "/stores")
        choose = page.locator("li", has_text="qinghe").locator("form button")
        if await choose.count():
            await choose.click()
            await page.wait_for_url("http://admin.localhost:*/")
    return somebody


@dataclass(frozen=True)
class Walk:
    """Who walked through a face, and where each of its pages was found."""

    somebody: Visitor
    found: dict[str, pages.Seen]


Walks = Callable[[str], Awaitable[Walk]]


@pytest.fixture(scope="module")
async def walks(
    browser: Browser, stack: Stack, asked: str, waiting_team: str, ended_show: str, doubtful: str
) -> AsyncIterator[Walks]:
    """Every face is walked through once, whichever test asks first; whoever walked stays signed in."""
    done: dict[str, Walk] = {}

    async def through(face: str) -> Walk:
        if face not in done:
            done[face] = await _walk(browser, stack, face, asked, waiting_team)
        return done[face]

    yield through
    for each in done.values():
        await each.somebody.context.close()


async def _walk(browser: Browser, stack: Stack, face: str, order: str, team: str) -> Walk:
    """Signed in and with something in the cart, so that no page is empty."""
    somebody = await _somebody(browser, stack, face)
    doors = ["/", *DOORS[face]]
    if face == "storefront":
        page = await somebody.open("qinghe", "/products/yangshan-shuimitao")
        await page.click("button[name=then][value=checkout]")
        await page.wait_for_url("**/checkout")
        await _register(somebody)
        doors += [
            team,
            order,
            *(order.replace("?", f"/{more}?") for more in ("paid-return", "pay", "aftersales/new", "unwanted")),
        ]
    if face == "backoffice":
        doors.append(await _draft_of_a_contest(somebody))
        await _begin(somebody, "/stock/takes")
        await _begin(somebody, "/rehearsals")
    found = await pages.walk(somebody, face, doors)
    somebody.complaints.clear()  # the walk also tried addresses that lead to other hosts, which a script may not
    return Walk(somebody, found)


async def _draft_of_a_contest(merchant: Visitor) -> str:
    """Listed below the one that is under way, where a walk that looks at one contest never comes."""
    page = await merchant.open("admin", "/contests")
    path = await page.locator("tr", has_text="下一周再战").locator("a[href^='/contests/']").first.get_attribute("href")
    return f"{path}/edit"


async def _begin(merchant: Visitor, path: str) -> None:
    """What somebody begins with one press on this page; the walk finds it by the links."""
    page = await merchant.open("admin", path)
    await page.click(f"form[action='{path}'] button.btn-ink")
    await page.wait_for_load_state()


async def _register(shopper: Visitor) -> None:
    page = await shopper.open("qinghe", "/register")
    await page.fill("main [name=name]", "Lin Yue")
    await page.fill("main [name=email]", f"{secrets.token_hex(4)}@shopper.example")
    await page.fill("main [name=password]", "correct horse battery")
    await page.press("main [name=password]", "Enter")
    await page.wait_for_url(lambda url: "/register" not in url)


@pytest.mark.parametrize("face", list(pages.LABELS))
async def test_every_page_is_fit_for_everybody(stack: Stack, walks: Walks, face: str) -> None:
    walk, faults = await walks(face), list[str]()
    for seen in walk.found.values():
        if seen.whole:
            address = stack.address(pages.LABELS[face], seen.path)
            faults += await audit.faults(walk.somebody, address, dark=face in PEOPLE)

    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("face", list(pages.LABELS))
async def test_every_page_can_be_reached(walks: Walks, face: str) -> None:
    """A page no link leads to is a page nobody finds; the test above would miss it too."""
    found = (await walks(face)).found

    missed = [one.name for one in pages.pages_of(face) if one.name not in found and one.name not in OUT_OF_REACH]
    assert not missed, "\n".join(missed)


async def test_a_page_with_faults_is_not_waved_through(guest: Visitor) -> None:
    """Control: pale text, a field without a name, a line that is too wide, and a script in the page are all seen."""
    await guest.page.route(
        "**/planted",
        lambda route: route.fulfill(
            content_type="text/html",
            headers={"content-security-policy": "default-src 'none'"},
            body="<!doctype html><html><head><title>x</title></head><body><main><p style='color:#ccc'>pale</p><input>"
            f"<pre>{'wide ' * 400}</pre><script>1</script></main></body></html>",
        ),
    )

    faults = " ".join(await audit.faults(guest, guest.stack.address("", "/planted")))

    for words in ("html-has-lang", "label", "scrolls sideways", "Content Security Policy"):
        assert words in faults, words


async def test_a_shops_pages_are_light(browser: Browser, stack: Stack, walks: Walks) -> None:
    heavy = []
    for seen in (await walks("storefront")).found.values():
        stranger = await visitor(browser, stack)
        if (weight := await audit.weigh(stranger, stack.address("qinghe", seen.path))) > audit.HEAVIEST:
            heavy.append(f"{seen.path}: {weight / 1024:.1f} KB")
        await stranger.context.close()

    assert heavy == []
