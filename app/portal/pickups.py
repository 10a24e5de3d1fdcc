"""Handing out, on the telephone of a leader: what lies there, whose code it is, who has not come."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import aftersales, orders, pickups
from app.flows import hand_out
from app.flows.aftersale_wish import Wish, WishedLine
from app.flows.delivery_way import way_of
from app.flows.pick_lists import pick_lists
from app.flows.request_aftersale import request_aftersale
from app.kernel import limits
from app.kernel.errors import NotFound, Refusal
from app.kernel.formats import mask_name
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.i18n import ngettext, translate_refusal
from app.kernel.pages import page, see_other
from app.portal.frame import AnyRequest, Place, enter

PROBLEMS = ("damaged", "missing_parts", "wrong_item", "quality")


class CodeForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    code: str = ""


class ProblemForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    line: UUID
    units: int = 1
    reason: str = "damaged"
    words: str = ""


@get("/pickups", permission="signed_in")
async def index(request: AnyRequest) -> Template:
    place = await enter(request)
    async with tenants.transaction():
        points = await pickups.points_of(place.promoter.id)
        batches = await pickups.batches_of_leader(place.promoter.id)
    return page("portal/pickups/index.html", tab="pickups", points=points, batches=batches, words=pickups.words)


@get("/pickups/check", permission="signed_in")
async def check(request: AnyRequest, code: FromQuery[str] = "") -> Template:
    """What this code hands out, before anything happens. The camera leads here."""
    place = await enter(request)
    try:
        await _slowly(place)
        pickup = await hand_out.look_up(place.promoter.id, code)
    except Refusal as refusal:
        return page(
            "portal/pickups/check.html", status_code=refusal.status, tab="pickups", code=code[:20],
            error=translate_refusal(refusal),
        )  # fmt: skip
    return await _show(pickup, code)


@post("/pickups/collection", permission="signed_in")
async def collect(request: AnyRequest) -> Redirect | Template:
    """Handed out. Entering the same code again says that it was."""
    place, form = await enter(request), await read_form(request, CodeForm)
    try:
        await _slowly(place)
        pickup, new = await hand_out.hand_out(place.promoter.id, form.code)
    except Refusal as refusal:
        return page(
            "portal/pickups/check.html", status_code=refusal.status, tab="pickups", code=form.code[:20],
            error=translate_refusal(refusal),
        )  # fmt: skip
    words = ("ok", _("Handed out")) if new else ("bad", _("This was handed out before. Look at the time below."))
    return see_other(f"/pickups/orders/{pickup.order_id}", flash=words)


@get("/pickups/orders/{order_id:uuid}", permission="signed_in")
async def look(request: AnyRequest, order_id: FromPath[UUID]) -> Template:
    place = await enter(request)
    return await _show(await _own(place, order_id), "")


@post("/pickups/orders/{order_id:uuid}/undo", permission="signed_in")
async def undo(request: AnyRequest, order_id: FromPath[UUID]) -> Redirect:
    place = await enter(request)
    await hand_out.take_back(place.promoter.id, order_id)
    return see_other(f"/pickups/orders/{order_id}", flash=("ok", _("Taken back: it still waits to be picked up.")))


@post("/pickups/orders/{order_id:uuid}/problem", permission="signed_in")
async def report(request: AnyRequest, order_id: FromPath[UUID]) -> Redirect:
    """Something is missing or damaged: a claim is opened for the shopper, and the store answers it."""
    place, form = await enter(request), await read_form(request, ProblemForm)
    await _own(place, order_id)
    reason = form.reason if form.reason in PROBLEMS else "other"
    wish = Wish("claim", reason, form.words[:500], [WishedLine(form.line, form.units)])
    try:
        await request_aftersale(order_id, wish, actor=place.promoter.name)
    except Refusal as refusal:
        return see_other(f"/pickups/orders/{order_id}", flash=("bad", translate_refusal(refusal)))
    return see_other(f"/pickups/orders/{order_id}", flash=("ok", _("The store knows. The shopper can follow it.")))


@get("/pickups/batches/{batch_id:uuid}", permission="signed_in")
async def look_at_batch(request: AnyRequest, batch_id: FromPath[UUID]) -> Template:
    """What came, and who has not come for it."""
    place = await enter(request)
    async with tenants.transaction():
        batch = await pickups.find_batch(batch_id)
        if batch.leader != place.promoter.id:
            raise NotFound
        lists = await pick_lists(batch.campaign)
    mine = next((each for each in lists if each.point.id == batch.point), None)
    return page("portal/pickups/batch.html", tab="pickups", batch=batch, mine=mine, words=pickups.words)


@post("/pickups/batches/{batch_id:uuid}/arrival", permission="signed_in")
async def arrive(request: AnyRequest, batch_id: FromPath[UUID]) -> Redirect:
    place = await enter(request)
    told = await hand_out.note_arrival(place.promoter.id, batch_id)
    words = ngettext("%(num)s shopper is told that it is there.", "%(num)s shoppers are told that it is there.", told)
    return see_other(f"/pickups/batches/{batch_id}", flash=("ok", words % {"num": told}))


@post("/pickups/batches/{batch_id:uuid}/reminder", permission="signed_in")
async def remind(request: AnyRequest, batch_id: FromPath[UUID]) -> Redirect:
    place = await enter(request)
    told = await hand_out.remind_batch(place.promoter.id, batch_id)
    words = ngettext("%(num)s shopper is reminded.", "%(num)s shoppers are reminded.", told) % {"num": told}
    return see_other(f"/pickups/batches/{batch_id}", flash=("ok", words))


async def _slowly(place: Place) -> None:
    """Nobody tries out thousands of codes. Raises TooManyTries."""
    await limits.take(limits.PICKUP_CODES, str(place.tenant.id), str(place.promoter.id))


async def _own(place: Place, order_id: UUID) -> pickups.Pickup:
    async with tenants.transaction():
        pickup = await pickups.find(order_id)
    if pickup.leader != place.promoter.id:
        raise NotFound
    return pickup


async def _show(pickup: pickups.Pickup, code: str) -> Template:
    async with tenants.transaction():
        order = await orders.find(pickup.order_id)
        facts: dict[str, Any] = {
            "lines": await orders.lines_of(order.id), "way": await way_of(order),
            "requests": await aftersales.of_order(order.id),
        }  # fmt: skip
    return page(
        "portal/pickups/check.html", tab="pickups", pickup=pickup, order=order, code=code, words=pickups.words,
        name=mask_name(order.ship_to.get("recipient", "")), problems=PROBLEMS, reason=aftersales.words.reason,
        error="", **facts,
    )  # fmt: skip


HANDLERS = [index, check, collect, look, undo, report, look_at_batch, arrive, remind]
