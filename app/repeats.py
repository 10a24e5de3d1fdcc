"""Commands that carry a key act once: what main puts around every handler that changes something.

The key comes in the header `Idempotency-Key` or with the form, where the form macro put it. `answer_repeat` runs after
the guard, so a replayed answer is given only to somebody who may ask for it; `Keeping` sees the answer on its way out.

Left out, because each has its own way to act once: calls from outside (an event id), clicks (a click id), and whatever
opens a session - a session's secret is never kept, so a repeated sign-in opens another one.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

import structlog
from litestar import Request, Response
from litestar.datastructures import UploadFile

from app import identity
from app.kernel import idempotency, pages
from app.kernel.i18n import N_, gettext
from app.kernel.idempotency import Answer, Reservation
from tenants import scope
from tenants.middleware import App, Arrival, Receive, Scope, Send, arrival_of

log = structlog.get_logger()

AnyRequest = Request[Any, Any, Any]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# How long the second click of an impatient hand waits for the answer to the first.
PATIENCE_SECONDS = 8.0
RESERVED, SECRET = "repeats.reserved", "repeats.secret"
# Set anew with every answer; the rest is what the handler said.
NOT_KEPT = frozenset({b"set-cookie", b"content-length", b"date", b"x-request-id"})
# A form to correct, or a pace to slow down to: nothing was done, and the same key may try again.
TRY_AGAIN = frozenset({400, 401, 403, 422, 429})
DONE_ALREADY = N_("This was already done. What it showed is shown only once.")


async def answer_repeat(request: AnyRequest) -> Response[Any] | None:
    """The answer of the first request with this key, or None when this is the first: go on."""
    options, programs = request.route_handler.opt, arrival_of(request).face == "api"
    if request.method in SAFE or options.get("opens_session") or (options.get("csrf") == "none" and not programs):
        return None
    header = request.headers.get(idempotency.HEADER)
    if header is None and programs:
        return None
    key = header if header is not None else str((await request.form()).get(idempotency.FIELD) or "")
    if header is None and not key:
        return None
    idempotency.check_key(key)
    arrival = arrival_of(request)
    scope_ = idempotency.digest(
        "scope", arrival.face.encode(), await _actor(request), f"{request.method} {arrival.path}".encode(), key.encode()
    )
    patience = PATIENCE_SECONDS if header is None else 0.0
    found = await idempotency.reserve(scope.bound(), scope_, await _fingerprint(request), patience=patience)
    if isinstance(found, Answer):
        return _again(arrival, found)
    arrival.memo[RESERVED] = found
    arrival.memo[SECRET] = bool(request.route_handler.opt.get("answers_once"))
    return None


async def _actor(request: AnyRequest) -> bytes:
    """Whose key it is: the session's; without one, the browser's as far as it can be told."""
    known = await identity.viewer_or_none(request)
    if known is None and arrival_of(request).face in ("storefront", "api"):
        visit = await identity.visit_or_none(request)
        if visit:
            return visit.token_hash
    if known:
        return known.token_hash
    return f"{identity.client_address(request)} {request.headers.get('user-agent', '')}".encode()


async def _fingerprint(request: AnyRequest) -> bytes:
    """What was asked. Files are read where they lie, in a thread; everything else is the body as it came."""
    query = arrival_of(request).query.encode()
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return idempotency.digest("body", query, await request.body())
    parts: list[bytes] = [query]
    for name, value in (await request.form()).multi_items():
        if name != idempotency.FIELD:
            content = await asyncio.to_thread(_sum, value.file) if isinstance(value, UploadFile) else value.encode()
            parts += [name.encode(), getattr(value, "filename", "").encode(), content]
    return idempotency.digest("parts", *parts)


def _sum(file: Any) -> bytes:
    """The digest of an uploaded file, left at its beginning as it was found."""
    found = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(1 << 20):
        found.update(chunk)
    file.seek(0)
    return found.digest()


def _again(arrival: Arrival, answer: Answer) -> Response[Any]:
    headers = {name: value for name, value in answer.headers if name != pages.FLASH}
    arrival.cookies += [value for name, value in answer.headers if name == pages.FLASH]
    media_type = headers.pop("content-type", "text/plain; charset=utf-8")
    body = answer.body if answer.body is not None else gettext(DONE_ALREADY).encode()
    headers[idempotency.REPLAYED] = "true"
    return Response(body, status_code=answer.status, headers=headers, media_type=media_type)


class Keeping:
    """ASGI layer around the application: an answer under a key is kept before it is sent."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope_: Scope, receive: Receive, send: Send) -> None:
        if scope_["type"] != "http" or scope_["method"] in SAFE:
            await self.app(scope_, receive, send)
            return
        arrival: Arrival = scope_["arrival"]
        keeper = _Keeper(arrival, send)
        try:
            await self.app(scope_, receive, keeper)
        finally:
            await keeper.let_go()


class _Keeper:
    """Holds the answer back until it is whole and kept; without a reservation it only passes on."""

    def __init__(self, arrival: Arrival, send: Send) -> None:
        self.arrival = arrival
        self.send = send
        self.held: list[Any] = []
        self.size = 0

    async def __call__(self, message: Any) -> None:
        if RESERVED not in self.arrival.memo:
            await self.send(message)
            return
        self.held.append(message)
        self.size += len(message.get("body", b""))
        is_whole = message["type"] == "http.response.body" and not message.get("more_body", False)
        if is_whole or self.size > idempotency.LARGEST_BODY:  # what is too long to keep is not held back either
            await self._keep(self.arrival.memo.pop(RESERVED))
            for held in self.held:
                await self.send(held)

    async def _keep(self, reservation: Reservation) -> None:
        """Failing to write it down is no reason not to say it: the key then stays in flight until it is abandoned."""
        start = self.held[0]
        flash, secret = _cookies_of(self.arrival)
        try:
            if start["status"] >= 500 or start["status"] in TRY_AGAIN or secret:
                await idempotency.release(reservation)
                return
            await idempotency.keep_answer(reservation, self._answer(start, flash))
        except Exception as error:
            log.warning("repeats.answer_not_kept", request_id=self.arrival.request_id, error=repr(error))

    def _answer(self, start: Any, flash: list[str]) -> Answer:
        headers = [
            (name.decode("latin-1").lower(), value.decode("latin-1"))
            for name, value in start.get("headers", [])
            if name.lower() not in NOT_KEPT
        ]
        if self.arrival.memo.get(SECRET):
            return Answer(start["status"], [pair for pair in headers if pair[0] != "content-type"], None)
        body = b"".join(message.get("body", b"") for message in self.held[1:])
        headers += [(pages.FLASH, cookie) for cookie in flash]
        return Answer(start["status"], headers, body if len(body) <= idempotency.LARGEST_BODY else None)

    async def let_go(self) -> None:
        """The application gave no whole answer."""
        reservation = self.arrival.memo.pop(RESERVED, None)
        if reservation is not None:
            await idempotency.release(reservation)


def _cookies_of(arrival: Arrival) -> tuple[list[str], bool]:
    """The word to show on the next page, and whether a secret (a session, say) goes out with this answer."""
    flash = [cookie for cookie in arrival.cookies if cookie.startswith(f"{pages.FLASH}=")]
    others = [cookie for cookie in arrival.cookies if not cookie.startswith((f"{pages.FLASH}=", "lang="))]
    return flash, any(not cookie.partition("=")[2].startswith(";") for cookie in others)
