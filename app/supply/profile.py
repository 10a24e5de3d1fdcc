"""How the store reaches the supplier: its people change that themselves; the terms are the store's."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.response import Redirect, Template

import tenants
from app import suppliers
from app.flows.source_goods import save_supplier
from app.kernel.errors import InvalidInput
from app.kernel.forms import read_form
from app.kernel.i18n import LOCALE_NAMES, translate_fields
from app.kernel.i18n import gettext as _
from app.kernel.pages import page, see_other
from app.supply.frame import AnyRequest, Place, enter, form_values


class ProfileForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    contact: Annotated[str, msgspec.Meta(max_length=120)] = ""
    email: Annotated[str, msgspec.Meta(max_length=254)] = ""
    phone: Annotated[str, msgspec.Meta(max_length=40)] = ""
    locale: Annotated[str, msgspec.Meta(max_length=10)] = ""


@get("/profile", permission="signed_in")
async def show_profile(request: AnyRequest) -> Template:
    return await _page(await enter(request), None, {})


@post("/profile", permission="signed_in")
async def change_profile(request: AnyRequest) -> Template | Redirect:
    place, values = await enter(request), form_values(await request.form())
    try:
        form = await read_form(request, ProfileForm)
        async with tenants.transaction():
            known = await suppliers.find(place.supplier)
        terms = {field.name: getattr(known, field.name) for field in msgspec.structs.fields(suppliers.Terms)}
        await save_supplier(suppliers.Terms(**terms | msgspec.structs.asdict(form)), place.supplier)
    except InvalidInput as refusal:
        return await _page(place, values, translate_fields(refusal))
    return see_other("/profile", flash=("ok", _("Saved")))


async def _page(place: Place, values: dict[str, str] | None, errors: dict[str, str]) -> Template:
    async with tenants.transaction():
        supplier = await suppliers.find(place.supplier)
    known = {name: str(getattr(supplier, name)) for name in ("contact", "email", "phone", "locale")}
    return page(
        "supply/profile/show.html", status_code=422 if errors else 200, place=place, supplier=supplier,
        values=values if values is not None else known, errors=errors, languages=list(LOCALE_NAMES.items()),
    )  # fmt: skip


HANDLERS = [show_profile, change_profile]
