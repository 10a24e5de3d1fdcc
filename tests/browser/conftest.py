"""One running program and one browser for all browser tests; the tests run one after another."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import AsyncIterator, Iterator, Mapping

import pytest
from PIL import Image
from playwright.async_api import Browser, FilePayload, Page, async_playwright, expect

from app.demo import people
from app.demo.doubt_steps import NEIGHBOR
from tests.browser.stack import Stack, chromium
from tests.browser.visitor import Visitor, visitor

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
MERCHANT, HOST, SUPPLIER, STAFF = people.MERCHANT, people.HOST, people.SUPPLIER, people.STAFF
ADDRESS = {
    "recipient": "Lin Yue", "phone": "13800138000", "region": "浙江省", "city": "杭州市", "district": "西湖区",
    "street": "文三路 90 号 3 幢 501",
}  # fmt: skip


expect.set_options(timeout=60_000)  # finds what never happens; how slow a machine is says nothing


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here is a browser test."""
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(900))


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    chromium()
    running = Stack()
    running.wait()
    yield running
    running.stop()


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield opened
        await opened.close()


@pytest.fixture
async def guest(browser: Browser, stack: Stack) -> AsyncIterator[Visitor]:
    """Somebody with a phone and JavaScript."""
    somebody = await visitor(browser, stack)
    yield somebody
    await somebody.context.close()


@pytest.fixture
async def plain_guest(browser: Browser, stack: Stack) -> AsyncIterator[Visitor]:
    """Somebody whose browser runs no script."""
    somebody = await visitor(browser, stack, java_script_enabled=False)
    yield somebody
    await somebody.context.close()


@pytest.fixture(scope="session")
async def shared_link(browser: Browser, stack: Stack) -> str:
    """The path of a product link the demo host shares."""
    host = await visitor(browser, stack)
    await host.sign_in("host", HOST.email, HOST.password)
    listed = re.findall(r"/links/[0-9a-f-]{36}", await (await host.open("host", "/links")).content())
    pages = [await (await host.open("host", path)).content() for path in dict.fromkeys(listed)]
    await host.context.close()
    product = next(page for page in pages if "/products/yangshan-shuimitao" in page or "阳山" in page)
    found = re.search(r"qinghe\.localhost:\d+(/l/[0-9a-z]{10})", product)
    assert found, "the page of a link does not show its address"
    return found[1]


@pytest.fixture(scope="session")
async def bought(browser: Browser, stack: Stack, shared_link: str) -> str:
    """The path of a paid order that came through the host's link; bought without any script."""
    shopper = await visitor(browser, stack, java_script_enabled=False)
    path = await buy(shopper, shared_link)
    await shopper.context.close()
    return path


async def buy(shopper: Visitor, start: str) -> str:
    """From a link to the paid order, as a person would. Returns the order's path with its key."""
    page = await shopper.open("qinghe", start)
    if "/products/" not in page.url:
        await page.goto(shopper.stack.address("qinghe", "/products/yangshan-shuimitao"))
    await page.click("button[name=then][value=checkout]")
    await page.wait_for_url("**/checkout")
    await _check_out_and_pay(page)
    return page.url.partition(f":{shopper.stack.port}")[2].replace("/paid-return", "").partition("&")[0]


async def _check_out_and_pay(page: Page, who: str = "lin", address: Mapping[str, str] = ADDRESS) -> None:
    for name, value in address.items():
        await page.fill(f"main [name={name}]", value)
    await page.fill("main [name=phone]", f"138{sum(who.encode()):08d}" if who != "lin" else ADDRESS["phone"])
    await page.fill("main [name=email]", f"{who}@shopper.example")
    await page.click("[form=checkout], #checkout [type=submit]")
    await page.wait_for_url("**/pay/**")
    await page.click("button[name=choice][value=pay]")
    await page.wait_for_url("**/orders/**")


async def _take_part(page: Page, who: str = "lin") -> None:
    """In what the page offers, with one piece of the first thing."""
    await page.fill("[name^=units_] >> nth=0", "1")
    await page.click("button.btn-join[form=join]")
    await page.wait_for_url("**/checkout**")
    await _check_out_and_pay(page, who)


async def join_team(shopper: Visitor, team: str) -> None:
    """By its link, up to the paid order; somebody else than whoever opened it."""
    await _take_part(await shopper.open("qinghe", team), "zhou")


