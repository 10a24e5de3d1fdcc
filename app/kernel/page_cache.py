"""Pages that are the same for everybody, kept in memory for a moment, ready compressed, with every header.

The outermost layer, in front of the doorman: a kept page is found by what the browser sent, before anything else runs.
What the directory forgets (a merchant's change, announced over Valkey, or a closed store) is forgotten here in the same
moment; without the message a page is at most two seconds old.

A page may say more than "1" with its mark: the name of what it shows that changes by the second. Such a page is kept
for strangers only (whoever has a session gets one of their own), for one second at most, and until `tell` says that the
thing changed.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import brotli
from litestar.connection import ASGIConnection

from tenants import directory
from tenants.middleware import App, Receive, Scope, Send, new_request_id

MARK = b"x-cacheable"
REQUEST_ID = b"x-request-id"
FOR_EVERYBODY = b"1"
LIFETIME_SECONDS = 2.0
MOVING_LIFETIME_SECONDS = 1.0
MAX_PAGES = 2_000
MAX_TOLD = 10_000
NEVER_KEPT = ("/l/", "/assets/", "/media/")
Headers = list[tuple[bytes, bytes]]
# Host header, path, query, the reader's chosen language: all that a kept page depends on.
Key = tuple[bytes, str, bytes, str | None]


@dataclass(slots=True)
class Body:
    """One form of a page, with the headers that belong to it; each answer gets a request id of its own."""

    headers: Headers
    content: bytes


@dataclass(slots=True)
class Kept:
    until: float
    tenant_id: UUID
    as_of: int
    plain: Body
    packed: Body
    shows: bytes = FOR_EVERYBODY
    told: int = 0

    def holds(self, stranger: bool) -> bool:
        if self.shows != FOR_EVERYBODY and (not stranger or _told.get(self.shows, 0) > self.told):
            return False
        return self.until > time.monotonic() and not directory.changed_since(self.tenant_id, self.as_of)


_pages: OrderedDict[Key, Kept] = OrderedDict()
_told: OrderedDict[bytes, int] = OrderedDict()
_tellings = 0


def tell(shows: str) -> None:
    """What this names has changed: pages that show it are drawn anew."""
    global _tellings
    _tellings += 1
    _told[shows.encode()] = _tellings
    _told.move_to_end(shows.encode())
    while len(_told) > MAX_TOLD:  # what is this long ago has outlived its second
        _told.popitem(last=False)


def tellings_of(shows: str) -> int:
    """Another number each time this was told to have changed."""
    return _told.get(shows.encode(), 0)


class PageCache:
    """ASGI layer around the doorman; answers GETs of storefront pages it knows."""

    def __init__(self, app: App, session_cookie: str) -> None:
        self.app = app
        self.session = session_cookie.encode() + b"="

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"].startswith(NEVER_KEPT):
            await self.app(scope, receive, send)
            return
        key, packed, cookie = _look_at(scope)
        if key is None:
            await self.app(scope, receive, send)
            return
        kept = _pages.get(key)
        if kept is not None and kept.holds(self.session not in cookie):
            await _answer(kept.packed if packed else kept.plain, send)
            return
        await self.app(scope, receive, _Recorder(key, packed, scope, send))


def _look_at(scope: Scope) -> tuple[Key | None, bool, bytes]:
    """The page's key, whether brotli is understood, the cookies; no key for what must not be answered from memory."""
    host = cookie = accepts = b""
    for name, value in scope["headers"]:
        if name == b"host":
            if host:
                return None, False, cookie
            host = value
        elif name == b"cookie":
            cookie += value
        elif name == b"accept-encoding":
            accepts = value
    language = None
    if cookie:
        if b"flash" in cookie:
            return None, False, cookie
        if b"lang" in cookie:  # read by the same parser as the page's language, so that both see the same
            connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)  # type: ignore[arg-type] # wider alias
            language = connection.cookies.get("lang")
    return (host, scope["path"], scope["query_string"], language), b"br" in accepts, cookie


class _Recorder:
    """Passes an answer on; when it is marked cacheable, keeps it first and sends the compressed form."""

    __slots__ = ("as_of", "body", "key", "packed", "scope", "send", "start", "told")

    def __init__(self, key: Key, packed: bool, scope: Scope, send: Send) -> None:
        self.key, self.packed, self.scope, self.send = key, packed, scope, send
        self.as_of, self.told = directory.moment(), _tellings
        self.body = b""
        self.start: Any = None

    async def __call__(self, message: Any) -> None:
        if message["type"] == "http.response.start" and self._may_keep(message):
            self.start = message
            return
        if self.start is None:
            await self.send(message)
            return
        self.body += message.get("body", b"")
        if not message.get("more_body", False):
            kept = self._keep()
            await _answer(kept.packed if self.packed else kept.plain, self.send)

    def _may_keep(self, message: Any) -> bool:
        if message["status"] != 200:
            return False
        names = {name for name, _ in message["headers"]}
        return MARK in names and b"set-cookie" not in names and self.scope["arrival"].tenant is not None

    def _keep(self) -> Kept:
        shows = next(value for name, value in self.start["headers"] if name == MARK)
        headers = [(n, v) for n, v in self.start["headers"] if n not in (MARK, REQUEST_ID, b"content-length")]
        headers.append((b"vary", b"Accept-Encoding"))
        packed = brotli.compress(self.body, quality=5)
        kept = Kept(
            time.monotonic() + (LIFETIME_SECONDS if shows == FOR_EVERYBODY else MOVING_LIFETIME_SECONDS),
            self.scope["arrival"].tenant.id,
            self.as_of,
            _body(headers, self.body),
            _body([*headers, (b"content-encoding", b"br")], packed),
            shows,
            self.told,
        )
        _pages[self.key] = kept
        while len(_pages) > MAX_PAGES:
            _pages.popitem(last=False)
        return kept


def _body(headers: Headers, content: bytes) -> Body:
    return Body([*headers, (b"content-length", str(len(content)).encode())], content)


async def _answer(body: Body, send: Send) -> None:
    headers = [*body.headers, (REQUEST_ID, new_request_id().encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body.content, "more_body": False})
