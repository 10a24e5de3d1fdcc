"""How a refusal, a wrong address or a defect looks to the visitor: a page of the face, or JSON for programs."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import asyncpg
import structlog
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException
from litestar.response import Redirect

from app.identity import StoreNotChosen
from app.kernel.errors import InvalidInput, NotFound, Refusal, SignInNeeded
from app.kernel.i18n import N_, gettext, translate_fields, translate_refusal
from app.kernel.pages import page, safe_path
from app.store import last_on_page
from infra.postgres import UNREACHABLE
from tenants.middleware import arrival_of

log = structlog.get_logger()

LAYOUTS = {
    "storefront": "storefront/_frame.html",
    "website": "layouts/website.html",
    "portal": "layouts/plain.html",
    "supply": "layouts/plain.html",
    "backoffice": "layouts/plain.html",
    "console": "layouts/plain.html",
}
BROKEN = N_("Something broke on our side")
AnyRequest = Request[Any, Any, Any]


def _wants_json(request: AnyRequest) -> bool:
    return arrival_of(request).face in ("webhooks", "api") or "text/html" not in request.headers.get(
        "accept", "text/html"
    )


def answer_refusal(request: AnyRequest, refusal: Refusal) -> Response[Any]:
    """One place where every expected "no" becomes an answer."""
    arrival = arrival_of(request)
    reads = request.method == "GET"
    if isinstance(refusal, SignInNeeded) and reads and not _wants_json(request):
        here = arrival.path + (f"?{arrival.query}" if arrival.query else "")
        return Redirect(f"/sign-in?next={quote(here, safe='')}", status_code=303)
    if isinstance(refusal, StoreNotChosen) and reads:
        return Redirect("/stores", status_code=303)
    message = translate_refusal(refusal)
    headers = {"Cache-Control": "no-store", "X-Refusal": refusal.code}
    if refusal.retry_after:
        headers["Retry-After"] = str(refusal.retry_after)
    if _wants_json(request):
        fields = translate_fields(refusal) if isinstance(refusal, InvalidInput) else None
        body = {"code": refusal.code, "message": message, "request_id": arrival.request_id}
        if fields:
            body["fields"] = fields  # type: ignore[assignment] # the one nested value
        return Response(body, status_code=refusal.status, media_type=MediaType.JSON, headers=headers)
    if arrival.face == "storefront" and arrival.tenant and not arrival.memo.get("store"):
        arrival.memo["store"] = last_on_page(arrival.tenant)  # nothing was read yet for an address nobody answers
    return page(
        "errors/refusal.html",
        status_code=refusal.status,
        headers=headers,
        message=message,
        status=refusal.status,
        code=refusal.code,
        layout=LAYOUTS.get(arrival.face, "layouts/plain.html"),
        back=_way_back(request),
    )


def answer_http(request: AnyRequest, error: HTTPException) -> Response[Any]:
    """What the framework itself refuses: unknown address, wrong method, unreadable body."""
    if error.status_code == 404:
        return answer_refusal(request, NotFound())
    if error.status_code >= 500:
        return answer_defect(request, error)
    refusal = Refusal()
    refusal.status = error.status_code  # type: ignore[misc] # this one answer carries the framework's status
    return answer_refusal(request, refusal)


def answer_no_text(request: AnyRequest, error: Exception) -> Response[Any]:
    """A zero byte in an address or a search: the database knows no such text, so nothing is named by it."""
    return answer_refusal(request, NotFound())


def answer_defect(request: AnyRequest, error: Exception) -> Response[Any]:
    """Something broke. The details go to the log with the request id, never to the visitor."""
    arrival = arrival_of(request)
    away = isinstance(error, UNREACHABLE)
    log.error(
        "request.failed", request_id=arrival.request_id, face=arrival.face, path=arrival.path, away=away, exc_info=error
    )
    status = 503 if away else 500
    headers = {"Cache-Control": "no-store", **({"Retry-After": "5"} if away else {})}
    if _wants_json(request):
        message = gettext(BROKEN)
        body = {"code": "unavailable" if away else "defect", "message": message, "request_id": arrival.request_id}
        return Response(body, status_code=status, media_type=MediaType.JSON, headers=headers)
    return page("errors/defect.html", status_code=status, headers=headers, back=_way_back(request))


def _way_back(request: AnyRequest) -> str:
    """The page the visitor came from when it was ours, else the front page."""
    referrer = request.headers.get("referer", "")
    base = f"{request.url.scheme}://{request.headers.get('host', '')}/"
    return safe_path(f"/{referrer.removeprefix(base)}") if referrer.startswith(base) else "/"


HANDLERS: dict[Any, Any] = {
    Refusal: answer_refusal,
    HTTPException: answer_http,
    asyncpg.CharacterNotInRepertoireError: answer_no_text,
    asyncpg.PostgresError: answer_defect,
    Exception: answer_defect,
}
