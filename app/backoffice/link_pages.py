"""One tracked link as the merchant sees it: its code to print, what came day by day, what the traffic looks like."""

from __future__ import annotations

from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import links
from app.backoffice import queries_links as queries
from app.backoffice.frame import AnyRequest, show
from app.identity import viewer_of
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.pages import see_other
from infra.settings import settings

KEEP = {"cache-control": "private, max-age=3600"}


class KeepingForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    keep_days: int


@get("/links/{link_id:uuid}", permission="promoters.read")
async def show_link(request: AnyRequest, link_id: FromPath[UUID]) -> Template:
    async with tenants.transaction():
        row = await queries.link_row(link_id)
        days = await links.last_days([link_id], tenants.current().time_zone)
        risk = (await links.risks_of([link_id])).get(link_id)
    return await show(request, "links/show.html", link=row, days=days, risk=risk, url=_address(row["code"]))


@post("/links/keeping", permission="promoters.write")
async def choose_keeping(request: AnyRequest) -> Redirect:
    """For how long single clicks are kept. Raises InvalidInput."""
    form = await read_form(request, KeepingForm)
    async with tenants.transaction():
        await links.choose_keep_days(form.keep_days, by=viewer_of(request).name)
    return see_other("/links", flash=("ok", _("Saved")))


@get("/links/{link_id:uuid}/qr.svg", permission="promoters.read")
async def show_qr(link_id: FromPath[UUID]) -> Response[bytes]:
    async with tenants.transaction():
        link = await links.find(link_id)
    svg = links.qr_svg(_address(link.code)).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return Response(svg.encode(), media_type="image/svg+xml", headers=KEEP)


@get("/links/{link_id:uuid}/qr.png", permission="promoters.read")
async def download_qr(link_id: FromPath[UUID]) -> Response[bytes]:
    """Large enough for a poster."""
    async with tenants.transaction():
        link = await links.find(link_id)
    return Response(links.qr_png(_address(link.code), module=20), media_type="image/png", headers=KEEP)


def _address(code: str) -> str:
    return f"{settings().origin(tenants.current().slug)}/l/{code}"


HANDLERS = [choose_keeping, show_link, show_qr, download_qr]
