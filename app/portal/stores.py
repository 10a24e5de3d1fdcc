"""The stores a host sells for: ask, wait for the answer, choose which one to look at."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from app import identity
from app.flows.apply_as_promoter import apply_as_promoter
from app.identity import PROMOTER, viewer_of
from app.kernel.errors import NotFound, Refusal
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_refusal
from app.kernel.pages import page, see_other
from app.portal.frame import places_of
from infra.settings import settings
from tenants import directory
from tenants.errors import UnknownStore

AnyRequest = Request[Any, Any, Any]


class JoinForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    store: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    note: Annotated[str, msgspec.Meta(max_length=300)] = ""


@get("/stores", permission="signed_in")
async def show_stores(request: AnyRequest) -> Template:
    return await _stores(request, {}, {})


@post("/stores", permission="signed_in")
async def join_store(request: AnyRequest) -> Template | Redirect:
    """Ask to sell for a store, by its short name or its address."""
    submitted = dict(await request.form())
    try:
        form = await read_form(request, JoinForm)
        await apply_as_promoter(viewer_of(request).id, read_slug(form.store), note=form.note)
    except Refusal as refusal:
        return await _stores(request, submitted, {"store": translate_refusal(refusal)}, refusal.status)
    return see_other("/stores", flash=("ok", _("The store has your application.")))


@get("/join/{slug:str}", permission="public")
async def show_invitation(request: AnyRequest, slug: FromPath[str]) -> Template:
    """What an invitation link opens: which store it is, and the way in."""
    tenant = await directory.find_by_slug(slug.lower())
    if tenant is None or tenant.status in ("provisioning", "deleted"):
        raise UnknownStore
    viewer = await identity.viewer_or_none(request)
    return page("portal/stores/join.html", tenant=tenant, viewer=viewer)


@post("/join/{slug:str}", permission="signed_in")
async def accept_invitation(request: AnyRequest, slug: FromPath[str]) -> Redirect:
    await apply_as_promoter(viewer_of(request).id, slug)
    return see_other("/stores", flash=("ok", _("The store has your application.")))


@post("/stores/{tenant_id:uuid}", permission="signed_in")
async def choose_store(request: AnyRequest, tenant_id: FromPath[UUID]) -> Redirect:
    viewer = viewer_of(request)
    if tenant_id not in {place.tenant.id for place in await places_of(viewer.id)}:
        raise NotFound
    await identity.open_session(request, PROMOTER, viewer.id, tenant_id=tenant_id)
    return see_other("/")


async def _stores(
    request: AnyRequest, values: dict[str, Any], errors: dict[str, str], status_code: int = 200
) -> Template:
    places = await places_of(viewer_of(request).id)
    return page("portal/stores/index.html", status_code=status_code, places=places, values=values, errors=errors)


def read_slug(text: str) -> str:
    """`qinghe`, `qinghe.example`, `https://qinghe.example/...` and an invitation link all name the same store."""
    host, _slash, path = text.strip().lower().partition("://")[2].partition("/") if "://" in text else (text, "", "")
    if path.startswith("join/"):
        return path.removeprefix("join/").strip("/")
    return host.partition("/")[0].partition(":")[0].removesuffix(f".{settings().domain}").strip()


HANDLERS = [show_stores, join_store, show_invitation, accept_invitation, choose_store]
