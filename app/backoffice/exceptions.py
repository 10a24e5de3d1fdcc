"""The queue of everything of shipping that a person must look at: dearest or oldest first, resolved with a note."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import fulfillment
from app.backoffice import exception_words as words
from app.backoffice import queries_exceptions as queries
from app.backoffice.frame import AnyRequest, show
from app.flows import resolve_exceptions as flow
from app.flows.retry_fulfillment import retry_fulfillment
from app.identity import viewer_of
from app.kernel.errors import InvalidInput, Refusal
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.i18n import ngettext
from app.kernel.pages import see_other

PAGE = "/fulfillment/exceptions"
AGES = {"1h": 3600, "1d": 86_400, "3d": 3 * 86_400}


class NoteForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    note: Annotated[str, msgspec.Meta(max_length=500)] = ""


class ChosenForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    exception: Annotated[list[UUID], msgspec.Meta(max_length=100)] = []
    note: Annotated[str, msgspec.Meta(max_length=500)] = ""
    deed: Literal["resolve", "retry"] = "resolve"


class ExceptionController(Controller):
    path = PAGE

    @get(permission="fulfillment.read")
    async def index(
        self, request: AnyRequest, kind: FromQuery[str] = "", status: FromQuery[str] = "open",
        warehouse: FromQuery[str] = "", age: FromQuery[str] = "", sort: FromQuery[str] = "amount",
        after: FromQuery[str] = "", before: FromQuery[str] = "",
    ) -> Template:  # fmt: skip
        status, sort = "resolved" if status == "resolved" else "open", "age" if sort == "age" else "amount"
        async with tenants.transaction():
            page = await fulfillment.exceptions(
                status=status, kind=kind, warehouse=_id(warehouse), older_than_s=AGES.get(age, 0), sort=sort,
                after=after, before=before,
            )  # fmt: skip
            rows = await queries.described(page.items)
            counts = await fulfillment.open_exceptions()
            places = [(place.id, place.name) for place in await fulfillment.warehouses()]
        chosen = {"status": status, "kind": kind, "warehouse": warehouse, "age": age, "sort": sort}
        kept = urlencode({name: value for name, value in chosen.items() if value})
        return await show(
            request, "fulfillment/exceptions.html", page=page, rows=rows, counts=counts, places=places, chosen=chosen,
            kept=kept, words=words, total=sum(counts.values()),
        )  # fmt: skip

    @post("/{exception_id:uuid}", permission="fulfillment.write")
    async def resolve(self, request: AnyRequest, exception_id: FromPath[UUID]) -> Redirect:
        form = await read_form(request, NoteForm)
        if not form.note.strip():
            raise InvalidInput({"note": "Say what was done about it."})
        await flow.resolve_exceptions([exception_id], by=viewer_of(request).name, note=form.note.strip())
        return see_other(PAGE, flash=("ok", _("Resolved")))

    @post("/{exception_id:uuid}/reopening", permission="fulfillment.write")
    async def reopen(self, exception_id: FromPath[UUID]) -> Redirect:
        await flow.reopen_exception(exception_id)
        return see_other(PAGE, flash=("info", _("It waits for somebody again")))

    @post("/chosen", permission="fulfillment.write")
    async def settle_chosen(self, request: AnyRequest) -> Redirect:
        """Rows of one kind at once: sent again, or resolved with one note."""
        form = await read_form(request, ChosenForm)
        if form.deed == "retry":
            done = await _retry(form.exception)
            words = ngettext("%(num)s order is sent again", "%(num)s orders are sent again", done, num=done)
            return see_other(PAGE, flash=("ok", words) if done else ("info", _("Nothing to send again")))
        if not form.note.strip():
            raise InvalidInput({"note": "Say what was done about it."})
        done = await flow.resolve_exceptions(form.exception, by=viewer_of(request).name, note=form.note.strip())
        words = ngettext("%(num)s exception is resolved", "%(num)s exceptions are resolved", done, num=done)
        return see_other(PAGE, flash=("ok", words) if done else ("info", _("Nothing was chosen")))


async def _retry(chosen: list[UUID]) -> int:
    """What the warehouse has already is refused and stays in the queue. Raises NotFound."""
    async with tenants.transaction():
        found = [await fulfillment.find_exception(one) for one in chosen]
    sent = 0
    for work_order in {one.fulfillment_order for one in found if one.fulfillment_order}:
        try:
            await retry_fulfillment(work_order)
        except Refusal:
            continue
        sent += 1
    return sent


def _id(text: str) -> UUID | None:
    """Something that is no id filters nothing."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


HANDLERS = [ExceptionController]
