"""A host's live sessions: announce, go on air, end. The board of a session stands on a page of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import live, promoters
from app.flows import run_show
from app.kernel import formats
from app.kernel.errors import InvalidInput
from app.kernel.forms import read_form
from app.kernel.i18n import N_, translate_fields
from app.kernel.i18n import gettext as _
from app.kernel.pages import page, see_other
from app.portal.frame import AnyRequest, Place, enter

Platform = Literal["wechat_channels", "douyin", "tiktok", "youtube", "own_embed"]


class SessionForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    platform: Platform
    starts_at: str = ""
    stream_url: Annotated[str, msgspec.Meta(max_length=300)] = ""


@get("/live", permission="signed_in")
async def show_sessions(request: AnyRequest) -> Template:
    return await _sessions(await enter(request), {}, {})


@post("/live", permission="signed_in")
async def schedule_session(request: AnyRequest) -> Template | Redirect:
    place = await enter(request)
    submitted = dict(await request.form())
    try:
        form = await read_form(request, SessionForm)
        starts_at = _starts_at(form.starts_at, place.tenant.time_zone)
        _check_stream(form.stream_url.strip())
    except InvalidInput as refusal:
        return await _sessions(place, submitted, translate_fields(refusal), 422)
    if place.promoter.status != "approved":
        raise promoters.NotApproved
    async with tenants.transaction():
        session = await live.schedule(
            place.promoter.id, form.title, form.platform, starts_at, stream_url=form.stream_url.strip()
        )
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
        invitations = await live.invitations_of(place.promoter.id)
        planners = {one.promoter: (await promoters.find(one.promoter)).name for one, _share in invitations}
    return page(
        "portal/live/index.html", status_code=status_code, tab="live", sessions=sessions, platforms=live.PLATFORMS,
        values=values, errors=errors, invitations=invitations, planners=planners,
    )  # fmt: skip


def _starts_at(text: str, time_zone: str) -> datetime | None:
    """As a browser's field writes it, in the store's time. Raises InvalidInput."""
    if not text.strip():
        return None
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=formats.zone_of(time_zone)).astimezone(UTC)
    except ValueError as error:
        raise InvalidInput({"starts_at": N_("Enter a day and a time like 2026-11-30 20:00.")}) from error


def _check_stream(url: str) -> None:
    """Raises InvalidInput."""
    if url and not (url.startswith("https://") and urlsplit(url).hostname):
        raise InvalidInput({"stream_url": N_("An address that begins with https://.")})


HANDLERS = [show_sessions, schedule_session, start_session, end_session]
