"""What the store and hosts tell this promoter, and what a host tells the sharers of a session."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import announcements, live
from app.announcements import Draft
from app.flows.announce import announce, reader_of
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_fields
from app.kernel.pages import page, see_other
from app.portal.frame import AnyRequest, Place, enter


class AnnouncementController(Controller):
    path = "/announcements"

    @get(permission="signed_in")
    async def show(self, request: AnyRequest) -> Template:
        """Whoever sees them has read them."""
        return await _page(await enter(request), {}, {})

    @post(permission="signed_in")
    async def tell(self, request: AnyRequest) -> Template | Redirect:
        place = await enter(request)
        values = {name: value for name, value in (await request.form()).multi_items() if isinstance(value, str)}
        try:
            session = UUID(values.get("session", ""))
        except ValueError as error:
            raise NotFound from error
        draft = Draft(
            title=values.get("title", ""), body=values.get("body", ""), audience="session", session=session,
            mailed=values.get("mailed") == "yes",
        )  # fmt: skip
        try:
            await announce(draft, by=place.promoter)
        except InvalidInput as refusal:
            return await _page(place, values, translate_fields(refusal))
        return see_other("/announcements", flash=("ok", _("Told")))

    @post("/{announcement_id:uuid}", permission="signed_in")
    async def edit(self, request: AnyRequest, announcement_id: FromPath[UUID]) -> Template | Redirect:
        place = await enter(request)
        values = {name: value for name, value in (await request.form()).multi_items() if isinstance(value, str)}
        try:
            async with tenants.transaction():
                await announcements.edit(
                    announcement_id, title=values.get("title", ""), body=values.get("body", ""),
                    author=place.promoter.id,
                )  # fmt: skip
        except InvalidInput as refusal:
            return await _page(place, values, translate_fields(refusal))
        return see_other("/announcements", flash=("ok", _("Saved")))

    @post("/{announcement_id:uuid}/withdraw", permission="signed_in")
    async def withdraw(self, request: AnyRequest, announcement_id: FromPath[UUID]) -> Redirect:
        place = await enter(request)
        async with tenants.transaction():
            await announcements.withdraw(announcement_id, author=place.promoter.id)
        return see_other("/announcements", flash=("ok", _("Withdrawn")))


async def _page(place: Place, values: Mapping[str, str], errors: Mapping[str, str]) -> Template:
    me = place.promoter
    async with tenants.transaction():
        read = await announcements.readable(await reader_of(me))
        await announcements.note_read(me.id, [one.id for one, was_read in read if not was_read])
        told = await announcements.written_by(me.id)
        sessions = [one for one in await live.sessions_of(me.id) if not one.is_over]
    return page(
        "portal/announcements/index.html", status_code=422 if errors else 200, tab="board", announcements=read,
        told=told, sessions=sessions, values=values, errors=errors,
    )  # fmt: skip


HANDLERS = [AnnouncementController]
