"""What people do in a browser, from opening a store to a number that changes on somebody else's screen."""

from __future__ import annotations

import asyncio
import secrets

import pytest
from playwright.async_api import Browser, expect

from tests.browser.conftest import HOST, MERCHANT, buy
from tests.browser.stack import Stack
from tests.browser.visitor import Visitor, visitor
from tests.services import ROOT

CATALOG = ROOT / "app" / "flows" / "demo_content" / "qinghe" / "products.csv"


async def _sign_up(guest: Visitor) -> str:
    slug = f"shop-{secrets.token_hex(3)}"
    page = await guest.open("", "/sign-up")
    await page.fill("main [name=name]", "Peach House")
    await page.fill("main [name=slug]", slug)
    await page.fill("main [name=email]", f"{slug}@merchant.example")
    await page.fill("main [name=password]", "correct horse battery")
    await page.press("main [name=password]", "Enter")
    await page.wait_for_url("http://admin.localhost:*/**")
    await guest.context.add_cookies([{"name": "lang", "value": "en", "url": guest.stack.address("admin")}])
    return slug


async def test_a_merchant_opens_a_store_and_imports_its_catalog(guest: Visitor) -> None:
    slug = await _sign_up(guest)
    page = await guest.open("admin", "/imports")

    await page.set_input_files("main input[name=file]", CATALOG)
    await page.locator("main form:has(input[name=file]) button").last.click()
    await page.locator("form[action$='/confirm'] button").click()

    await expect(page.get_by_text("Done.")).to_be_visible()
    shop = await guest.open(slug, "/")
    await expect(shop.locator("a[href^='/products/']").first).to_be_visible()
    assert guest.complaints == []


async def test_a_shopper_buys_without_any_script(plain_guest: Visitor, bought: str) -> None:
    """The order was bought in a browser without scripts; its page is there for any browser that has its key."""
    page = await plain_guest.open("qinghe", bought)

    await expect(page.locator("main")).to_contain_text("Lin Yue")
    for _ in range(120):
        if "Waiting for payment" not in (await page.inner_text("main")):
            break
        await asyncio.sleep(0.5)
        await page.reload()
    assert "Waiting for payment" not in await page.inner_text("main")


async def test_a_sale_appears_on_the_hosts_board_by_itself(
    browser: Browser, stack: Stack, plain_guest: Visitor, shared_link: str
) -> None:
    host = await visitor(browser, stack)
    await host.sign_in("host", HOST.email, HOST.password)
    board = await host.open("host", "/")
    before = await board.inner_text("main")
    await board.evaluate("window.stayed = true")

    await plain_guest.open("qinghe", shared_link)
    await expect(board.locator("main")).not_to_have_text(before)
    after_click = await board.inner_text("main")
    await buy(plain_guest, shared_link)
    await expect(board.locator("main")).not_to_have_text(after_click)

    assert await board.evaluate("window.stayed") is True
    assert host.complaints == []
    await host.context.close()


@pytest.mark.parametrize(
    ("label", "words"), [("", "zh-Hant"), ("qinghe", "zh-Hant"), ("admin", "zh-Hans"), ("host", "en")]
)
async def test_a_reader_changes_the_language_and_stays_on_the_page(guest: Visitor, label: str, words: str) -> None:
    path = "/sign-in" if label in ("admin", "host") else "/"
    page = await guest.open(label, path)

    await page.goto(guest.stack.address(label, f"/locale/{words}?back={path}"))

    assert await page.get_attribute("html", "lang") == words
    assert page.url == guest.stack.address(label, path)
    await page.reload()
    assert await page.get_attribute("html", "lang") == words


async def test_signing_up_needs_no_pointer(guest: Visitor) -> None:
    """Tab, type, Enter: nothing else is touched."""
    slug = f"keys-{secrets.token_hex(3)}"
    page = await guest.open("", "/sign-up")
    typed = {"name": "Keyboard House", "slug": slug, "email": f"{slug}@merchant.example", "password": "correct horse"}
    for _ in range(60):
        await page.keyboard.press("Tab")
        name = await page.evaluate("document.activeElement.name || ''")
        if name in typed:
            await page.keyboard.type(typed.pop(name))
        if not typed:
            break
    assert not typed, f"never reached: {typed}"
    await page.keyboard.press("Enter")

    await page.wait_for_url("http://admin.localhost:*/**")


async def test_filling_the_cart_needs_no_pointer(guest: Visitor) -> None:
    page = await guest.open("qinghe", "/products/yangshan-shuimitao")
    for _ in range(60):
        await page.keyboard.press("Tab")
        seen = await page.evaluate(
            "({value: document.activeElement.value, outline: getComputedStyle(document.activeElement).outlineStyle,"
            " shadow: getComputedStyle(document.activeElement).boxShadow})"
        )
        assert seen["outline"] != "none" or seen["shadow"] != "none", "focus cannot be seen"
        if seen["value"] == "stay":
            break
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    cart = await guest.open("qinghe", "/cart")

    await expect(cart.locator("main a[href='/products/yangshan-shuimitao']").first).to_be_visible()


async def test_a_merchant_signs_in_and_out(guest: Visitor) -> None:
    await guest.sign_in("admin", MERCHANT.email, MERCHANT.password)
    page = await guest.open("admin", "/products")
    assert await page.locator("main").is_visible()

    await page.evaluate("document.querySelector(\"form[action='/sign-out']\").requestSubmit()")
    await page.wait_for_url("**/sign-in**")
    await page.goto(guest.stack.address("admin", "/products"))

    assert "/sign-in" in page.url
