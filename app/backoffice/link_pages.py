"""One tracked link as the merchant sees it: its code to print, and what came through it day by day."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Template

import tenants
from app import links
from app.backoffice import queries_links as queries
from app.backoffice.frame import AnyRequest, show
from infra.settings import settings

KEEP = {"cache-control": "private, max-age=3600"}


@get("/links/{link_id:uuid}", permission="promoters.read")
async def show_link(request: AnyRequest, link_id: FromPath[UUID]) -> Template:
    async with tenants.transaction():
        row = await queries.link_row(link_id)
        days = await links.last_days([link_id], tenants.current().time_zone)
    return await show(request, "links/show.html", link=row, days=days, url=_address(row["code"]))


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


HANDLERS = [show_link, show_qr, download_qr]
