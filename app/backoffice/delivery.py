"""Delivery: the store's freight templates, each with its regions and a box to try it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import freight, store
from app.backoffice import delivery_form as form
from app.backoffice.frame import AnyRequest, form_values, show
from app.backoffice.product_form import Values
from app.kernel.errors import InvalidInput, Refusal
from app.kernel.i18n import N_, translate_fields, translate_refusal
from app.kernel.i18n import gettext as _
from app.kernel.money import CURRENCIES, InvalidAmount, parse_amount
from app.kernel.pages import see_other
from tenants import states

CHARGED_BY = {"weight": N_("By weight"), "piece": N_("By pieces"), "flat": N_("One price")}


@dataclass(frozen=True, slots=True)
class Trial:
    """What the try-out box found: None for a place the template does not deliver to."""

    amount: int | None


class DeliveryController(Controller):
    path = "/delivery"

    @get(permission="delivery.write")
    async def index(self, request: AnyRequest) -> Template:
        async with tenants.transaction():
            templates = await freight.templates()
            products = await freight.products_by_template()
        return await show(
            request, "delivery/index.html", templates=templates, products=products, charged_by=CHARGED_BY,
            kilograms=freight.kilograms, countries=freight.COUNTRIES,
        )  # fmt: skip

    @get("/new", permission="delivery.write")
    async def new(self, request: AnyRequest) -> Template:
        return await _form(request, None, form.empty_values(_home()), {})

    @post("/new", permission="delivery.write")
    async def create(self, request: AnyRequest) -> Template | Redirect:
        return await _save(request, None)

    @get("/{freight_template_id:uuid}", permission="delivery.write")
    async def edit(self, request: AnyRequest, freight_template_id: FromPath[UUID]) -> Template:
        template = await _find(freight_template_id)
        return await _form(request, template, form.values_of(template, tenants.current().currency), {})

    @post("/{freight_template_id:uuid}", permission="delivery.write")
    async def save(self, request: AnyRequest, freight_template_id: FromPath[UUID]) -> Template | Redirect:
        return await _save(request, await _find(freight_template_id))

    @post("/{freight_template_id:uuid}/removal", permission="delivery.write")
    async def remove(self, request: AnyRequest, freight_template_id: FromPath[UUID]) -> Redirect:
        """Refused while products name it, so nothing that is for sale changes its price by surprise."""
        states.require(tenants.current(), "edit")
        try:
            async with tenants.transaction():
                await freight.remove_template(freight_template_id)
                await store.touch()
        except freight.TemplateInUse as refusal:
            return see_other(f"/delivery/{freight_template_id}", flash=("bad", translate_refusal(refusal)))
        await store.announce(tenants.current())
        return see_other("/delivery", flash=("ok", _("Removed")))


def _home() -> str:
    return freight.home_of(tenants.current().currency)


async def _find(template_id: UUID) -> freight.Template:
    async with tenants.transaction():
        return await freight.find_template(template_id)


async def _save(request: AnyRequest, known: freight.Template | None) -> Template | Redirect:
    """Save, or show the form again with more rows or a trial when that was what the pressed button asked for."""
    values = form_values(await request.form())
    act = values.pop("act", "save")
    currency = tenants.current().currency
    if act == "more":
        form.more_rows(values)
        return await _form(request, known, values, {})
    try:
        template = form.read_template(values, currency, known.id if known else None)
        if act == "try":
            return await _form(request, known, values, {}, trial=_try(template, values, currency))
        states.require(tenants.current(), "edit")
        async with tenants.transaction():
            saved = await freight.save_template(template)
            await store.touch()
    except InvalidInput as refusal:
        return await _form(request, known, values, translate_fields(refusal))
    except Refusal as refusal:
        return await _form(request, known, values, {"name": translate_refusal(refusal)})
    await store.announce(tenants.current())
    return see_other(f"/delivery/{saved}", flash=("ok", _("Saved")))


def _try(template: freight.Template, values: Values, currency: str) -> Trial:
    """What the typed template, saved or not, would charge for the typed parcel. Raises InvalidInput."""
    pieces, grams = values.get("try_pieces", "").strip() or "1", form.as_grams(values.get("try_weight", "") or "0")
    wrong: dict[str, str] = {}
    if not pieces.isascii() or not pieces.isdecimal() or not 0 < len(pieces) < 7:
        wrong["try_pieces"] = N_("Enter a whole number.")
    if grams is None:
        wrong["try_weight"] = N_("Enter kilograms like 0.5.")
    try:
        amount = parse_amount(values.get("try_amount", "").strip() or "0", currency)
    except InvalidAmount as error:
        wrong["try_amount"] = error.message
    if wrong:
        raise InvalidInput(wrong)
    place = {"country": values.get("try_country", ""), "region": values.get("try_region", "")}
    region = template.region_for(freight.Destination.of(place))
    if region is None or not region.delivers:
        return Trial(None)
    return Trial(region.price(template.charged_by, freight.Load(int(pieces), grams or 0, amount)))


async def _form(
    request: AnyRequest, template: freight.Template | None, values: Values, errors: dict[str, str], **more: Any
) -> Template:
    return await show(
        request, "delivery/edit.html", status_code=422 if errors else 200, known=template, values=values,
        rows=form.rows_of(values), errors=errors, charged_by=CHARGED_BY, countries=freight.COUNTRIES, home=_home(),
        symbol=CURRENCIES[tenants.current().currency].symbol, **{"trial": None} | more,
    )  # fmt: skip


HANDLERS = [DeliveryController]
