"""Every route declares a permission; this guard enforces it, binds the merchant's store and refuses forged forms."""

from __future__ import annotations

import hmac
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from app.identity import sessions
from app.identity.permissions import PUBLIC, allows
from app.identity.viewers import Viewer
from app.kernel.errors import Forbidden, Refusal, SignInNeeded
from infra.settings import settings
from tenants import directory, scope
from tenants.middleware import Arrival, arrival_of

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
Connection = ASGIConnection[Any, Any, Any, Any]


class ForgedRequest(Refusal):
    """A form that did not come from one of our own pages in this browser session."""

    code = "identity.forged_request"
    status = 403
    message = "This form is no longer valid. Go back, reload the page and send it again; nothing was changed."


class StoreNotChosen(Refusal):
    """Signed in to the backoffice, but looking at no store."""

    code = "identity.store_not_chosen"
    status = 409
    message = "Choose a store first."


async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
    """Guard of every face: permission, store, origin and form token, in this order."""
    permission = handler.opt.get("permission")
    if permission is None:
        if connection.scope.get("method") == "OPTIONS":
            return  # the framework's own answer: which methods an address knows
        raise RuntimeError(f"{handler} declares no permission")
    arrival = arrival_of(connection)
    viewer = None
    if permission != PUBLIC:
        viewer = await sessions.viewer_or_none(connection)
        await _check_viewer(arrival, viewer, permission)
    if str(connection.scope.get("method")) not in SAFE:
        await _check_form(connection, handler.opt.get("csrf", "session"))


async def _check_viewer(arrival: Arrival, viewer: Viewer | None, permission: str) -> None:
    if viewer is None:
        raise SignInNeeded
    if viewer.realm == "merchant" and permission != "signed_in":
        if viewer.tenant_id is None or not viewer.role:
            raise StoreNotChosen
        tenant = await directory.find(viewer.tenant_id)
        if tenant is None:
            raise StoreNotChosen
        arrival.tenant = tenant
        scope.enter(tenant)
    if not allows(viewer.realm, viewer.role, permission):
        raise Forbidden


async def _check_form(connection: Connection, mode: str) -> None:
    """`session`: origin and token; `origin`: origin only (no session yet, or a page shared by everybody)."""
    if mode == "none":
        return
    _check_origin(connection)
    if mode == "origin":
        return
    token = await _token_of_session(connection)
    if token is None:
        return  # Nothing is signed in and nothing is remembered: there is no session to ride on.
    given = connection.headers.get("x-csrf-token") or await _token_of_form(connection)
    if not hmac.compare_digest(given.encode(), token.encode()):
        raise ForgedRequest


def _check_origin(connection: Connection) -> None:
    origin = connection.headers.get("origin")
    if origin and origin != "null":
        expected = f"{settings().scheme}://{connection.headers.get('host', '').lower()}"
        if origin.lower() != expected:
            raise ForgedRequest
    elif connection.headers.get("sec-fetch-site") not in ("same-origin", "none"):
        raise ForgedRequest


async def _token_of_session(connection: Connection) -> str | None:
    viewer = await sessions.viewer_or_none(connection)
    if viewer:
        return viewer.csrf_token
    if arrival_of(connection).face == "storefront":
        visit = await sessions.visit_or_none(connection)
        return visit.csrf_token if visit else None
    return None


async def _token_of_form(connection: Connection) -> str:
    if isinstance(connection, Request):
        form = await connection.form()
        return str(form.get("_csrf", ""))
    return ""
