"""After a purchase: ask for a return, an exchange or money, and follow it. Open to whoever may open the order."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import aftersales, fulfillment, identity, orders
from app.flows.aftersale_quantities import askable_lines, variants_for_exchange, window_closes_at
from app.flows.aftersale_wish import wish_of
from app.flows.decide_aftersale import answer_offer
from app.flows.dispute_aftersale import dispute_aftersale, may_dispute
from app.flows.request_aftersale import request_aftersale
from app.flows.return_goods import cancel_aftersale, send_back
from app.flows.talk_about_aftersale import MOST_AT_ONCE, store_evidence, talk_about_aftersale
from app.kernel import limits
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from app.kernel.forms import read_form
from app.kernel.i18n import gettext, translate_errors
from app.kernel.money import CURRENCIES
from app.kernel.pages import page, see_other
from app.kernel.uploads import LARGEST_UPLOAD, files_of, read_private_picture
from app.storefront.whose import order_address, order_of_visitor

AnyRequest = Request[Any, Any, Any]
PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}


class AnswerForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    answer: Literal["yes", "no"]


class ParcelForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    carrier: Annotated[str, msgspec.Meta(max_length=60)] = ""
    tracking_number: Annotated[str, msgspec.Meta(max_length=60)] = ""


class DisputeForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    words: Annotated[str, msgspec.Meta(max_length=2000)] = ""


class AftersaleController(Controller):
    path = "/orders/{number:str}/aftersales"

    @get("/new", permission="public")
    async def new(self, request: AnyRequest, number: FromPath[str], key: FromQuery[str] = "") -> Template:
        return await _form(await order_of_visitor(request, number, key), key, {}, {})

    @post(permission="public", request_max_body_size=LARGEST_UPLOAD)
    async def create(self, request: AnyRequest, number: FromPath[str], key: FromQuery[str] = "") -> Response[Any]:
        order = await order_of_visitor(request, number, key)
        await limits.take(limits.CHECKOUT, str(tenants.current().id), identity.client_address(request))
        submitted = await request.form()
        values = {name: text for name, text in submitted.multi_items() if isinstance(text, str)}
        try:
            wish = wish_of(values, order.currency)
            pictures, refused = await store_evidence(await files_of(submitted, "pictures", MOST_AT_ONCE))
            aftersale = await request_aftersale(order.id, replace(wish, pictures=pictures))
        except Refusal as refusal:
            return await _form(order, key, values, translate_errors(refusal, "lines"))
        flash = ("warn", gettext(refused[0])) if refused else ("ok", gettext("The store has your request."))
        return see_other(_place(order, aftersale), flash=flash)

    @get("/{aftersale_id:uuid}", permission="public")
    async def show(
        self, request: AnyRequest, number: FromPath[str], aftersale_id: FromPath[UUID], key: FromQuery[str] = ""
    ) -> Template:
        order = await _mine(request, number, aftersale_id, key)
        async with tenants.transaction():
            dossier = await aftersales.dossier_of(aftersale_id)
            instead = dossier.case.exchange_order
            replacement = await orders.find(instead) if instead else None
            parts = await fulfillment.parts_of(aftersale_id)
        return page(
            "storefront/aftersales/show.html", headers=PRIVATE, order=order, key=key, it=dossier, case=dossier.case,
            words=aftersales.words, replacement=replacement, tab="me", parts=parts,
            here=f"/orders/{order.number}/aftersales/{aftersale_id}",
            may_dispute=may_dispute(dossier.case, "shopper"),
        )  # fmt: skip

    @post("/{aftersale_id:uuid}/answer", permission="public")
    async def answer(
        self, request: AnyRequest, number: FromPath[str], aftersale_id: FromPath[UUID], key: FromQuery[str] = ""
    ) -> Redirect:
        """Take the store's offer, or let the request stand."""
        order = await _mine(request, number, aftersale_id, key)
        accept = (await read_form(request, AnswerForm)).answer == "yes"
        await answer_offer(aftersale_id, accept=accept)
        words = gettext("The money is on its way back to you.") if accept else gettext("Your request stands.")
        return see_other(_place(order, aftersale_id), flash=("ok", words))

    @post("/{aftersale_id:uuid}/parcel", permission="public")
    async def ship(
        self, request: AnyRequest, number: FromPath[str], aftersale_id: FromPath[UUID], key: FromQuery[str] = ""
    ) -> Redirect:
        order = await _mine(request, number, aftersale_id, key)
        form = await read_form(request, ParcelForm)
        await send_back(aftersale_id, carrier=form.carrier, tracking_number=form.tracking_number)
        return see_other(_place(order, aftersale_id), flash=("ok", gettext("The store knows about your parcel.")))

    @post("/{aftersale_id:uuid}/cancellation", permission="public")
    async def cancel(
        self, request: AnyRequest, number: FromPath[str], aftersale_id: FromPath[UUID], key: FromQuery[str] = ""
    ) -> Redirect:
        order = await _mine(request, number, aftersale_id, key)
        await cancel_aftersale(aftersale_id)
        return see_other(_place(order, aftersale_id), flash=("ok", gettext("The request is called off.")))

    @post("/{aftersale_id:uuid}/dispute", permission="public")
    async def dispute(
        self, request: AnyRequest, number: FromPath[str], aftersale_id: FromPath[UUID], key: FromQuery[str] = ""
    ) -> Redirect:
        """Raises RuledAlready, IllegalMove."""
        order = await _mine(request, number, aftersale_id, key)
        form = await read_form(request, DisputeForm)
        await dispute_aftersale(aftersale_id, side="shopper", actor="shopper", words=form.words)
        return see_other(_place(order, aftersale_id), flash=("ok", gettext("The platform has been asked to decide.")))

    @post("/{aftersale_id:uuid}/messages", permission="public", request_max_body_size=LARGEST_UPLOAD)
    async def write(
        self, request: AnyRequest, number: FromPath[str], aftersale_id: FromPath[UUID], key: FromQuery[str] = ""
    ) -> Redirect:
        order = await _mine(request, number, aftersale_id, key)
        await limits.take(limits.CHECKOUT, str(tenants.current().id), identity.client_address(request))
        submitted = await request.form()
        pictures, refused = await store_evidence(await files_of(submitted, "pictures", MOST_AT_ONCE))
        words = str(submitted.get("words", ""))
        await talk_about_aftersale(
            aftersale_id, side="shopper", name=order.ship_to.get("recipient", ""), words=words, pictures=pictures
        )
        flash = ("bad", gettext(refused[0])) if refused else ("ok", gettext("Sent to the store."))
        return see_other(f"{_place(order, aftersale_id)}#thread", flash=flash)

    @get("/{aftersale_id:uuid}/pictures/{aftersale_picture_id:uuid}", permission="public")
    async def show_picture(
        self,
        request: AnyRequest,
        number: FromPath[str],
        aftersale_id: FromPath[UUID],
        aftersale_picture_id: FromPath[UUID],
        key: FromQuery[str] = "",
    ) -> Response[bytes]:
        """Never under the public address of pictures: only whoever may open the order sees it."""
        await _mine(request, number, aftersale_id, key)
        async with tenants.transaction():
            picture = await aftersales.find_picture(aftersale_id, aftersale_picture_id)
        content = await read_private_picture(picture.storage_key)
        if content is None:
            raise NotFound
        return Response(content, media_type="image/webp", headers={"Cache-Control": "private, max-age=3600"})


