"""A supplier's account with the store: entries, disputes, statements to confirm."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import purchasing
from app.flows.settle_suppliers import confirm_statement, dispute_entry
from app.flows.supplier_statements import TYPES, statement_file
from app.identity import viewer_of
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_errors
from app.kernel.money import CURRENCIES, InvalidAmount, parse_amount
from app.kernel.pages import page, see_other
from app.supply.frame import AnyRequest, Place, enter, file_answer, form_values


class DisputeForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`wanted` is what the entry should say."""

    wanted: Annotated[str, msgspec.Meta(min_length=1, max_length=30)]
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class MoneyController(Controller):
    path = "/money"

    @get(permission="signed_in")
    async def index(self, request: AnyRequest, after: FromQuery[str] = "") -> Template:
        place = await enter(request)
        async with tenants.transaction():
            context: dict[str, Any] = {
                "standing": await purchasing.standing_of(place.supplier),
                "entries": await purchasing.entries_of(place.supplier, after),
                "statements": await purchasing.statements_of(place.supplier),
                "disputes": await purchasing.disputes_of(place.supplier),
            }
        return page(
            "supply/money/index.html", place=place, words=purchasing.words, currency=place.tenant.currency, **context
        )

    @get("/entries/{supply_entry_id:uuid}", permission="signed_in")
    async def look(self, request: AnyRequest, supply_entry_id: FromPath[UUID]) -> Template:
        return await _entry(await enter(request), supply_entry_id)

    @post("/entries/{supply_entry_id:uuid}/disputes", permission="signed_in")
    async def dispute(self, request: AnyRequest, supply_entry_id: FromPath[UUID]) -> Template | Redirect:
        place, values = await enter(request), form_values(await request.form())
        try:
            form = await read_form(request, DisputeForm)
            entry = await _find(place, supply_entry_id)
            await dispute_entry(
                supply_entry_id, wanted_amount=_amount(form.wanted, place) - entry.amount, reason=form.reason,
                by=viewer_of(request).name, supplier=place.supplier,
            )  # fmt: skip
        except NotFound:
            raise
        except Refusal as refusal:
            return await _entry(place, supply_entry_id, values, translate_errors(refusal, "wanted"))
        return see_other("/money", flash=("ok", _("The store will answer; until then nothing is paid for it")))

    @get("/statements/{supply_statement_id:uuid}", permission="signed_in")
    async def look_at_statement(self, request: AnyRequest, supply_statement_id: FromPath[UUID]) -> Template:
        place = await enter(request)
        async with tenants.transaction():
            statement = await purchasing.find_statement(supply_statement_id, supplier=place.supplier)
            entries = await purchasing.entries_in(supply_statement_id)
        return page(
            "supply/money/statement.html", place=place, statement=statement, entries=entries, words=purchasing.words
        )

    @get("/statements/{supply_statement_id:uuid}/file", permission="signed_in")
    async def take_statement(
        self, request: AnyRequest, supply_statement_id: FromPath[UUID], kind: FromQuery[str] = "pdf"
    ) -> Response[bytes]:
        place = await enter(request)
        name, content = await statement_file(supply_statement_id, kind, supplier=place.supplier)
        return file_answer(content, TYPES[kind], name)

    @post("/statements/{supply_statement_id:uuid}/confirmation", permission="signed_in")
    async def confirm(self, request: AnyRequest, supply_statement_id: FromPath[UUID]) -> Redirect:
        place = await enter(request)
        await confirm_statement(supply_statement_id, by=viewer_of(request).name, supplier=place.supplier)
        return see_other(f"/money/statements/{supply_statement_id}", flash=("ok", _("Confirmed")))


async def _find(place: Place, entry_id: UUID) -> purchasing.Entry:
    async with tenants.transaction():
        entry = await purchasing.find_entry(entry_id, supplier=place.supplier)
    if entry is None:
        raise NotFound
    return entry


def _amount(text: str, place: Place) -> int:
    """An entry that takes away is below zero. Raises InvalidInput."""
    negative = text.strip().startswith(("-", "−"))
    try:
        amount = parse_amount(text.strip().lstrip("-−"), place.tenant.currency)
    except InvalidAmount as error:
        raise InvalidInput({"wanted": error.message}) from error
    return -amount if negative else amount


async def _entry(
    place: Place, entry_id: UUID, values: dict[str, str] | None = None, errors: dict[str, str] | None = None
) -> Template:
    return page(
        "supply/money/entry.html", status_code=422 if errors else 200, place=place,
        entry=await _find(place, entry_id), words=purchasing.words, values=values or {}, errors=errors or {},
        symbol=CURRENCIES[place.tenant.currency].symbol,
    )  # fmt: skip


HANDLERS = [MoneyController]
