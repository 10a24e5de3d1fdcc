"""The personal bits of pages that are the same for everybody, fetched by the page's script."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get

import tenants
from app import identity, links, orders
from app.kernel.clock import now
from app.storefront import queries
from app.storefront.links import click_from_cookie, mark_page_seen


@get("/visit.json", permission="public")
async def show_visit(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    """Never makes a session: a browser that was only looking stays unknown."""
    visit = await identity.visit_or_none(request)
    viewer = await identity.viewer_or_none(request) if visit else None
    visitor = visit.visitor_id if visit else _known_visitor(request)
    found: dict[str, Any] = {"cart_count": 0, "name": viewer.name if viewer else "", "sharer": ""}
    if visitor:
        async with tenants.transaction():
            found["cart_count"] = await orders.cart_count(visitor) if visit else 0
            found["sharer"] = await queries.sharer_of(visitor, now())
            if (click := click_from_cookie(request)) and await links.note_page_seen(click, visitor):
                mark_page_seen(request, click)
    return Response(found, headers={"Cache-Control": "no-store"})


def _known_visitor(request: Request[Any, Any, Any]) -> UUID | None:
    """Whom a tracked link has met before, without asking for anything to be remembered now."""
    return identity.visitor_from_cookie(request) if "visitor" in request.cookies else None
