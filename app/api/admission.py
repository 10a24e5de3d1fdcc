"""Who asks, and how often they may. Cookies mean nothing here: whoever has no bearer token is nobody."""

from __future__ import annotations

from typing import Any

from litestar import Request

import tenants
from app import identity
from app.kernel import limits
from app.kernel.errors import NotFound, SignInNeeded
from tenants.middleware import arrival_of

AnyRequest = Request[Any, Any, Any]


async def admit(request: AnyRequest) -> None:
    """Before every handler of this face. Raises TooManyTries, and NotFound for a name that no row can have."""
    if "\0" in request.scope["path"] or "%00" in arrival_of(request).query:
        raise NotFound
    store = str(tenants.current().id)
    await limits.take(limits.API_ADDRESS, store, identity.client_address(request))
    visit = await identity.visit_or_none(request)
    if visit:
        await limits.take(limits.API_TOKEN, store, visit.token_hash.hex())


async def visit_of(request: AnyRequest) -> identity.Visit:
    """Whose token it is, signed in or not. Raises SignInNeeded without one that counts."""
    visit = await identity.visit_or_none(request)
    if visit is None:
        raise SignInNeeded
    return visit
