"""What suppliers are owed: their account, statements, disputes to answer, and payments written down."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import purchasing, suppliers
from app.backoffice.frame import AnyRequest, form_values, show
from app.backoffice.purchasing import file_answer
from app.backoffice.supplier_form import amount_of
from app.flows.settle_suppliers import answer_dispute, claim_back, pay_supplier, state_supplier
from app.flows.supplier_statements import TYPES, statement_file
from app.identity import viewer_of
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_errors
from app.kernel.money import CURRENCIES, plain_amount
from app.kernel.pages import see_other


class PaymentForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    amount: Annotated[str, msgspec.Meta(min_length=1, max_length=30)]
    reference: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    paid_on: date


class AnswerForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    act: Literal["accept", "refuse"]
    words: Annotated[str, msgspec.Meta(max_length=500)] = ""


class ClaimForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    line: UUID
    units: Annotated[int, msgspec.Meta(ge=1, le=100_000)]
    words: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]


class SupplierMoneyController(Controller):
    path = "/suppliers"

    @get("/{supplier_id:uuid}/money", permission="books.read")
    async def account(self, request: AnyRequest, supplier_id: FromPath[UUID], after: FromQuery[str] = "") -> Template:
        return await _account(request, supplier_id, after)

    @post("/{supplier_id:uuid}/payments", permission="payouts.write")
    async def pay(self, request: AnyRequest, supplier_id: FromPath[UUID]) -> Template | Redirect:
        values = form_values(await request.form())
        try:
            form = await read_form(request, PaymentForm)
            amount = amount_of(form.amount, "amount") or 0
            number = await pay_supplier(
                supplier_id, amount, reference=form.reference, paid_on=form.paid_on, by=viewer_of(request).name
            )
        except NotFound:
            raise
        except Refusal as refusal:
            return await _account(request, supplier_id, "", values, translate_errors(refusal, "amount"))
        return see_other(
            f"/suppliers/{supplier_id}/money", flash=("ok", _("%(number)s is written down", number=number))
        )

    @post("/{supplier_id:uuid}/statements", permission="books.write")
    async def make_statement(self, request: AnyRequest, supplier_id: FromPath[UUID]) -> Template | Redirect:
        try:
            statement = await state_supplier(supplier_id, by=viewer_of(request).name)
        except purchasing.NothingToState as refusal:
            return await _account(request, supplier_id, "", {}, translate_errors(refusal, "statement"))
        return see_other(f"/suppliers/statements/{statement}", flash=("ok", _("The statement is made")))

    @get("/statements/{supply_statement_id:uuid}", permission="books.read")
    async def look_at_statement(self, request: AnyRequest, supply_statement_id: FromPath[UUID]) -> Template:
        async with tenants.transaction():
            statement = await purchasing.find_statement(supply_statement_id)
            entries = await purchasing.entries_in(supply_statement_id)
        return await show(
            request, "suppliers/statement.html", statement=statement, entries=entries, words=purchasing.words
        )

    @get("/statements/{supply_statement_id:uuid}/file", permission="books.read")
    async def take_statement(
        self, supply_statement_id: FromPath[UUID], kind: FromQuery[str] = "pdf"
    ) -> Response[bytes]:
        name, content = await statement_file(supply_statement_id, kind)
        return file_answer(content, TYPES[kind], name)

    @post("/disputes/{supply_dispute_id:uuid}", permission="books.write")
    async def answer(self, request: AnyRequest, supply_dispute_id: FromPath[UUID]) -> Template | Redirect:
        async with tenants.transaction():
            supplier = (await purchasing.find_dispute(supply_dispute_id)).supplier
        try:
            form = await read_form(request, AnswerForm)
            by = viewer_of(request).name
            await answer_dispute(supply_dispute_id, accept=form.act == "accept", words=form.words, by=by)
        except InvalidInput as refusal:
            return await _account(request, supplier, "", {}, translate_errors(refusal, "words"))
        return see_other(f"/suppliers/{supplier}/money", flash=("ok", _("Answered")))

    @post("/claims", permission="books.write")
    async def claim(self, request: AnyRequest) -> Redirect:
        form = await read_form(request, ClaimForm)
        async with tenants.transaction():
            purchase = (await purchasing.find_line(form.line)).purchase_order
        try:
            await claim_back(form.line, form.units, words=form.words, by=viewer_of(request).name)
        except InvalidInput as refusal:
            said = " ".join(translate_errors(refusal, "units").values())
            return see_other(f"/purchasing/orders/{purchase}", flash=("bad", said))
        return see_other(f"/purchasing/orders/{purchase}", flash=("ok", _("They are not paid for")))


async def _account(
    request: AnyRequest,
    supplier_id: UUID,
    after: str,
    values: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> Template:
    async with tenants.transaction():
        context: dict[str, Any] = {
            "supplier": await suppliers.find(supplier_id),
            "standing": await purchasing.standing_of(supplier_id),
            "entries": await purchasing.entries_of(supplier_id, after),
            "statements": await purchasing.statements_of(supplier_id),
            "disputes": await purchasing.disputes_of(supplier_id, open_only=True),
        }
    currency = tenants.current().currency
    return await show(
        request, "suppliers/money.html", status_code=422 if errors else 200, words=purchasing.words,
        values=values or {}, errors=errors or {}, symbol=CURRENCIES[currency].symbol,
        due=plain_amount(max(context["standing"].due, 0), currency), **context,
    )  # fmt: skip


HANDLERS = [SupplierMoneyController]
