"""One variant's stock: its shelves and journal, corrections, lines to keep, deliveries and transfers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import fulfillment, inventory
from app.backoffice import queries_stock as queries
from app.backoffice import stock_words as words
from app.backoffice.frame import AnyRequest, say, show
from app.flows import change_stock as flow
from app.flows import set_apart
from app.identity import viewer_of
from app.kernel.errors import NotFound
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.pages import see_other

Units = Annotated[int, msgspec.Meta(ge=1, le=10_000_000)]
Line = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
Words = Annotated[str, msgspec.Meta(max_length=200)]


class AdjustForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    warehouse: UUID
    way: Literal["add", "take"]
    units: Units
    reason: inventory.Reason
    words: Words = ""


class TermsForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Empty boxes follow the store."""

    warehouse: UUID
    safety: Line | None = None
    low_at: Line | None = None


class ExpectForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    warehouse: UUID
    units: Units
    due_on: date | None = None
    words: Words = ""


class TransferForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    origin: UUID
    target: UUID
    units: Units
    arrives: Literal["now", "later"] = "now"
    due_on: date | None = None
    words: Words = ""


class ReceiveForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`last` says that no more of it will come."""

    units: Units
    last: bool = False


class VariantStockController(Controller):
    path = "/stock/{variant_id:uuid}"

    @get(permission="products.read")
    async def show_variant(
        self, request: AnyRequest, variant_id: FromPath[UUID], kind: FromQuery[str] = "",
        warehouse: FromQuery[str] = "", after: FromQuery[str] = "", before: FromQuery[str] = "",
    ) -> Template:  # fmt: skip
        async with tenants.transaction():
            facts = await queries.variant_facts(variant_id)
            if facts is None:
                raise NotFound
            places = await fulfillment.warehouses()
            chosen = next((each.id for each in places if str(each.id) == warehouse), None)
            kind = kind if kind in words.KINDS else ""
            moves = await queries.moves_of(variant_id, kind=kind, warehouse=chosen, after=after, before=before)
            levels = await queries.levels_of(variant_id)
            arrivals = await inventory.arrivals_of(variant_id)
            rule = await inventory.stock_rule()
            quotas = await inventory.quotas(variant=variant_id)
            sellers = await set_apart.named(quotas)
        kept = urlencode({name: value for name, value in (("kind", kind), ("warehouse", chosen)) if value})
        return await show(
            request, "stock/variant.html", facts=facts, places=places, chosen=chosen, move_kind=kind, moves=moves,
            levels=levels, arrivals=arrivals, rule=rule, kept=kept, words=words, here=f"/stock/{variant_id}",
            quotas=quotas, sellers=sellers,
            names={each.id: say(each.name) for each in places}, by_hand=inventory.BY_HAND,
            shelf_options=[(each.id, say(each.name)) for each in places], kind_options=words.options(words.KINDS),
            reason_options=words.options(inventory.REASONS),
        )  # fmt: skip

    @post("/adjustments", permission="products.write")
    async def adjust(self, request: AnyRequest, variant_id: FromPath[UUID]) -> Redirect:
        form = await read_form(request, AdjustForm)
        units = form.units if form.way == "add" else -form.units
        await flow.adjust(
            variant_id, form.warehouse, units, reason=form.reason, words=form.words, actor=viewer_of(request).name
        )
        return _back(variant_id, _("Entered; it can be undone in the journal"))

    @post("/terms", permission="products.write")
    async def change_terms(self, request: AnyRequest, variant_id: FromPath[UUID]) -> Redirect:
        form = await read_form(request, TermsForm)
        await flow.change_terms(variant_id, form.warehouse, safety=form.safety, low_at=form.low_at)
        return _back(variant_id, _("Saved"))

    @post("/arrivals", permission="products.write")
    async def expect(self, request: AnyRequest, variant_id: FromPath[UUID]) -> Redirect:
        form = await read_form(request, ExpectForm)
        await flow.expect(
            variant_id, form.warehouse, form.units, due_on=form.due_on, words=form.words, actor=viewer_of(request).name
        )
        return _back(variant_id, _("Expected; receive it here when it has come"))

    @post("/transfers", permission="products.write")
    async def transfer(self, request: AnyRequest, variant_id: FromPath[UUID]) -> Redirect:
        form = await read_form(request, TransferForm)
        await flow.transfer(
            variant_id, form.origin, form.target, form.units, at_once=form.arrives == "now", due_on=form.due_on,
            words=form.words, actor=viewer_of(request).name,
        )  # fmt: skip
        return _back(variant_id, _("Moved") if form.arrives == "now" else _("On its way; receive it when it has come"))


class ArrivalController(Controller):
    path = "/stock/arrivals/{stock_arrival_id:uuid}"

    @post("/receipts", permission="products.write")
    async def receive(self, request: AnyRequest, stock_arrival_id: FromPath[UUID]) -> Redirect:
        form = await read_form(request, ReceiveForm)
        known = await flow.receive(stock_arrival_id, form.units, last=form.last, actor=viewer_of(request).name)
        return _back(known.variant, _("Received"))

    @post("/cancel", permission="products.write")
    async def cancel(self, request: AnyRequest, stock_arrival_id: FromPath[UUID]) -> Redirect:
        known = await flow.call_off(stock_arrival_id, actor=viewer_of(request).name)
        return _back(known.variant, _("Called off"))


@post("/stock/moves/{stock_move_id:uuid}/undo", permission="products.write")
async def undo_move(request: AnyRequest, stock_move_id: FromPath[UUID]) -> Redirect:
    variant = await flow.undo(stock_move_id, actor=viewer_of(request).name)
    return _back(variant, _("Undone by a counter entry"))


def _back(variant: UUID, said: str) -> Redirect:
    return see_other(f"/stock/{variant}", flash=("ok", said))


HANDLERS = [VariantStockController, ArrivalController, undo_move]
