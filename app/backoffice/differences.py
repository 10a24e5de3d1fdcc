"""Orders, warehouses and carriers compared: what differs, since when, how much money is at risk, and how it goes."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import fulfillment, tickets
from app.backoffice import goods_words as words
from app.backoffice.frame import AnyRequest, show
from app.flows.close_difference import close_difference
from app.identity import viewer_of
from app.kernel.clock import now
from app.kernel.errors import InvalidInput
from app.kernel.forms import read_form
from app.kernel.i18n import N_
from app.kernel.i18n import gettext as _
from app.kernel.pages import see_other
from tenants import outbox

PAGE = "/fulfillment/differences"
DAYS = 14


class NoteForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    note: Annotated[str, msgspec.Meta(max_length=500)] = ""


class DifferenceController(Controller):
    path = PAGE

    @get(permission="fulfillment.read")
    async def index(
        self, request: AnyRequest, kind: FromQuery[str] = "", status: FromQuery[str] = "open",
        after: FromQuery[str] = "", before: FromQuery[str] = "",
    ) -> Template:  # fmt: skip
        status = "resolved" if status == "resolved" else "open"
        kind = kind if kind in words.KINDS else ""
        async with tenants.transaction():
            page = await tickets.ticket_page(status=status, kind=kind, after=after, before=before, of=tickets.GOODS)
            counts = await tickets.open_counts(of=tickets.GOODS)
            at_risk = await tickets.open_amounts(of=tickets.GOODS)
            nights = await fulfillment.last_checks(DAYS)
        kept = urlencode({name: value for name, value in (("status", status), ("kind", kind)) if value})
        return await show(
            request, "fulfillment/differences.html", rows=page, counts=counts, at_risk=at_risk, status=status,
            kind_chosen=kind, kept=kept, options=[(each, words.title(each)) for each in words.KINDS], words=words,
            last=nights[0] if nights else None, chart=_by_day(nights), page_path=PAGE,
        )  # fmt: skip

    @post("/look", permission="fulfillment.write")
    async def look(self) -> Redirect:
        """The same as at night, now. Pressed twice it is asked for once."""
        day = now().astimezone(ZoneInfo(tenants.current().time_zone)).date().isoformat()
        async with tenants.transaction():
            await outbox.post("reconciliation.goods", queue="default", key="reconciliation.goods", day=day)
        return see_other(PAGE, flash=("info", _("Being compared; what differs shows up here in a moment")))

    @post("/{ticket_id:uuid}", permission="fulfillment.write")
    async def close(self, request: AnyRequest, ticket_id: FromPath[UUID]) -> Redirect:
        form = await read_form(request, NoteForm)
        if not form.note:
            raise InvalidInput({"note": N_("Say what was done about it.")})
        await close_difference(ticket_id, note=form.note, by=viewer_of(request))
        return see_other(PAGE, flash=("ok", _("Resolved; should it still be there tonight, it comes back")))


def _by_day(nights: list[fulfillment.GoodsCheck]) -> tuple[list[str], list[int]]:
    """Labels and open differences of the last days, the oldest first; a day without a comparison counts nothing."""
    if not nights:
        return [], []
    known = {night.day: night.differences for night in nights}
    days = [nights[0].day - timedelta(days=ago) for ago in range(DAYS - 1, -1, -1)]
    return [f"{day:%m-%d}" for day in days], [known.get(day, 0) for day in days]


HANDLERS = [DifferenceController]
