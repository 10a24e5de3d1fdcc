"""Notices of providers that were put aside: look at them, and say what was done."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import payments
from app.backoffice import notice_words as words
from app.backoffice.frame import AnyRequest, show
from app.flows.handle_notice import handle_notice
from app.identity import viewer_of
from app.kernel.errors import InvalidInput
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.pages import see_other


class NoticeForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    note: Annotated[str, msgspec.Meta(max_length=500)] = ""


class NoticeController(Controller):
    path = "/connections/notices"

    @get(permission="connections.read")
    async def index(
        self, request: AnyRequest, status: FromQuery[str] = "open",
        after: FromQuery[str] = "", before: FromQuery[str] = "",
    ) -> Template:  # fmt: skip
        handled = status == "handled"
        async with tenants.transaction():
            rows = await payments.notices_aside(handled=handled, after=after, before=before)
            waiting = await payments.count_aside()
        return await show(request, "notices/index.html", rows=rows, handled=handled, waiting=waiting, words=words)

    @post("/{notice_id:uuid}", permission="connections.write")
    async def handle(self, request: AnyRequest, notice_id: FromPath[UUID]) -> Redirect:
        form = await read_form(request, NoticeForm)
        if not form.note:
            raise InvalidInput({"note": "Say what was done about it."})
        await handle_notice(notice_id, note=form.note, by=viewer_of(request))
        return see_other("/connections/notices", flash=("ok", _("Marked as handled")))


HANDLERS = [NoticeController]
