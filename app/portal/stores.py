"""The stores a host sells for: ask, wait for the answer, choose which one to look at."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import identity, promoters
from app.flows.apply_as_promoter import apply_as_promoter
from app.identity import PROMOTER, viewer_of
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.forms import read_form
from app.kernel.i18n import N_, translate_fields, translate_refusal
from app.kernel.i18n import gettext as _
from app.kernel.pages import page, see_other
from app.portal.frame import places_of
from infra.settings import settings
from tenants import Tenant, directory
from tenants.errors import UnknownStore

AnyRequest = Request[Any, Any, Any]
GONE = ("provisioning", "deleted")
KINDS = {
    "sharer": N_("I share links with my circle"), "host": N_("I sell in live sessions"),
    "leader": N_("I lead a community and hand out goods"), "agent": N_("I sell as an agent"),
    "store_clerk": N_("I work in a shop of the store"),
}  # fmt: skip


class JoinForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    store: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    note: Annotated[str, msgspec.Meta(max_length=300)] = ""


@get("/stores", permission="signed_in")
async def show_stores(request: AnyRequest) -> Template:
    return await _stores(request, {}, {})


@post("/stores", permission="signed_in")
async def join_store(request: AnyRequest) -> Template | Redirect:
    """Ask to sell for a store, by its short name or its address; terms of the store are read first."""
    submitted = dict(await request.form())
    try:
        form = await read_form(request, JoinForm)
        slug = read_slug(form.store)
        if await _has_terms(slug):
            return see_other(f"/join/{quote(slug)}")
        await apply_as_promoter(viewer_of(request).id, slug, note=form.note)
    except Refusal as refusal:
        return await _stores(request, submitted, {"store": translate_refusal(refusal)}, refusal.status)
    return see_other("/stores", flash=("ok", _("The store has your application.")))


class ApplyForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`terms` are the version that was on the page, when its box was ticked."""

    kinds: list[str] = []
    note: Annotated[str, msgspec.Meta(max_length=300)] = ""
    terms: UUID | None = None


@get("/join/{slug:str}", permission="public")
async def show_invitation(request: AnyRequest, slug: FromPath[str]) -> Template:
    """What an invitation link opens: which store it is, what it asks one to agree to, and the way in."""
    return await _invitation(request, slug, {})


@post("/join/{slug:str}", permission="signed_in")
async def accept_invitation(request: AnyRequest, slug: FromPath[str]) -> Template | Redirect:
    try:
        form = await read_form(request, ApplyForm)
        await apply_as_promoter(viewer_of(request).id, slug, note=form.note, kinds=form.kinds, terms=form.terms)
    except InvalidInput as refusal:
        return await _invitation(request, slug, translate_fields(refusal))
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


async def _terms_of(tenant: Tenant) -> promoters.Terms | None:
    with tenants.bind(tenant):
        async with tenants.transaction():
            return await promoters.current_terms()


async def _has_terms(slug: str) -> bool:
    tenant = await directory.find_by_slug(slug)
    return tenant is not None and tenant.status not in GONE and await _terms_of(tenant) is not None


async def _invitation(request: AnyRequest, slug: str, errors: dict[str, str]) -> Template:
    tenant = await directory.find_by_slug(slug.lower())
    if tenant is None or tenant.status in GONE:
        raise UnknownStore
    return page(
        "portal/stores/join.html", status_code=422 if errors else 200, tenant=tenant, terms=await _terms_of(tenant),
        viewer=await identity.viewer_or_none(request), errors=errors, kinds=KINDS,
    )  # fmt: skip


def read_slug(text: str) -> str:
    """`qinghe`, `qinghe.example`, `https://qinghe.example/...` and an invitation link all name the same store."""
    host, _slash, path = text.strip().lower().partition("://")[2].partition("/") if "://" in text else (text, "", "")
    if path.startswith("join/"):
        return path.removeprefix("join/").strip("/")
    return host.partition("/")[0].partition(":")[0].removesuffix(f".{settings().domain}").strip()


HANDLERS = [show_stores, join_store, show_invitation, accept_invitation, choose_store]
