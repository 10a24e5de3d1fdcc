"""Following a tracked link: `GET /l/{code}` stores the click, then sends the visitor on. The hottest route."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import HttpMethod, Request, Response, route
from litestar.connection import ASGIConnection
from litestar.params import FromPath
from litestar.response import Template

import tenants
from app import identity, links
from app.flows.record_clicks import click_of, find_destination, record_click
from app.kernel import cookies
from app.kernel.ids import new_id
from app.kernel.pages import page
from infra import crypto
from tenants.middleware import arrival_of
from tenants.states import tenant_allows

LINKS = "/@storefront/l/"  # as the doorman writes the path of a tracked link
Connection = ASGIConnection[Any, Any, Any, Any]
VISITOR_LASTS = timedelta(days=180)
CLICK_LASTS = timedelta(days=30)
HEADERS = {"cache-control": "no-store", "referrer-policy": "strict-origin-when-cross-origin", "x-robots-tag": "noindex"}
RAW_HEADERS = [(name.encode(), value.encode()) for name, value in HEADERS.items()]


async def sent_on(scope: Any, send: Any) -> bool:
    """The usual case in front of all routing: a known link of an open store. False leaves the request to `follow_link`.

    The same steps in the same order; one link is followed so often in an evening that the framework's share counts.
    """
    tenant = tenants.current()
    known = links.read_code(scope["path"].removeprefix(LINKS))
    if scope["method"] != "GET" or not known or not tenant_allows(tenant.status, "show_storefront"):
        return False
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    connection: Connection = ASGIConnection(scope)
    if "cookie" in headers and _has_only_a_session(connection):
        return False
    try:
        destination = await find_destination(tenant, known)
        if destination is None:
            return False
        visitor = identity.visitor_from_cookie(connection) if "cookie" in headers else new_id()
        click = _click(connection, headers, destination, visitor)
        await record_click(tenant, click)
    except Exception:  # whatever it is, `follow_link` meets it again and has a page for it
        return False
    _give_cookies(connection, click)
    answer = [(b"location", destination.path.encode()), (b"content-length", b"0"), *RAW_HEADERS]
    await send({"type": "http.response.start", "status": 302, "headers": answer})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
    return True


@route("/l/{code:str}", http_method=[HttpMethod.GET, HttpMethod.HEAD], permission="public", name="storefront.link")
async def follow_link(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any] | Template:
    """302 to the object's page after the click is durable. Raises UnknownLink, ClickNotRecorded."""
    tenant = tenants.current()
    known = links.read_code(code)
    destination = await find_destination(tenant, known) if known else None
    if destination is None:
        raise links.UnknownLink
    visitor = await _visitor_of(request)
    click = _click(request, request.headers, destination, visitor)
    await record_click(tenant, click)
    answer: Response[Any] | Template
    if tenant_allows(tenant.status, "show_storefront"):
        answer = Response(b"", status_code=302, headers={"location": destination.path, **HEADERS})
    else:
        answer = page("errors/suspended.html", status_code=503, headers=dict(HEADERS))
    _give_cookies(request, click)
    return answer


def _click(
    connection: Connection, headers: Mapping[str, str], destination: links.Destination, visitor: UUID
) -> links.Click:
    screened = links.screen(str(connection.scope.get("method")), headers)
    address = identity.client_address(connection)
    return click_of(destination, visitor, screened, address=address, agent=headers.get("user-agent", ""))


async def _visitor_of(request: Request[Any, Any, Any]) -> UUID:
    """The browser's visitor id. One that shopped before it ever met a link has it in its session."""
    if _has_only_a_session(request):
        try:
            visit = await identity.visit_or_none(request)
        except OSError:
            visit = None
        if visit:
            return visit.visitor_id
    return identity.visitor_from_cookie(request)


def _has_only_a_session(connection: Connection) -> bool:
    return "visitor" not in connection.cookies and identity.SHOPPER.cookie in connection.cookies


def click_from_cookie(connection: Connection) -> UUID | None:
    """The click that brought this browser, as long as no page was seen after it. An id nobody signed is nobody's."""
    token, _, rest = connection.cookies.get("click", "").partition(".")
    signature, _, seen = rest.partition(".")
    return UUID(token) if not seen and crypto.verify(token, signature, "click", size=12) else None


def mark_page_seen(connection: Connection, click_id: UUID) -> None:
    """The browser need not say again that it has seen a page."""
    token = click_id.hex
    value = f"{token}.{crypto.sign(token, 'click', size=12)}.seen"
    arrival_of(connection).cookies.append(cookies.make("click", value, lasts=CLICK_LASTS))


def _give_cookies(request: Connection, click: links.Click) -> None:
    arrival = arrival_of(request)
    visitor, token = identity.visitor_cookie(click.visitor_id), click.id.hex
    arrival.cookies.append(cookies.make("visitor", visitor, lasts=VISITOR_LASTS))
    signature = crypto.sign(token, "click", size=12)
    arrival.cookies.append(cookies.make("click", f"{token}.{signature}", lasts=CLICK_LASTS))
