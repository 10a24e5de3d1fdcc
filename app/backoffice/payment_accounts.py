"""Payment connections: which providers there are, how they are, and the form that connects one."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import payments
from app.backoffice.frame import AnyRequest, form_values, show
from app.flows import connect_payments as flow
from app.flows.switchboard import notify_url
from app.identity import viewer_of
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_fields
from app.kernel.pages import see_other

_CHECKS = (
    "SELECT dedupe_key FROM outbox WHERE kind = 'payments.check_account' AND status IN ('due', 'queued', 'running')"
)
HOME = "/connections/payments"
STEPS = {"up": -1, "down": 1}


class ActForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    act: Literal["offer", "stop", "up", "down", "check"]


class PaymentAccountController(Controller):
    path = HOME

    @get(permission="connections.read")
    async def index(self, request: AnyRequest) -> Template:
        async with tenants.transaction():
            accounts = await payments.accounts()
            checks = {row["dedupe_key"] for row in await tenants.connection().fetch(_CHECKS)}
            aside = await payments.count_aside()
        connected = {account["provider"]: account for account in accounts}
        vendors = [vendor for code in connected if (vendor := payments.vendor_of(code))]
        others = [vendor for code, vendor in payments.VENDORS.items() if code not in connected and vendor.fields]
        return await show(
            request, "payment_accounts/index.html", connected=connected, vendors=vendors, others=others, checks=checks,
            aside=aside,
        )  # fmt: skip

    @get("/{provider:str}", permission="connections.write")
    async def edit(self, request: AnyRequest, provider: FromPath[str]) -> Template:
        return await _form(request, provider)

    @post("/{provider:str}", permission="connections.write")
    async def save(self, request: AnyRequest, provider: FromPath[str]) -> Template | Redirect:
        """What is wrong comes back beside its field; secrets have to be typed again, they are never sent to a page."""
        values = form_values(await request.form())
        try:
            await flow.connect_payments(provider, values, by=viewer_of(request))
        except InvalidInput as refusal:
            return await _form(request, provider, values, translate_fields(refusal))
        return see_other(f"{HOME}/{provider}", flash=("ok", _("Saved")))

    @post("/{provider:str}/acts", permission="connections.write")
    async def act(self, request: AnyRequest, provider: FromPath[str]) -> Redirect:
        form, viewer = await read_form(request, ActForm), viewer_of(request)
        if form.act == "check":
            await flow.ask_for_check(provider)
            return see_other(HOME, flash=("info", _("We are asking now. Load the page again in a moment.")))
        if form.act in STEPS:
            await flow.order_payments(provider, STEPS[form.act], by=viewer)
        else:
            await flow.offer_payments(provider, form.act == "offer", by=viewer)
        return see_other(HOME, flash=("ok", _("Saved")))


async def _form(
    request: AnyRequest, provider: str, values: dict[str, str] | None = None, errors: dict[str, str] | None = None
) -> Template:
    vendor = payments.vendor_of(provider)
    if vendor is None or not vendor.fields:
        raise NotFound
    async with tenants.transaction():
        account = next((each for each in await payments.accounts() if each["provider"] == provider), None)
    known: dict[str, Any] = account["settings"] if account else {}
    shown = {field.name: (values or known).get(field.name, "") for field in vendor.fields if field.is_shown}
    return await show(
        request, "payment_accounts/edit.html", status_code=422 if errors else 200, vendor=vendor, account=account,
        values=shown, hints=known.get("hints", {}), kept=known.get("kept", []), errors=errors or {},
        address="" if vendor.manual else notify_url(provider),
    )  # fmt: skip


HANDLERS = [PaymentAccountController]
