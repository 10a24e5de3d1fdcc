"""Pages that are the same for everybody, kept in memory for a moment, ready compressed.

The key carries the store and its catalog generation: a merchant's change, announced over Valkey, makes every process
forget at once; without the message a page is at most two seconds old.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import brotli

from app.kernel.i18n import current_locale
from tenants.middleware import App, Receive, Scope, Send, arrival_of

MARK = b"x-cacheable"
LIFETIME_SECONDS = 2.0
MAX_PAGES = 2_000
Key = tuple[UUID, int, str, str, str, str]


@dataclass(slots=True)
class Kept:
    until: float
    headers: list[tuple[bytes, bytes]]
    plain: bytes
    packed: bytes


_pages: OrderedDict[Key, Kept] = OrderedDict()
_generations: dict[UUID, int] = {}


def forget_store(tenant_id: UUID) -> None:
    """The store's catalog or look changed: its kept pages are never found again."""
    _generations[tenant_id] = _generations.get(tenant_id, 0) + 1


class PageCache:
    """ASGI layer between the doorman and the application; answers GETs of storefront pages it knows."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        arrival = scope.get("arrival")
        if arrival is None or arrival.tenant is None or scope["method"] != "GET" or b"flash=" in _cookie(scope):
            await self.app(scope, receive, send)
            return
        tenant = arrival.tenant
        generation = _generations.get(tenant.id, 0)
        key = (tenant.id, generation, arrival.host, arrival.path, arrival.query, current_locale.get())
        kept = _pages.get(key)
        if kept and kept.until > time.monotonic():
            await _answer(kept, scope, send)
            return
        await self.app(scope, receive, _Recorder(key, scope, send))


class _Recorder:
    """Passes an answer on; when it is marked cacheable, keeps it first and sends the compressed form."""

    def __init__(self, key: Key, scope: Scope, send: Send) -> None:
        self.key, self.scope, self.send = key, scope, send
        self.start: Any = None

    async def __call__(self, message: Any) -> None:
        if message["type"] == "http.response.start" and self._may_keep(message):
            self.start = message
            return
        if self.start is None:
            await self.send(message)
            return
        kept = self._keep(message.get("body", b""))
        await _answer(kept, self.scope, self.send)

    def _may_keep(self, message: Any) -> bool:
        names = {name for name, _ in message["headers"]}
        arrival = arrival_of_scope(self.scope)
        return message["status"] == 200 and MARK in names and b"set-cookie" not in names and not arrival.cookies

    def _keep(self, body: bytes) -> Kept:
        headers = [(n, v) for n, v in self.start["headers"] if n not in (MARK, b"content-length")]
        kept = Kept(time.monotonic() + LIFETIME_SECONDS, headers, body, brotli.compress(body, quality=5))
        _pages[self.key] = kept
        while len(_pages) > MAX_PAGES:
            _pages.popitem(last=False)
        return kept


def arrival_of_scope(scope: Scope) -> Any:
    return scope["arrival"]


def _cookie(scope: Scope) -> bytes:
    return next((value for name, value in scope["headers"] if name == b"cookie"), b"")


async def _answer(kept: Kept, scope: Scope, send: Send) -> None:
    accepts = next((value for name, value in scope["headers"] if name == b"accept-encoding"), b"")
    headers = [*kept.headers, (b"vary", b"Accept-Encoding")]
    body = kept.plain
    if b"br" in accepts:
        body = kept.packed
        headers.append((b"content-encoding", b"br"))
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


__all__ = ["MARK", "PageCache", "arrival_of", "forget_store"]
