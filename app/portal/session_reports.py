"""The settlement report of a live session for its hosts: each sees what they showed, shared and earn."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Template

import tenants
from app import commissions
from app.flows.session_report import last_report
from app.flows.session_sheet import MEDIA, write_sheet
from app.kernel.errors import NotFound
from app.kernel.pages import page
from app.live import LiveSession
from app.portal import queries
from app.portal.frame import AnyRequest, Place, enter
from app.portal.session_board import own_session


@get("/live/{session_id:uuid}/report", permission="signed_in")
async def show_report(request: AnyRequest, session_id: FromPath[UUID]) -> Template:
    place = await enter(request)
    session = await _over(place, session_id)
    async with tenants.transaction():
        report, kept = await last_report(session)
        purse = await queries.purse(place.promoter.id, place.tenant.currency)
    return page(
        "portal/live/report.html", tab="live", session=session, report=report.of(place.promoter.id), kept=kept,
        purse=purse, me=place.promoter.id, states=commissions.words.STATES, roles=commissions.words.ROLES,
        currency=report.currency,
    )  # fmt: skip


@get("/live/{session_id:uuid}/report.csv", permission="signed_in")
async def take_csv(request: AnyRequest, session_id: FromPath[UUID]) -> Response[bytes]:
    return await _file(await enter(request), session_id, "csv")


@get("/live/{session_id:uuid}/report.xlsx", permission="signed_in")
async def take_xlsx(request: AnyRequest, session_id: FromPath[UUID]) -> Response[bytes]:
    return await _file(await enter(request), session_id, "xlsx")


async def _file(place: Place, session_id: UUID, form: Literal["csv", "xlsx"]) -> Response[bytes]:
    session = await _over(place, session_id)
    async with tenants.transaction():
        report, _kept = await last_report(session)
    mine = report.of(place.promoter.id)
    disposition = f'attachment; filename="session-{report.as_of.date().isoformat()}.{form}"'
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return Response(await write_sheet(mine, form), media_type=MEDIA[form], headers=headers)


async def _over(place: Place, session_id: UUID) -> LiveSession:
    """Raises NotFound, also while the show goes on: until then its board says everything."""
    session = await own_session(place, session_id)
    if not session.is_over:
        raise NotFound
    return session


HANDLERS = [show_report, take_csv, take_xlsx]
