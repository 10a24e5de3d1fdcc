"""Store settings: names, freight, payment time, commission."""

from __future__ import annotations

from typing import Any

from litestar import get, post
from litestar.response import Redirect, Template

import tenants
from app import freight, store
from app.backoffice.frame import AnyRequest, form_values, show
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_, translate_fields
from app.kernel.i18n import gettext as _
from app.kernel.money import CURRENCIES, InvalidAmount, parse_amount, plain_amount
from app.kernel.pages import see_other
from infra.settings import settings as installation


@get("/settings", permission="settings.write")
async def show_settings(request: AnyRequest) -> Template:
    profile = await store.profile()
    free = profile.free_freight_from_amount
    values = {
        "name": profile.name, "tagline": profile.tagline, "contact_email": profile.contact_email,
        "freight_amount": plain_amount(profile.freight_amount, profile.currency),
        "free_freight_from_amount": plain_amount(free, profile.currency) if free is not None else "",
        "payment_minutes": str(profile.payment_minutes), "click_window_days": str(profile.click_window_days),
        "default_commission_bps": percent(profile.default_commission_bps),
    }  # fmt: skip
    return await _form(request, values, {})


@post("/settings", permission="settings.write")
async def change_settings(request: AnyRequest) -> Template | Redirect:
    values = form_values(await request.form())
    try:
        terms = _read(values, tenants.current().currency)
        async with tenants.transaction():
            await store.change_terms(terms)
    except InvalidInput as refusal:
        return await _form(request, values, translate_fields(refusal))
    await store.announce(tenants.current())
    return see_other("/settings", flash=("ok", _("Saved")))


async def _form(request: AnyRequest, values: dict[str, Any], errors: dict[str, str]) -> Template:
    async with tenants.transaction():
        template = next(iter(await freight.templates()), None)
    return await show(
        request, "settings/show.html", status_code=422 if errors else 200, values=values, errors=errors,
        symbol=CURRENCIES[tenants.current().currency].symbol, percent=percent, mailed=bool(installation().smtp_url),
        default_template=template if template and template.is_default else None,
    )  # fmt: skip


def _read(values: dict[str, str], currency: str) -> store.Terms:
    wrong: dict[str, str] = {}

    def amount(field: str) -> int | None:
        try:
            return parse_amount(values[field], currency) if values.get(field, "").strip() else None
        except InvalidAmount as error:
            wrong[field] = error.message
            return None

    def count(field: str) -> int:
        text = values.get(field, "").strip()
        if not text.isdecimal() or len(text) > 6:
            wrong[field] = N_("Enter a whole number.")
            return 0
        return int(text)

    terms = store.Terms(
        name=values.get("name", "").strip()[:80],
        tagline=values.get("tagline", "").strip()[:200],
        contact_email=values.get("contact_email", "").strip()[:254],
        freight_amount=amount("freight_amount") or 0,
        free_freight_from_amount=amount("free_freight_from_amount"),
        payment_minutes=count("payment_minutes"),
        default_commission_bps=basis_points(values.get("default_commission_bps", ""), "default_commission_bps", wrong),
        click_window_days=count("click_window_days"),
    )
    if wrong:
        raise InvalidInput(wrong)
    return terms


def percent(bps: int) -> str:
    """Basis points as a form shows them: `12.5`."""
    return f"{bps / 100:.2f}".rstrip("0").rstrip(".")


def basis_points(text: str, field: str, wrong: dict[str, str]) -> int:
    """What was typed as percent, with up to two decimals."""
    whole, _dot, part = text.strip().rstrip("%").strip().partition(".")
    if not (whole + part).isdecimal() or len(whole) > 3 or len(part) > 2:
        wrong[field] = N_("Enter percent like 12.5.")
        return 0
    return int(whole or "0") * 100 + int(part.ljust(2, "0") or "0")


HANDLERS = [show_settings, change_settings]
