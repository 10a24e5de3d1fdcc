"""Tracking services that follow the store's parcels: connected, paused, which one is used, and how well they answer."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import fulfillment
from app.backoffice.frame import AnyRequest, form_values, show
from app.flows.connect_tracking import CHOICES, FIELDS, SECRET, TOLD_THERE, connect_tracking, switch_tracking
from app.flows.follow_parcels import push_address
from app.flows.merchant_acts import Actor
from app.identity import viewer_of
from app.kernel.errors import InvalidInput
from app.kernel.forms import read_form
from app.kernel.i18n import N_, translate_fields
from app.kernel.i18n import gettext as _
from app.kernel.pages import see_other

HERE = "/connections/carriers"
SERVICES = {
    "kuaidi100": N_("Kuaidi100"), "kdniao": N_("KDNiao"), "generic": N_("Another carrier with its own server"),
}  # fmt: skip
LABELS = {
    "customer": N_("Customer number"), "key": N_("Authorization key"), "business_id": N_("Business ID"),
    "api_key": N_("API key"), "plan": N_("Plan"), "base_url": N_("Address of its server"),
    "secret": N_("Secret we share"),
}  # fmt: skip
CHOICE_LABELS = {"free": N_("Free plan"), "paid": N_("Paid plan")}


class SwitchForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    act: Literal["pause", "resume", "choose"]


class CarrierController(Controller):
    path = HERE

    @get(permission="connections.read")
    async def index(self, request: AnyRequest) -> Template:
        return await _listed(request, {}, {})

    @post(permission="connections.write")
    async def connect(self, request: AnyRequest) -> Template | Redirect:
        """What is wrong comes back beside its field; secrets have to be typed again."""
        values, viewer = form_values(await request.form()), viewer_of(request)
        try:
            await connect_tracking(
                values.get("provider", ""), values.get("name", ""), values, actor=Actor(viewer.id, viewer.name)
            )
        except InvalidInput as refusal:
            hidden = SECRET.get(values.get("provider", ""), frozenset())
            shown = {name: text for name, text in values.items() if name not in hidden}
            return await _listed(request, shown, translate_fields(refusal))
        return see_other(HERE, flash=("ok", _("Connected. Parcels that leave from now on are followed.")))

    @post("/{tracking_account_id:uuid}", permission="connections.write")
    async def switch(self, request: AnyRequest, tracking_account_id: FromPath[UUID]) -> Redirect:
        form, viewer = await read_form(request, SwitchForm), viewer_of(request)
        await switch_tracking(tracking_account_id, form.act, actor=Actor(viewer.id, viewer.name))
        return see_other(HERE, flash=("ok", _("Saved")))


async def _listed(request: AnyRequest, values: dict[str, str], errors: dict[str, str]) -> Template:
    async with tenants.transaction():
        accounts = await fulfillment.tracking_accounts()
    return await show(
        request, "connections/carriers.html", status_code=422 if errors else 200, accounts=accounts, values=values,
        errors=errors, services=SERVICES, labels=LABELS, fields=FIELDS, secret=SECRET, told_there=TOLD_THERE,
        choices=CHOICES, choice_labels=CHOICE_LABELS, address=push_address(),
    )  # fmt: skip


HANDLERS = [CarrierController]
