"""A person at a browser without JavaScript: keeps cookies, follows redirects, fills in the forms the pages show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import httpx

from app.demo.markup import Form, Markup

USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36"
MOST_REDIRECTS = 8
Files = Mapping[str, tuple[str, bytes, str]]
Value = str | Sequence[str]


class NotSeen(Exception):
    """Something a person would have expected on the page is not there."""


class Here(httpx.AsyncBaseTransport):
    """Every host name leads to this machine, whatever its resolver thinks of `*.localhost`; the Host header is real."""

    def __init__(self) -> None:
        self._inner = httpx.AsyncHTTPTransport(retries=1)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        there = httpx.Request(
            request.method,
            request.url.copy_with(host="127.0.0.1"),
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions,
        )
        return await self._inner.handle_async_request(there)

    async def aclose(self) -> None:
        await self._inner.aclose()


@dataclass(frozen=True)
class Page:
    """What the browser shows after all redirects."""

    answer: httpx.Response

    @property
    def url(self) -> str:
        return str(self.answer.url)

    @cached_property
    def markup(self) -> Markup:
        return Markup(self.answer.text)

    @property
    def text(self) -> str:
        return self.markup.text

    def link(self, part: str) -> str:
        """The first link whose address or words contain this. Raises NotSeen."""
        for href, words in self.markup.links:
            if part in href or part in words:
                return str(self.answer.url.join(href))
        raise NotSeen(f"no link with {part!r} on {self.url}; it says: {self.excerpt}")

    def form(self, *names: str, action: str = "") -> Form:
        """The first form with these fields, going to an address with this part. Raises NotSeen."""
        for form in self.markup.forms:
            if form.names.issuperset(names) and action in form.action:
                return form
        wanted = ", ".join(names) or action
        raise NotSeen(f"no form for {wanted} on {self.url}; it says: {self.excerpt}")

    def require(self, *words: str) -> Page:
        """Raises NotSeen naming the first of the words that does not stand on the page."""
        for word in words:
            if word not in self.text:
                raise NotSeen(f"{word!r} is not on {self.url}; it says: {self.excerpt}")
        return self

    def after(self, label: str) -> str:
        """What stands right after a label: the number of a tile, the value of a fact. Raises NotSeen."""
        lines = self.text.split("\n")
        for line, value in pairwise(lines):
            if line == label:
                return value
        raise NotSeen(f"nothing is labelled {label!r} on {self.url}; it says: {self.excerpt}")

    @property
    def excerpt(self) -> str:
        return " / ".join(self.text.split("\n"))[:600]


class Visitor:
    """One browser. The name is only for messages."""

    def __init__(self, name: str, language: str = "zh-CN") -> None:
        headers = {
            "User-Agent": USER_AGENT,
            "Accept": "text/html,application/xhtml+xml",
            "Accept-Language": language,
            "Sec-Fetch-Dest": "document",
            "Sec-Fetch-Mode": "navigate",
        }
        self.name = name
        self.client = httpx.AsyncClient(transport=Here(), headers=headers, timeout=20)

    async def close(self) -> None:
        await self.client.aclose()

    async def open(self, url: str) -> Page:
        return await self._follow(self.client.build_request("GET", url))

    async def fetch(self, url: str) -> httpx.Response:
        """One address as it is, without following it anywhere."""
        return await self.client.get(url)

    async def submit(self, page: Page, form: Form, /, files: Files | None = None, **values: Value) -> Page:
        """Send the form as it stands, with these fields filled in. Raises NotSeen for a field the form lacks."""
        unknown = values.keys() - form.names
        if unknown:
            raise NotSeen(f"the form on {page.url} has no field {', '.join(sorted(unknown))}")
        target = page.answer.url.join(form.action or page.url)
        sent: dict[str, Any] = {**form.fields, **values}
        if form.method == "get":
            return await self._follow(self.client.build_request("GET", target, params=sent))
        headers = {"Origin": _origin(page.answer.url), "Referer": page.url, "Sec-Fetch-Site": "same-origin"}
        request = self.client.build_request("POST", target, data=sent, files=files, headers=headers)
        return await self._follow(request)

    async def press(self, page: Page, action: str, files: Files | None = None, **values: Value) -> Page:
        """The form that goes to an address with this part."""
        return await self.submit(page, page.form(*values, action=action), files, **values)

    async def _follow(self, request: httpx.Request) -> Page:
        answer = await self.client.send(request)
        for _ in range(MOST_REDIRECTS):
            if not answer.is_redirect:
                break
            target = answer.url.join(answer.headers["location"])
            answer = await self.client.get(target)
        page = Page(answer)
        if answer.status_code >= 400:
            raise NotSeen(f"{request.method} {request.url} ended with {answer.status_code}: {page.excerpt}")
        return page


def _origin(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.netloc.decode()}"
