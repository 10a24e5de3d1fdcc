"""What leaders may sell: goods, the lowest price, and their share. Looking for goods happens in the same form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.response import Redirect, Template

import tenants
from app import group_buying
from app.backoffice import campaign_form as form
from app.backoffice.frame import AnyRequest, form_values, show
from app.backoffice.settings import basis_points, percent
from app.group_buying import Allowed, Good
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_, translate_fields
from app.kernel.i18n import gettext as _
from app.kernel.money import CURRENCIES, plain_amount
from app.kernel.pages import see_other


class LeaderGoodsController(Controller):
    path = "/leader-goods"

    @get(permission="promotions.read")
    async def index(self, request: AnyRequest) -> Template:
        async with tenants.transaction():
            goods = await group_buying.leader_goods.allowed()
        return await _page(request, _values_of(goods), [each.variant for each in goods])

    @post(permission="promotions.write")
    async def save(self, request: AnyRequest) -> Template | Redirect:
        """Save, unless a button asked for goods: then the form comes back with them and all that was typed."""
        submitted = await request.form()
        values, chosen = form_values(submitted), form.ids_of(submitted.getall("item", []))
        chosen = [variant for variant in chosen if values.get("drop") != str(variant)]
        if {"find", "add", "drop"} & values.keys():
            return await _with_goods(request, values, chosen, form.ids_of(submitted.getall("product", [])))
        try:
            goods = _read(values, chosen)
        except InvalidInput as refusal:
            return await _page(request, values, chosen, errors=translate_fields(refusal))
        async with tenants.transaction():
            await group_buying.leader_goods.allow(goods)
        return see_other("/leader-goods", flash=("ok", _("Saved")))


def _values_of(goods: Sequence[Good]) -> dict[str, str]:
    values = {}
    for each in goods:
        values[f"price_{each.variant}"] = plain_amount(each.floor_amount, tenants.current().currency)
        values[f"rate_{each.variant}"] = "" if each.leader_bps is None else percent(each.leader_bps)
    return values


def _read(values: dict[str, str], chosen: Sequence[UUID]) -> list[Allowed]:
    wrong: dict[str, str] = {}
    goods = []
    for variant in chosen:
        floor = form.read_price(f"price_{variant}", values, tenants.current().currency, wrong)
        if floor is None and f"price_{variant}" not in wrong:
            wrong[f"price_{variant}"] = N_("Enter a price.")
        text = values.get(f"rate_{variant}", "").strip()
        rate = basis_points(text, f"rate_{variant}", wrong) if text else None
        if rate is not None and rate > group_buying.chains.HIGHEST_SHARE_BPS:
            wrong[f"rate_{variant}"] = N_("The rate is between 0% and 50%.")
        goods.append(Allowed(variant=variant, floor_amount=floor or 0, leader_bps=rate))
    if wrong:
        raise InvalidInput(wrong)
    return goods


async def _with_goods(
    request: AnyRequest, values: dict[str, str], chosen: list[UUID], products: Sequence[UUID]
) -> Template:
    found = None
    async with tenants.transaction():
        if "add" in values:
            fresh = [each for each in await form.variants_of(products) if each not in chosen]
            chosen = (chosen + fresh)[: form.MOST_ITEMS]
        elif "find" in values:
            found = await form.find_goods(values.get("q", ""))
    return await _page(request, values, chosen, found=found)


async def _page(
    request: AnyRequest,
    values: dict[str, str],
    chosen: Sequence[UUID],
    *,
    found: list[dict[str, Any]] | None = None,
    errors: dict[str, str] | None = None,
) -> Template:
    async with tenants.transaction():
        rows = await form.rows_of(chosen)
    return await show(
        request, "leader_goods/index.html", status_code=422 if errors else 200, values=values, rows=rows, found=found,
        errors=errors or {}, symbol=CURRENCIES[tenants.current().currency].symbol,
    )  # fmt: skip


HANDLERS = [LeaderGoodsController]
