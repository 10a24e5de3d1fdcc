"""Following a tracked link: `GET /l/{code}` stores the click, then sends the visitor on. The hottest route."""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import HttpMethod, Request, Response, route
from litestar.params import FromPath
from litestar.response import Template

import tenants
from app import identity, links
from app.flows.record_clicks import find_destination, record_click
from app.kernel import cookies
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.kernel.pages import page
from infra import crypto
from tenants.middleware import arrival_of
from tenants.states import tenant_allows

VISITOR_LASTS = timedelta(days=180)
CLICK_LASTS = timedelta(days=30)
HEADERS = {"cache-control": "no-store", "referrer-policy": "strict-origin-when-cross-origin", "x-robots-tag": "noindex"}


@route("/l/{code:str}", http_method=[HttpMethod.GET, HttpMethod.HEAD], permission="public", name="storefront.link")
async def follow_link(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any] | Template:
    """302 to the object's page after the click is durable. Raises UnknownLink, ClickNotRecorded."""
    tenant = tenants.current()
    known = links.read_code(code)
    destination = await find_destination(tenant, known) if known else None
    if destination is None:
        raise links.UnknownLink
    visitor = await _visitor_of(request)
    click = _click(request, destination, visitor)
    await record_click(tenant, click)
    answer: Response[Any] | Template
    if tenant_allows(tenant.status, "show_storefront"):
        answer = Response(b"", status_code=302, headers={"location": destination.path, **HEADERS})
    else:
        answer = page("errors/suspended.html", status_code=503, headers=dict(HEADERS))
    _give_cookies(request, click)
    return answer


def _click(request: Request[Any, Any, Any], destination: links.Destination, visitor: UUID) -> links.Click:
    reason = links.screen(request.method, request.headers) or destination.barred
    return links.Click(
        id=new_id(), link=destination.link, visitor_id=visitor, clicked_at=now(), qualifies=not reason, reason=reason,
        address_hash=_hashed(identity.client_address(request)),
        agent_hash=_hashed(request.headers.get("user-agent", "")),
    )  # fmt: skip


async def _visitor_of(request: Request[Any, Any, Any]) -> UUID:
    """The browser's visitor id. One that shopped before it ever met a link has it in its session."""
    if "visitor" not in request.cookies and identity.SHOPPER.cookie in request.cookies:
        try:
            visit = await identity.visit_or_none(request)
        except OSError:
            visit = None
        if visit:
            return visit.visitor_id
    return identity.visitor_from_cookie(request)


def _give_cookies(request: Request[Any, Any, Any], click: links.Click) -> None:
    arrival = arrival_of(request)
    visitor, token = str(click.visitor_id), click.id.hex
    arrival.cookies.append(cookies.make("visitor", visitor, lasts=VISITOR_LASTS))
    signature = crypto.sign(token, "click", size=12)
    arrival.cookies.append(cookies.make("click", f"{token}.{signature}", lasts=CLICK_LASTS))


def _hashed(text: str) -> bytes:
    """Keyed, so that nobody who reads the table can try addresses until one fits."""
    return hmac.digest(crypto.platform_key("click.origin"), text.encode("utf-8", "replace"), "sha256")[:16]
