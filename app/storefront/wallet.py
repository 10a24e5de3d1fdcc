"""What the store owes a shopper: their store credit, and what is left on a gift card they hold."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, get, post
from litestar.response import Template

import tenants
from app import identity, ledger, wallets
from app.kernel import limits
from app.kernel.errors import Refusal
from app.kernel.forms import read_form
from app.kernel.i18n import translate_refusal
from app.kernel.pages import page
from app.ledger import Account
from app.storefront.wallet_rows import credit_of

AnyRequest = Request[Any, Any, Any]


class CardForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    code: Annotated[str, msgspec.Meta(max_length=80)] = ""


class WalletController(Controller):
    path = "/account/wallet"

    @get(permission="public")
    async def show(self, request: AnyRequest) -> Template:
        return await _page(request)

    @post(permission="public", csrf="origin")
    async def look(self, request: AnyRequest) -> Template:
        """What is left on a card. Nobody may try many codes."""
        await limits.take(limits.GIFT_CARD, str(tenants.current().id), identity.client_address(request))
        form = await read_form(request, CardForm)
        try:
            async with tenants.transaction():
                card = await wallets.usable_card(form.code)
                left = await ledger.balance_of(Account("gift_card", card.id), card.currency)
        except Refusal as refusal:
            return await _page(request, code=form.code, problem=translate_refusal(refusal))
        return await _page(request, card=card, left=left)


async def _page(request: AnyRequest, *, problem: str = "", **found: Any) -> Template:
    visit = await identity.visit_or_none(request)
    viewer = await identity.viewer_or_none(request)
    async with tenants.transaction():
        credit = await credit_of(visit.customer_id if visit else None)
    return page(
        "storefront/account/wallet.html", status_code=422 if problem else 200, headers={"Cache-Control": "no-store"},
        viewer=viewer, credit=credit, problem=problem, tab="me", **found,
    )  # fmt: skip
