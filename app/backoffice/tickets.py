"""The queue of differences and alerts, and resolving one with a note."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import tickets
from app.backoffice import ticket_words as words
from app.backoffice.frame import AnyRequest, show
from app.flows.resolve_ticket import resolve_ticket
from app.identity import viewer_of
from app.kernel.errors import InvalidInput
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.pages import see_other


class ResolveForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    note: Annotated[str, msgspec.Meta(max_length=500)] = ""


class TicketController(Controller):
    path = "/tickets"

    @get(permission="books.read")
    async def index(
        self, request: AnyRequest, kind: FromQuery[str] = "", status: FromQuery[str] = "open",
        after: FromQuery[str] = "", before: FromQuery[str] = "",
    ) -> Template:  # fmt: skip
        status = "resolved" if status == "resolved" else "open"
        async with tenants.transaction():
            page = await tickets.ticket_page(status=status, kind=kind, after=after, before=before)
            counts = await tickets.open_counts()
        kinds = sorted({*counts, kind} - {""}) if status == "open" else sorted({*words.KINDS, *counts})
        kept = urlencode({name: value for name, value in (("status", status), ("kind", kind)) if value})
        return await show(
            request, "tickets/index.html", rows=page, counts=counts, ticket_kind=kind, status=status, kept=kept,
            options=[(each, words.title(each)) for each in kinds], words=words,
        )  # fmt: skip

    @post("/{ticket_id:uuid}", permission="books.write")
    async def resolve(self, request: AnyRequest, ticket_id: FromPath[UUID]) -> Redirect:
        form = await read_form(request, ResolveForm)
        if not form.note:
            raise InvalidInput({"note": "Say what was done about it."})
        await resolve_ticket(ticket_id, note=form.note, by=viewer_of(request))
        return see_other("/tickets", flash=("ok", _("Resolved; should it still be there tonight, it comes back")))


HANDLERS = [TicketController]
