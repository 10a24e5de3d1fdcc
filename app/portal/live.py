"""A host's live sessions: announce, go on air, end. The board of a session stands on a page of its own."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import live, promoters
from app.flows import run_show
from app.kernel.errors import InvalidInput
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_fields
from app.kernel.pages import page, see_other
from app.portal.frame import AnyRequest, Place, enter

Platform = Literal["wechat_channels", "douyin", "tiktok", "youtube", "own_embed"]


class SessionForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    platform: Platform


@get("/live", permission="signed_in")
async def show_sessions(request: AnyRequest) -> Template:
    return await _sessions(await enter(request), {}, {})


@post("/live", permission="signed_in")
async def schedule_session(request: AnyRequest) -> Template | Redirect:
    place = await enter(request)
    submitted = dict(await request.form())
    try:
        form = await read_form(request, SessionForm)
    except InvalidInput as refusal:
        return await _sessions(place, submitted, translate_fields(refusal), 422)
    if place.promoter.status != "approved":
        raise promoters.NotApproved
    async with tenants.transaction():
        session = await live.schedule(place.promoter.id, form.title, form.platform)
    return see_other(f"/live/{session.id}")


@post("/live/{session_id:uuid}/start", permission="signed_in")
async def start_session(request: AnyRequest, session_id: FromPath[UUID]) -> Redirect:
    place = await enter(request)
    await run_show.start_session(session_id, by=place.promoter.id)
    return see_other(
        f"/live/{session_id}", flash=("ok", _("On air. Clicks through this session's links count as live."))
    )


@post("/live/{session_id:uuid}/end", permission="signed_in")
async def end_session(request: AnyRequest, session_id: FromPath[UUID]) -> Redirect:
    place = await enter(request)
    await run_show.end_session(session_id, by=place.promoter.id)
    return see_other(f"/live/{session_id}", flash=("ok", _("The session has ended.")))


async def _sessions(place: Place, values: dict[str, Any], errors: dict[str, str], status_code: int = 200) -> Template:
    async with tenants.transaction():
        sessions = await live.sessions_of(place.promoter.id)
    return page(
        "portal/live/index.html", status_code=status_code, tab="live", sessions=sessions, platforms=live.PLATFORMS,
        values=values, errors=errors,
    )  # fmt: skip


HANDLERS = [show_sessions, schedule_session, start_session, end_session]
