"""A host's links: list, make, pause, and the page with code, QR and poster to share."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import links, live
from app.flows import campaign_pictures
from app.flows.create_link import create_link, pause_link
from app.identity import viewer_of
from app.kernel.errors import Refusal
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_refusal
from app.kernel.pages import page, see_other
from app.portal import posters, queries
from app.portal.frame import AnyRequest, Place, enter
from infra.settings import settings

KEEP = {"cache-control": "private, max-age=3600"}


class LinkForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    product: UUID | None = None
    session: UUID | None = None
    campaign: UUID | None = None
    team: Annotated[str, msgspec.Meta(max_length=20)] = ""
    label: Annotated[str, msgspec.Meta(max_length=80)] = ""


@get("/links", permission="signed_in")
async def show_links(request: AnyRequest) -> Template:
    place = await enter(request)
    async with tenants.transaction():
        rows = await queries.link_rows(place.promoter.id, most=500)
    return page("portal/links/index.html", tab="links", links=rows)


@get("/links/new", permission="signed_in")
async def show_new_link(
    request: AnyRequest, q: FromQuery[str] = "", session: FromQuery[UUID | None] = None
) -> Template:
    place = await enter(request)
    return await _form(place, q.strip()[:100], {"session": session}, {})


@post("/links", permission="signed_in")
async def make_link(request: AnyRequest) -> Template | Redirect:
    place = await enter(request)
    submitted = dict(await request.form())
    try:
        form = await read_form(request, LinkForm)
        link = await create_link(
            viewer_of(request).id,
            product_id=form.product,
            session_id=form.session,
            campaign_id=form.campaign,
            team=form.team,
            label=form.label,
        )
    except Refusal as refusal:
        return await _form(place, "", submitted, {"": translate_refusal(refusal)}, refusal.status)
    return see_other(f"/links/{link.id}", flash=("ok", _("The link is ready to share.")))


@get("/links/{link_id:uuid}", permission="signed_in")
async def show_link(request: AnyRequest, link_id: FromPath[UUID]) -> Template:
    place = await enter(request)
    async with tenants.transaction():
        row = await queries.link_row(place.promoter.id, link_id)
        days = await links.last_days([link_id], place.tenant.time_zone)
    return page("portal/links/show.html", tab="links", link=row, days=days, url=address_of(place, row["code"]))


@post("/links/{link_id:uuid}/pause", permission="signed_in")
async def pause(request: AnyRequest, link_id: FromPath[UUID]) -> Redirect:
    await enter(request)
    await pause_link(viewer_of(request).id, link_id, paused=True)
    return see_other(f"/links/{link_id}", flash=("ok", _("Paused. Visitors still reach the store.")))


@post("/links/{link_id:uuid}/resume", permission="signed_in")
async def resume(request: AnyRequest, link_id: FromPath[UUID]) -> Redirect:
    await enter(request)
    await pause_link(viewer_of(request).id, link_id, paused=False)
    return see_other(f"/links/{link_id}", flash=("ok", _("The link counts again.")))


@get("/links/{link_id:uuid}/qr.svg", permission="signed_in")
async def show_qr(request: AnyRequest, link_id: FromPath[UUID]) -> Response[bytes]:
    url = await _address(request, link_id)
    svg = links.qr_svg(url).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return Response(svg.encode(), media_type="image/svg+xml", headers=KEEP)


@get("/links/{link_id:uuid}/qr.png", permission="signed_in")
async def download_qr(request: AnyRequest, link_id: FromPath[UUID]) -> Response[bytes]:
    return Response(links.qr_png(await _address(request, link_id)), media_type="image/png", headers=KEEP)


@get("/links/{link_id:uuid}/poster.png", permission="signed_in")
async def show_poster(request: AnyRequest, link_id: FromPath[UUID]) -> Response[bytes]:
    """The picture to send; made once for what it says, then kept."""
    place = await enter(request)
    poster = await posters.compose(place, link_id, lambda code: address_of(place, code))
    headers = {"etag": f'"{poster.fingerprint}"', "cache-control": "private, no-cache"}
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(b"", status_code=304, headers=headers)
    return Response(await campaign_pictures.picture(place.tenant.id, poster), media_type="image/png", headers=headers)


def address_of(place: Place, code: str) -> str:
    return f"{settings().origin(place.tenant.slug)}/l/{code}"


async def _address(request: AnyRequest, link_id: UUID) -> str:
    place = await enter(request)
    async with tenants.transaction():
        row = await queries.link_row(place.promoter.id, link_id)
    return address_of(place, row["code"])


async def _form(
    place: Place, query: str, values: dict[str, Any], errors: dict[str, str], status_code: int = 200
) -> Template:
    async with tenants.transaction():
        products = await queries.products(query)
        sessions = await live.sessions_of(place.promoter.id)
    open_sessions = [session for session in sessions if session.status not in ("ended", "settled")]
    return page(
        "portal/links/new.html", status_code=status_code, tab="links", products=products, sessions=open_sessions,
        q=query, values=values, errors=errors,
    )  # fmt: skip


HANDLERS = [
    show_links, show_new_link, make_link, show_link, pause, resume, show_qr, download_qr, show_poster,
]  # fmt: skip
