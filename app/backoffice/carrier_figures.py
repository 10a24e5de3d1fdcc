"""How well carriers deliver, and the rules by which a parcel counts as late; what labels say of the sender."""

from __future__ import annotations

from datetime import timedelta

import msgspec
from litestar import Controller, get, post
from litestar.response import Redirect, Template

import tenants
from app import fulfillment
from app.backoffice.frame import AnyRequest, form_values, show
from app.backoffice.queries_punctuality import DAYS, of_carriers
from app.fulfillment import ShippingRules
from app.kernel.clock import now
from app.kernel.errors import InvalidInput
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_fields
from app.kernel.pages import see_other

HERE = "/fulfillment/carriers"


class CarrierFiguresController(Controller):
    path = HERE

    @get(permission="fulfillment.read")
    async def index(self, request: AnyRequest) -> Template:
        async with tenants.transaction():
            rules = await fulfillment.shipping_rules()
        return await _page(request, _written(rules), {})

    @post(permission="fulfillment.write")
    async def change(self, request: AnyRequest) -> Template | Redirect:
        """Parcels that are late already stay in the queue of exceptions."""
        try:
            rules = await read_form(request, ShippingRules)
        except InvalidInput as refusal:
            return await _page(request, form_values(await request.form()), translate_fields(refusal))
        values = form_values(await request.form())
        ticked = {name: name in values for name in ("tells_shopper", "masks_phone")}
        async with tenants.transaction():
            await fulfillment.save_shipping_rules(msgspec.structs.replace(rules, **ticked))
        return see_other(HERE, flash=("ok", _("Saved")))


def _written(rules: ShippingRules) -> dict[str, str]:
    """As the form sends it: a box that is not ticked is not there."""
    facts = msgspec.structs.asdict(rules)
    return {name: str(value) for name, value in facts.items() if value is not False}


async def _page(request: AnyRequest, values: dict[str, str], errors: dict[str, str]) -> Template:
    async with tenants.transaction():
        rules = await fulfillment.shipping_rules()
        figures = await fulfillment.carrier_figures(now() - timedelta(days=DAYS), rules)
        report = await of_carriers(rules)
    return await show(
        request, "fulfillment/carriers.html", status_code=422 if errors else 200, figures=figures, values=values,
        errors=errors, days=DAYS, rules=rules, report=report,
    )  # fmt: skip


HANDLERS = [CarrierFiguresController]
