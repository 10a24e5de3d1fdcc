"""Disputes between stores and shoppers: what waits, one with everything both sides said and showed, and the ruling."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import aftersales, orders
from app.console import audit_log, quarrels
from app.console.frame import console_page
from app.flows.aftersale_steps import Desk, most_back
from app.flows.dispute_aftersale import rule_aftersale
from app.identity import viewer_of
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.forms import read_form
from app.kernel.i18n import _
from app.kernel.money import CURRENCIES, InvalidAmount, parse_amount, plain_amount
from app.kernel.pages import see_other
from app.kernel.uploads import read_private_picture

AnyRequest = Request[Any, Any, Any]


class RulingForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`refund` gives `amount` back, `decline` nothing. Both sides read the reason."""

    ruling: Literal["refund", "decline"]
    amount: str = ""
    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=2000)]


class DisputeController(Controller):
    """The platform keeps which request of which store; everything else is read in that store, and that is on record."""

    path = "/disputes"

    @get(permission="disputes.read")
    async def index(self, request: AnyRequest) -> Template:
        return await console_page(
            "console/disputes/index.html", viewer_of(request), open=await quarrels.waiting(),
            closed=await quarrels.decided(), aftersale_words=aftersales.words,
        )  # fmt: skip

    @get("/{dispute_id:uuid}", permission="disputes.read")
    async def show(self, request: AnyRequest, dispute_id: FromPath[UUID]) -> Template:
        quarrel = await quarrels.find(dispute_id)
        await audit_log.record_opening(viewer_of(request), quarrel.store.id)
        with tenants.bind(quarrel.store):
            async with tenants.transaction():
                dossier = await aftersales.dossier_of(quarrel.aftersale)
                order = await orders.find(dossier.case.order_id)
                most = await most_back(Desk(order, dossier.case, await aftersales.read_policy()))
        case = dossier.case
        return await console_page(
            "console/disputes/show.html", viewer_of(request), quarrel=quarrel, it=dossier, case=case, order=order,
            aftersale_words=aftersales.words, symbol=CURRENCIES[case.currency].symbol, most=most,
            suggested=plain_amount(min(most, case.missing_amount), case.currency), here=f"/disputes/{dispute_id}",
            time_zone=quarrel.store.time_zone,
        )  # fmt: skip

    @post("/{dispute_id:uuid}/ruling", permission="disputes.write")
    async def rule(self, request: AnyRequest, dispute_id: FromPath[UUID]) -> Redirect:
        """On record first, then in the store: the money goes the way of every refund, and both sides are told."""
        form, quarrel = await read_form(request, RulingForm), await quarrels.find(dispute_id)
        amount = _amount(form.amount, quarrel.store.currency) if form.ruling == "refund" else None
        await audit_log.record(
            viewer_of(request), "dispute.ruled", tenant=quarrel.store.id, subject=str(quarrel.aftersale),
            ruling=form.ruling, amount=amount, said=form.reason,
        )  # fmt: skip
        with tenants.bind(quarrel.store):
            await rule_aftersale(quarrel.aftersale, amount=amount, words=form.reason)
        return see_other(f"/disputes/{dispute_id}", flash=("ok", _("Decided; both sides are told.")))

    @get("/{dispute_id:uuid}/pictures/{aftersale_picture_id:uuid}", permission="disputes.read")
    async def show_picture(self, dispute_id: FromPath[UUID], aftersale_picture_id: FromPath[UUID]) -> Response[bytes]:
        quarrel = await quarrels.find(dispute_id)
        with tenants.bind(quarrel.store):
            async with tenants.transaction():
                picture = await aftersales.find_picture(quarrel.aftersale, aftersale_picture_id)
        content = await read_private_picture(picture.storage_key)
        if content is None:
            raise NotFound
        return Response(content, media_type="image/webp", headers={"Cache-Control": "no-store"})


def _amount(text: str, currency: str) -> int:
    try:
        return parse_amount(text, currency)
    except InvalidAmount as error:
        raise InvalidInput({"amount": error.message}) from error