@pytest.fixture(scope="session")
async def doubtful(browser: Browser, stack: Stack, shared_link: str) -> str:
    """The path of the case of a doubtful sale: the host's name, next door to the host, through the host's link."""
    shopper = await visitor(browser, stack, java_script_enabled=False)
    page = await shopper.open("qinghe", shared_link)
    await page.goto(stack.address("qinghe", "/products/yangshan-shuimitao"))
    await page.click("button[name=then][value=checkout]")
    await page.wait_for_url("**/checkout")
    await _check_out_and_pay(page, "neighbor", NEIGHBOR)
    await shopper.context.close()
    merchant = await visitor(browser, stack)
    await merchant.sign_in("admin", MERCHANT.email, MERCHANT.password)
    page = await merchant.open("admin", "/stores")
    await page.locator("li", has_text="qinghe").locator("form button").click()
    await page.wait_for_url("http://admin.localhost:*/")
    for _ in range(600):
        found = re.search(r"/risk/[0-9a-f-]{36}", await (await merchant.open("admin", "/risk")).content())
        if found:
            break
        await asyncio.sleep(0.2)
    await merchant.context.close()
    assert found, "nobody was asked to look at the sale"
    return found[0]


@pytest.fixture(scope="session")
async def waiting_team(browser: Browser, stack: Stack) -> str:
    """The path of a team that lacks somebody; opened and paid for without any script."""
    shopper = await visitor(browser, stack, java_script_enabled=False)
    page = await shopper.open("qinghe", "/campaigns")
    await page.click("a.campaign:has-text('三人团')")
    await _take_part(page)
    await page.click("a[href*='/teams/']")
    await page.wait_for_url("**/teams/*")
    path = page.url.partition(f":{stack.port}")[2]
    await shopper.context.close()
    return path


@pytest.fixture(scope="session")
async def ended_show(browser: Browser, stack: Stack) -> str:
    """The path of a session that was planned, on air, and is over. Without any script."""
    host = await visitor(browser, stack, java_script_enabled=False)
    await host.sign_in("host", HOST.email, HOST.password)
    page = await host.open("host", "/live")
    await page.fill("main [name=title]", "Rehearsal")
    await page.select_option("main [name=platform]", "own_embed")
    await page.click("form[action='/live'] button.btn-brand")
    await page.wait_for_url("**/live/*-*")
    for act in ("start", "end"):
        await page.click(f"form[action$='/{act}'] button")
        await page.wait_for_load_state()
    path = page.url.partition(f":{stack.port}")[2]
    await host.context.close()
    return path


@pytest.fixture(scope="session")
async def asked(browser: Browser, stack: Stack, bought: str) -> str:
    """The same order, sent, with a request the store declined and the platform was asked about. Without any script."""
    shopper = await visitor(browser, stack, java_script_enabled=False)
    page = await ask_for_a_return(shopper, bought)
    place = page.url.partition(f":{stack.port}")[2]
    await decline_the_request(browser, stack)
    page = await shopper.open("qinghe", place)
    await page.click("details:has(#f-dispute) summary")
    await page.fill("#f-dispute", "照片里看得很清楚")
    await page.click("form[action*='/dispute'] button")
    await shopper.context.close()
    return bought


async def ask_for_a_return(shopper: Visitor, order: str) -> Page:
    """As soon as the parcel has left. Ends on the page of the request."""
    for _ in range(600):
        page = await shopper.open("qinghe", order)
        if await page.locator("a[href*='/aftersales/new']").count():
            break
        await asyncio.sleep(0.2)
    await page.click("a[href*='/aftersales/new']")
    await page.fill("main [name=words]", "收到时压坏了")
    await page.select_option("main [name=reason]", "damaged")
    picture: FilePayload = {"name": "proof.png", "mimeType": "image/png", "buffer": poster()}
    await page.set_input_files("main [name=pictures]", files=[picture])
    await page.click("form[enctype] button.btn-brand")
    await page.wait_for_url("**/aftersales/*-*")
    return page


def poster() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (320, 200), "#8a5a2b").save(file, "PNG")
    return file.getvalue()


async def decline_the_request(browser: Browser, stack: Stack) -> None:
    merchant = await visitor(browser, stack)
    await merchant.sign_in("admin", MERCHANT.email, MERCHANT.password)
    page = await merchant.open("admin", "/stores")
    choose = page.locator("li", has_text="qinghe").locator("form button")
    if await choose.count():
        await choose.click()
        await page.wait_for_url("http://admin.localhost:*/")
    page = await merchant.open("admin", "/aftersales")
    await page.click("main table a")
    await page.click("details:has(#f-decline) summary")
    await page.fill("#f-decline", "签收时包装完好")
    await page.click("form[action*='/refusal'] button")
    await page.wait_for_load_state()
    await merchant.context.close()
