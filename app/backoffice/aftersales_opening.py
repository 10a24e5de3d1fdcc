"""The store opens a request for a shopper, and the rules of the store: how long everybody has, and where to send."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import aftersales, orders
from app.backoffice.frame import AnyRequest, form_values, show
from app.flows.aftersale_quantities import askable_lines, variants_for_exchange
from app.flows.aftersale_wish import wish_of
from app.flows.request_aftersale import request_aftersale
from app.identity import viewer_of
from app.kernel.errors import InvalidInput, Refusal
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_errors, translate_fields
from app.kernel.money import CURRENCIES
from app.kernel.pages import see_other
from infra.settings import settings

# Field -> (least, most); the same limits stand in the schema.
LIMITS = {
    "return_days": (0, 365), "answer_hours": (1, 720), "offer_days": (1, 30), "ship_back_days": (1, 60),
    "arrival_days": (1, 60), "inspect_days": (1, 30),
}  # fmt: skip


@get("/orders/{number:str}/aftersales/new", permission="orders.write")
async def new_aftersale(request: AnyRequest, number: FromPath[str]) -> Template:
    async with tenants.transaction():
        order = await orders.find_by_number(number)
    return await _opening(request, order, {}, {})


@post("/orders/{number:str}/aftersales", permission="orders.write")
async def open_aftersale(request: AnyRequest, number: FromPath[str]) -> Template | Redirect:
    """The store is not bound by its own time for returns."""
    values = form_values(await request.form())
    async with tenants.transaction():
        order = await orders.find_by_number(number)
    try:
        wish = wish_of(values, order.currency)
        aftersale = await request_aftersale(order.id, wish, opened_by="merchant", actor=viewer_of(request).name)
    except Refusal as refusal:
        return await _opening(request, order, values, translate_errors(refusal, "lines"))
    return see_other(f"/aftersales/{aftersale}", flash=("ok", _("Opened for the shopper; decide it here")))


@get("/aftersales/settings", permission="settings.write")
async def show_policy(request: AnyRequest) -> Template:
    async with tenants.transaction():
        policy = await aftersales.read_policy()
    return await _policy_page(request, msgspec.structs.asdict(policy), {})


@post("/aftersales/settings", permission="settings.write")
async def change_policy(request: AnyRequest) -> Template | Redirect:
    values = form_values(await request.form())
    try:
        policy = _policy(values)
    except InvalidInput as refusal:
        return await _policy_page(request, values, translate_fields(refusal))
    async with tenants.transaction():
        await aftersales.save_policy(policy)
    return see_other("/aftersales/settings", flash=("ok", _("Saved")))


async def _opening(
    request: AnyRequest, order: orders.Order, values: dict[str, str], errors: dict[str, str]
) -> Template:
    async with tenants.transaction():
        lines = [line for line in await askable_lines(order) if line.left]
        variants = await variants_for_exchange(lines)
    return await show(
        request, "aftersales/new.html", status_code=422 if errors else 200, order=order, lines=lines,
        variants=variants, words=aftersales.words, values=values, errors=errors,
        symbol=CURRENCIES[order.currency].symbol,
    )  # fmt: skip


async def _policy_page(request: AnyRequest, values: dict[str, Any], errors: dict[str, str]) -> Template:
    return await show(
        request, "aftersales/settings.html", status_code=422 if errors else 200, values=values, errors=errors,
        limits=LIMITS, mailed=bool(settings().smtp_url),
    )  # fmt: skip


def _policy(values: dict[str, str]) -> aftersales.Policy:
    wrong, numbers = dict[str, str](), dict[str, Any]()
    for name, (least, most) in LIMITS.items():
        text = values.get(name, "").strip()
        if text.isdecimal() and len(text) < 5 and least <= int(text) <= most:
            numbers[name] = int(text)
        else:
            wrong[name] = "Enter a whole number within the allowed range."
    if wrong:
        raise InvalidInput(wrong)
    texts = {name: values.get(name, "").strip()[:1000] for name in ("return_address", "label_words")}
    return msgspec.convert(numbers | texts, aftersales.Policy)


HANDLERS = [new_aftersale, open_aftersale, show_policy, change_policy]
