"""The doorman: which host was asked, which face that is, which store, and may visitors come in.

He stands in front of the one Litestar application. The host name picks a face; the path gets the face's prefix, so
that one route table serves every host; a store's host binds the store for the length of the request. Hosts nobody
knows get a plain answer before any other code runs. `X-Forwarded-Host` is never read.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from infra.payment.pages import pay_pages
from infra.settings import settings
from infra.warehouse.pages import authorization_pages
from tenants import directory, scope
from tenants.scope import Tenant
from tenants.states import tenant_allows

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]

OWN_HOSTS = {"": "website", "admin": "backoffice", "host": "portal", "supply": "supply", "staff": "console"}
# Paths that mean the same on every host.
SHARED = ("/assets/", "/media/", "/health/", "/locale/")
# What even the page that says "no store here" needs.
LOOKS = "/assets/"
# A store's JSON face for programs, on its own host.
API = "/api/"
# What a suspended store still answers: a click is recorded, pictures load on the backoffice.
OPEN_WHEN_CLOSED = ("/l/", "/theme/")


@dataclass(slots=True)
class Arrival:
    """One request as the doorman saw it; `cookies` are Set-Cookie values to send with whatever answer follows."""

    face: str
    tenant: Tenant | None
    host: str
    path: str
    query: str
    request_id: str
    cookies: list[str] = field(default_factory=list)
    memo: dict[str, Any] = field(default_factory=dict)


# An id names a request in the log and guards nothing, so one draw of luck per process is enough.
_PROCESS = secrets.token_hex(4)
_requests = itertools.count(secrets.randbelow(1 << 31))


def new_request_id() -> str:
    return f"{_PROCESS}{next(_requests) & 0xFFFFFFFF:08x}"


# The request this task answers; None in workers and commands.
current_arrival: ContextVar[Arrival | None] = ContextVar("current_arrival", default=None)


class Doorman:
    """Outermost ASGI layer. `refuse(scope, receive, send, kind)` answers for `unknown_host` and `closed`."""

    def __init__(self, app: App, refuse: Callable[[Scope, Receive, Send, str], Awaitable[None]]) -> None:
        self.app = app
        self.refuse = refuse

    async def __call__(self, scope_: Scope, receive: Receive, send: Send) -> None:
        if scope_["type"] != "http":
            await self.app(scope_, receive, send)
            return
        host = _host_of(scope_)
        face, tenant = await _face_of(host)
        path = scope_["path"]
        arrival = Arrival(face, tenant, host, path, scope_["query_string"].decode("latin-1"), new_request_id())
        scope_["arrival"] = arrival
        current_arrival.set(arrival)
        answer = _decorated(send, arrival)
        if path.startswith("/webhooks/") and face != "unknown":
            arrival.face = "webhooks"
            await self._enter(scope_, receive, answer, f"/@webhooks{path.removeprefix('/webhooks')}")
        elif (face == "unknown" and not path.startswith(LOOKS)) or path.startswith("/@"):
            await self.refuse(scope_, receive, answer, "unknown_host" if face == "unknown" else "unknown_page")
        elif path.startswith(SHARED):
            await self.app(scope_, receive, answer)
        elif tenant is None:
            await self._enter(scope_, receive, answer, f"/@{face}{path}")
        else:
            await self._enter_store(tenant, scope_, receive, answer)

    async def _enter_store(self, tenant: Tenant, scope_: Scope, receive: Receive, send: Send) -> None:
        path, arrival = scope_["path"], scope_["arrival"]
        if path.startswith(API):
            arrival.face = "api"
        with scope.bind(tenant):
            if tenant_allows(tenant.status, "show_storefront") or path.startswith(OPEN_WHEN_CLOSED):
                face = f"/@{arrival.face}"
                await self._enter(
                    scope_, receive, send, face + (path.removeprefix("/api") if face == "/@api" else path)
                )
            else:
                await self.refuse(scope_, receive, send, "closed")

    async def _enter(self, scope_: Scope, receive: Receive, send: Send, path: str) -> None:
        scope_["path"] = path
        scope_["raw_path"] = path.encode()
        await self.app(scope_, receive, send)


def arrival_of(connection: Any) -> Arrival:
    """The doorman's note on this request."""
    found: Arrival = connection.scope["arrival"]
    return found


def _host_of(scope_: Scope) -> str:
    """Lower case, without port and one trailing dot; empty unless there is exactly one readable Host header."""
    values = [value for name, value in scope_["headers"] if name == b"host"]
    if len(values) != 1:
        return ""
    try:
        host = values[0].decode("ascii").lower()
    except UnicodeDecodeError:
        return ""
    name, colon, port = host.partition(":")
    if colon and not port.isdigit():
        return ""
    return str(name.removesuffix("."))


async def _face_of(host: str) -> tuple[str, Tenant | None]:
    domain = settings().domain
    if host == domain or host == "127.0.0.1":
        return "website", None
    label = host.removesuffix(f".{domain}") if host.endswith(f".{domain}") else ""
    if label in OWN_HOSTS and label:
        return OWN_HOSTS[label], None
    tenant = await directory.find_by_host(host) if host else None
    if tenant is None or tenant.status in ("provisioning", "deleted"):
        return "unknown", None
    return "storefront", tenant


def _decorated(send: Send, arrival: Arrival) -> Send:
    """Every answer carries the security headers, the request id and the cookies collected on the way."""

    async def answer(message: Any) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", []))
            present = {name.lower() for name, _ in headers}
            headers += [pair for pair in security_headers() if pair[0] not in present]
            headers.append((b"x-request-id", arrival.request_id.encode()))
            headers += [(b"set-cookie", cookie.encode("latin-1")) for cookie in arrival.cookies]
            message = {**message, "headers": headers}
        await send(message)

    return answer


_headers: list[tuple[bytes, bytes]] = []


def security_headers() -> list[tuple[bytes, bytes]]:
    """Strict by default; pages to pay or to authorize on are the only foreign places a form may lead to."""
    if not _headers:
        pages = " ".join((*pay_pages(), *authorization_pages()))
        policy = (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
            f"connect-src 'self'; form-action 'self' {pages} {settings().scheme}://*.{settings().authority()}; "
            "base-uri 'none'; frame-ancestors 'none'; object-src 'none'; manifest-src 'self'"
        )
        _headers.extend(
            (
                (b"content-security-policy", policy.encode()),
                (b"x-content-type-options", b"nosniff"),
                (b"referrer-policy", b"strict-origin-when-cross-origin"),
                (b"cross-origin-opener-policy", b"same-origin"),
                (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=()"),
                (b"x-frame-options", b"DENY"),
            )
        )
        if settings().secure:
            _headers.append((b"strict-transport-security", b"max-age=31536000; includeSubDomains"))
    return _headers
