"""Somebody with a browser: a context of their own, and a memory of everything the browser complained about."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.browser.stack import Stack

# What a browser says about an answer we meant to give: a form sent back with its mistakes, a page that is not there.
MEANT = ("status of 422", "status of 404", "status of 403")


class Visitor:
    """Opens pages of the stack; `complaints` are errors of scripts and breaches of the content security policy."""

    def __init__(self, stack: Stack, context: BrowserContext, page: Page) -> None:
        self.stack, self.context, self.page = stack, context, page
        self.complaints: list[str] = []
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(words in message.text for words in MEANT):
            self.complaints.append(f"{self.page.url}: {message.text}")

    async def open(self, label: str = "", path: str = "/") -> Page:
        answer = await self.page.goto(self.stack.address(label, path))
        assert answer is not None
        assert answer.status < 400, f"{self.page.url} -> {answer.status}"
        return self.page

    async def sign_in(self, label: str, email: str, password: str) -> None:
        await self.open(label, "/sign-in")
        await self.page.fill("main [name=email]", email)
        await self.page.fill("main [name=password]", password)
        await self.page.press("main [name=password]", "Enter")
        await self.page.wait_for_url(lambda url: "/sign-in" not in url)


async def visitor(browser: Browser, stack: Stack, **options: Any) -> Visitor:
    """A fresh browser profile that reads English on a phone, unless told otherwise."""
    settings: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "locale": "en-US", **options}
    context = await browser.new_context(**settings)
    context.set_default_timeout(60_000)
    names = ("", "admin", "host", "staff", "qinghe", "yizhan")
    await context.add_cookies([{"name": "lang", "value": "en", "url": stack.address(name)} for name in names])
    return Visitor(stack, context, await context.new_page())


def photograph_to() -> Path | None:
    """The folder for pictures of every page, when somebody wants to look."""
    folder = os.environ.get("SCREENSHOTS")
    return Path(folder) if folder else None
