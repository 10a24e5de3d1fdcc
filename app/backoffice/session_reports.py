"""The settlement report of a live session for the merchant: everything, beside what the books say."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Template

import tenants
from app import commissions, live, reports
from app.backoffice.frame import AnyRequest, show
from app.flows.session_report import last_report
from app.flows.session_sheet import MEDIA, write_sheet
from app.kernel.errors import NotFound
from app.live import LiveSession


@get("/shows/{session_id:uuid}/report", permission="promoters.read")
async def show_report(request: AnyRequest, session_id: FromPath[UUID]) -> Template:
    async with tenants.transaction():
        session = await _over(session_id)
        report, kept = await last_report(session)
        corrections = await reports.corrections_of(session_id)
    return await show(
        request, "shows/report.html", session=session, report=report, kept=kept, corrections=corrections,
        states=commissions.words.STATES, roles=commissions.words.ROLES,
    )  # fmt: skip


@get("/shows/{session_id:uuid}/report.csv", permission="promoters.read")
async def take_csv(session_id: FromPath[UUID]) -> Response[bytes]:
    return await _file(session_id, "csv")


@get("/shows/{session_id:uuid}/report.xlsx", permission="promoters.read")
async def take_xlsx(session_id: FromPath[UUID]) -> Response[bytes]:
    return await _file(session_id, "xlsx")


async def _file(session_id: UUID, form: Literal["csv", "xlsx"]) -> Response[bytes]:
    async with tenants.transaction():
        report, _kept = await last_report(await _over(session_id))
    disposition = f'attachment; filename="session-{report.as_of.date().isoformat()}.{form}"'
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return Response(await write_sheet(report, form), media_type=MEDIA[form], headers=headers)


async def _over(session_id: UUID) -> LiveSession:
    """Raises NotFound, also while the show goes on: until then its board says everything."""
    session = await live.find(session_id)
    if not session.is_over:
        raise NotFound
    return session


HANDLERS = [show_report, take_csv, take_xlsx]
