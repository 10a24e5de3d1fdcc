"""Tax settings: none, inside the prices or on top of them, at one rate under one name."""

from __future__ import annotations

from litestar import get, post
from litestar.response import Redirect, Template

import tenants
from app import store
from app.backoffice.frame import AnyRequest, form_values, show
from app.backoffice.product_form import Values
from app.backoffice.settings import basis_points, percent
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_, translate_fields
from app.kernel.i18n import gettext as _
from app.kernel.pages import see_other
from tenants import states


@get("/settings/tax", permission="settings.write")
async def show_tax(request: AnyRequest) -> Template:
    profile = await store.profile()
    values = {
        "tax_mode": profile.tax_mode, "tax_rate": percent(profile.tax_bps) if profile.tax_bps else "",
        "tax_name": profile.tax_name, "tax_on_freight": "yes" if profile.tax_on_freight else "",
    }  # fmt: skip
    return await _form(request, values, {})


@post("/settings/tax", permission="settings.write")
async def change_tax(request: AnyRequest) -> Template | Redirect:
    values = form_values(await request.form())
    try:
        terms = _read(values)
        states.require(tenants.current(), "edit")
        async with tenants.transaction():
            await store.change_tax(terms)
    except InvalidInput as refusal:
        return await _form(request, values, translate_fields(refusal))
    await store.announce(tenants.current())
    return see_other("/settings/tax", flash=("ok", _("Saved")))


def _read(values: Values) -> store.TaxTerms:
    wrong: dict[str, str] = {}
    mode = next((one for one in store.TAX_MODES if one == values.get("tax_mode")), None)
    if mode is None:
        wrong["tax_mode"] = N_("Choose one of the offered values.")
    text = values.get("tax_rate", "").strip()
    rate = basis_points(text, "tax_rate", wrong) if text else 0
    if wrong:
        raise InvalidInput(wrong)
    name = values.get("tax_name", "").strip()
    return store.TaxTerms(mode=mode or "none", bps=rate, name=name, on_freight=values.get("tax_on_freight") == "yes")


async def _form(request: AnyRequest, values: Values, errors: dict[str, str]) -> Template:
    return await show(request, "settings/tax.html", status_code=422 if errors else 200, values=values, errors=errors)


HANDLERS = [show_tax, change_tax]
