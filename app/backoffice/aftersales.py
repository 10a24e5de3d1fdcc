"""Returns, exchanges and claims: the queue by its clocks, one request, and every answer the store can give."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import aftersales, engagement, fulfillment, orders, payments
from app.backoffice import queries_aftersales as queries
from app.backoffice.frame import AnyRequest, form_values, say, show
from app.flows.aftersale_steps import Desk, most_back
from app.flows.decide_aftersale import approve_aftersale, decline_aftersale, offer_amount
from app.flows.dispute_aftersale import dispute_aftersale, may_dispute
from app.flows.exchange_goods import ship_exchange
from app.flows.refund_aftersale import refund_aftersale
from app.flows.return_goods import give_return_address, inspect_return, receive_return
from app.flows.return_parts import left_from
from app.flows.talk_about_aftersale import MOST_AT_ONCE, store_evidence, talk_about_aftersale
from app.identity import viewer_of
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.money import CURRENCIES, InvalidAmount, parse_amount, plain_amount
from app.kernel.pages import see_other
from app.kernel.uploads import LARGEST_UPLOAD, files_of, read_private_picture

Words = Annotated[str, msgspec.Meta(max_length=2000)]


class ApproveForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    address: Words = ""
    label_words: Words = ""


class DeclineForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    words: Words = ""


class MoneyForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    amount: str = ""
    words: Words = ""


class AftersaleController(Controller):
    path = "/aftersales"

    @get(permission="orders.read")
    async def index(
        self, request: AnyRequest, q: FromQuery[str] = "", status: FromQuery[str] = "", kind: FromQuery[str] = "",
        waits: FromQuery[str] = "", after: FromQuery[str] = "",
    ) -> Template:  # fmt: skip
        filters = {"q": q[:60], "status": status, "kind": kind, "waits": waits}
        done = waits == "nobody" or status in aftersales.CLOSED
        async with tenants.transaction():
            page = await queries.queue(
                status=status, kind=kind, waits="" if done else waits, query=q, after=after, done=done
            )
            counts = await queries.counts()
        return await show(
            request, "aftersales/index.html", rows=page, filters=filters, counts=counts, words=aftersales.words,
            kept=urlencode({name: value for name, value in filters.items() if value}), at=now(), done=done,
            states=[(code, _(text)) for code, (text, _kind) in aftersales.words.STATES.items()],
        )  # fmt: skip

    @get("/{aftersale_id:uuid}", permission="orders.read")
    async def show_one(self, request: AnyRequest, aftersale_id: FromPath[UUID]) -> Template:
        async with tenants.transaction():
            dossier = await aftersales.dossier_of(aftersale_id)
            case = dossier.case
            order = await orders.find(case.order_id)
            policy = await aftersales.read_policy()
            most = await most_back(Desk(order, case, policy))
            messages = await engagement.messages_about(aftersale_id)
            replacement = await orders.find(case.exchange_order) if case.exchange_order else None
            parts = await fulfillment.parts_of(aftersale_id)
            places = {place.id: place.name for place in await fulfillment.warehouses()}
            comes_back = case.status == "requested" and case.kind != "claim"
            homes = [say(places[place]) for place in await left_from(case)] if comes_back else []
        came_back = _came_back(dossier)
        return await show(
            request, "aftersales/show.html", it=dossier, case=case, order=order, policy=policy, words=aftersales.words,
            messages=messages, engagement=engagement, replacement=replacement, most=most,
            suggested=plain_amount(min(case.missing_amount, most), case.currency),
            symbol=CURRENCIES[case.currency].symbol, here=f"/aftersales/{case.id}",
            to_count=came_back and case.inspected_at is None and case.status in ("received", "refunded", "exchanged"),
            may_dispute=may_dispute(case, "merchant"), at=now(), parts=parts, places=places, homes=homes,
        )  # fmt: skip

    @post("/{aftersale_id:uuid}/approval", permission="orders.write")
    async def approve(self, request: AnyRequest, aftersale_id: FromPath[UUID]) -> Redirect:
        form = await read_form(request, ApproveForm)
        await approve_aftersale(
            aftersale_id, actor=viewer_of(request).name, address=form.address, label_words=form.label_words
        )
        return _back(aftersale_id, _("Agreed; the shopper is told"))

    @post("/{aftersale_id:uuid}/refusal", permission="orders.write")
    async def decline(self, request: AnyRequest, aftersale_id: FromPath[UUID]) -> Redirect:
        form = await read_form(request, DeclineForm)
        await decline_aftersale(aftersale_id, actor=viewer_of(request).name, words=form.words)
        return _back(aftersale_id, _("Declined; the shopper is told why"))

    @post("/{aftersale_id:uuid}/offer", permission="orders.write")
    async def offer(self, request: AnyRequest, aftersale_id: FromPath[UUID]) -> Redirect:
        form = await read_form(request, MoneyForm)
        amount = _amount(form.amount)
        await offer_amount(aftersale_id, amount, actor=viewer_of(request).name, words=form.words)
        return _back(aftersale_id, _("The offer is with the shopper"))

    @post("/{aftersale_id:uuid}/address", permission="orders.write")
    async def give_address(self, request: AnyRequest, aftersale_id: FromPath[UUID]) -> Redirect:
        form = await read_form(request, ApproveForm)
        await give_return_address(
            aftersale_id, actor=viewer_of(request).name, address=form.address, label_words=form.label_words
        )
        return _back(aftersale_id, _("The shopper knows where to send it"))

    @post("/{aftersale_id:uuid}/receipt", permission="fulfillment.write")
    async def receive(self, request: AnyRequest, aftersale_id: FromPath[UUID]) -> Redirect:
        await receive_return(aftersale_id, actor=viewer_of(request).name)
        return _back(aftersale_id, _("The goods are here; look at them next"))

    @post("/{aftersale_id:uuid}/inspection", permission="fulfillment.write")
    async def inspect(self, request: AnyRequest, aftersale_id: FromPath[UUID]) -> Redirect:
        """Fields `good_<line>` and `damaged_<line>`; what is missing is neither."""
        values = form_values(await request.form())
        async with tenants.transaction():
            lines = await aftersales.lines_of(aftersale_id)
        found = {line.id: (_count(values, f"good_{line.id}"), _count(values, f"damaged_{line.id}")) for line in lines}
        await inspect_return(aftersale_id, found, actor=viewer_of(request).name)
        return _back(aftersale_id, _("Counted; good units are on the shelf again"))

    @post("/{aftersale_id:uuid}/refund", permission="refunds.write")
    async def refund(self, request: AnyRequest, aftersale_id: FromPath[UUID]) -> Redirect:
        form = await read_form(request, MoneyForm)
        await refund_aftersale(aftersale_id, _amount(form.amount), actor=viewer_of(request).name, words=form.words)
        async with tenants.transaction():
            by_hand = await payments.only_by_hand((await aftersales.find(aftersale_id)).order_id)
        if by_hand:
            return _back(aftersale_id, _("Send the money now and note it on the page of the order"), "info")
        return _back(aftersale_id, _("The money is on its way back"))

    @post("/{aftersale_id:uuid}/replacement", permission="orders.write")
    async def replace(self, request: AnyRequest, aftersale_id: FromPath[UUID]) -> Redirect:
        """Raises NotEnoughStock."""
        await ship_exchange(aftersale_id, actor=viewer_of(request).name)
        return _back(aftersale_id, _("The replacement goes to the warehouse"))

    @post("/{aftersale_id:uuid}/dispute", permission="orders.write")
    async def dispute(self, request: AnyRequest, aftersale_id: FromPath[UUID]) -> Redirect:
        form = await read_form(request, DeclineForm)
        await dispute_aftersale(aftersale_id, side="merchant", actor=viewer_of(request).name, words=form.words)
        return _back(aftersale_id, _("The platform has been asked to decide."))

    @post("/{aftersale_id:uuid}/messages", permission="orders.write", request_max_body_size=LARGEST_UPLOAD)
    async def write(self, request: AnyRequest, aftersale_id: FromPath[UUID]) -> Redirect:
        submitted = await request.form()
        pictures, refused = await store_evidence(await files_of(submitted, "pictures", MOST_AT_ONCE))
        words = str(submitted.get("words", ""))
        await talk_about_aftersale(
            aftersale_id, side="merchant", name=viewer_of(request).name, words=words, pictures=pictures
        )
        return _back(aftersale_id, _(refused[0]) if refused else _("Sent to the shopper"), "bad" if refused else "ok")

    @get("/{aftersale_id:uuid}/pictures/{aftersale_picture_id:uuid}", permission="orders.read")
    async def show_picture(self, aftersale_id: FromPath[UUID], aftersale_picture_id: FromPath[UUID]) -> Response[bytes]:
        async with tenants.transaction():
            picture = await aftersales.find_picture(aftersale_id, aftersale_picture_id)
        content = await read_private_picture(picture.storage_key)
        if content is None:
            raise NotFound
        return Response(content, media_type="image/webp", headers={"Cache-Control": "private, max-age=3600"})


def _came_back(dossier: aftersales.Dossier) -> bool:
    """Also what was on its way when the money went back another way: it arrives some day."""
    on_its_way = dossier.case.settled_directly and bool(dossier.case.tracking_number)
    return on_its_way or any(event.to_status == "received" for event in dossier.events)


def _amount(text: str) -> int:
    try:
        return parse_amount(text, tenants.current().currency)
    except InvalidAmount as error:
        raise InvalidInput({"amount": error.message}) from error


def _count(values: dict[str, Any], name: str) -> int:
    text = values.get(name, "").strip()
    if not text.isdecimal() or len(text) > 6:
        raise InvalidInput({name: "Enter a whole number."})
    return int(text)


def _back(aftersale_id: UUID, words: str, kind: str = "ok") -> Redirect:
    return see_other(f"/aftersales/{aftersale_id}", flash=(kind, words))


HANDLERS = [AftersaleController]