async def _mine(request: AnyRequest, number: str, aftersale_id: UUID, key: str) -> orders.Order:
    """The order, if the visitor may open it and the request is about it. Raises NotFound for everybody else."""
    order = await order_of_visitor(request, number, key)
    async with tenants.transaction():
        if (await aftersales.find(aftersale_id)).order_id != order.id:
            raise NotFound
    return order


async def _form(order: orders.Order, key: str, values: dict[str, str], errors: dict[str, str]) -> Template:
    async with tenants.transaction():
        policy = await aftersales.read_policy()
        known = await askable_lines(order)
        lines = [line for line in known if line.left]
        closes_at = await window_closes_at(order, policy)
        variants = await variants_for_exchange(lines)
    gifts = [line for line in known if line.gift and line.there]
    return page(
        "storefront/aftersales/new.html", status_code=422 if errors else 200, headers=PRIVATE, order=order, key=key,
        lines=lines, gifts=gifts, variants=variants, closes_at=closes_at, words=aftersales.words, values=values,
        closed=closes_at is None or closes_at < now(), policy=policy, errors=errors, most=MOST_AT_ONCE, tab="me",
        symbol=CURRENCIES[order.currency].symbol,
    )  # fmt: skip


def _place(order: orders.Order, aftersale_id: UUID) -> str:
    return order_address(order, f"/aftersales/{aftersale_id}")
