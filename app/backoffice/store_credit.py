"""Store credit: who has some, and giving it or taking it back with a reason."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from litestar import Controller, get, post
from litestar.response import Redirect, Template

import tenants
from app import customers, wallets
from app.backoffice.frame import AnyRequest, form_values, show
from app.flows.change_store_credit import change_store_credit
from app.identity import viewer_of
from app.kernel.errors import InvalidInput
from app.kernel.forms import read_form
from app.kernel.i18n import N_, translate_fields, translate_refusal
from app.kernel.i18n import gettext as _
from app.kernel.money import CURRENCIES, InvalidAmount, parse_amount
from app.kernel.pages import see_other
from app.ledger import InsufficientBalance


class ChangeForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    email: Annotated[str, msgspec.Meta(min_length=1, max_length=254)]
    amount: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    direction: Literal["give", "take"] = "give"
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class StoreCreditController(Controller):
    path = "/store-credit"

    @get(permission="books.read")
    async def index(self, request: AnyRequest) -> Template:
        return await _page(request, {}, {})

    @post(permission="gift_cards.write")
    async def change(self, request: AnyRequest) -> Template | Redirect:
        values = form_values(await request.form())
        try:
            form = await read_form(request, ChangeForm)
            amount = _amount(form)
            async with tenants.transaction():
                customer = await customers.find_by_email(form.email.strip().lower())
            if customer is None:
                raise InvalidInput({"email": N_("No customer has an account with this e-mail.")})
            await change_store_credit(customer.id, amount, reason=form.reason, by=viewer_of(request).name)
        except InvalidInput as refusal:
            return await _page(request, values, translate_fields(refusal))
        except InsufficientBalance as refusal:
            return await _page(request, values, {"amount": translate_refusal(refusal)})
        return see_other("/store-credit", flash=("ok", _("Saved")))


def _amount(form: ChangeForm) -> int:
    """Raises InvalidInput."""
    try:
        amount = parse_amount(form.amount, tenants.current().currency)
    except InvalidAmount as error:
        raise InvalidInput({"amount": error.message}) from error
    if not amount:
        raise InvalidInput({"amount": N_("Enter an amount like 43.90.")})
    return amount if form.direction == "give" else -amount


async def _page(request: AnyRequest, values: dict[str, str], errors: dict[str, str]) -> Template:
    async with tenants.transaction():
        holders, changes = await wallets.holders(), await wallets.newest_changes()
    currency = tenants.current().currency
    return await show(
        request, "store_credit/index.html", status_code=422 if errors else 200, values=values, errors=errors,
        holders=holders, changes=changes, symbol=CURRENCIES[currency].symbol,
    )  # fmt: skip


HANDLERS = [StoreCreditController]
