"""The stores a supplier's person delivers for: choose which one to look at."""

from __future__ import annotations

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from app import identity
from app.identity import SUPPLIER, viewer_of
from app.kernel.errors import NotFound
from app.kernel.pages import page, see_other
from app.supply.frame import AnyRequest, places_of


@get("/stores", permission="signed_in")
async def show_stores(request: AnyRequest) -> Template:
    return page("supply/stores/index.html", places=await places_of(viewer_of(request).id))


@post("/stores/{tenant_id:uuid}", permission="signed_in")
async def choose_store(request: AnyRequest, tenant_id: FromPath[UUID]) -> Redirect:
    """Raises NotFound for a store that does not let this person in."""
    viewer = viewer_of(request)
    if tenant_id not in {place.tenant.id for place in await places_of(viewer.id)}:
        raise NotFound
    await identity.open_session(request, SUPPLIER, viewer.id, tenant_id=tenant_id)
    return see_other("/")


HANDLERS = [show_stores, choose_store]
