"""Shops on platforms whose orders are read: connected, paused, read now, and how it went."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import external_sales
from app.backoffice.frame import AnyRequest, form_values, show
from app.flows.connect_shop import FIELDS, connect_shop
from app.flows.merchant_acts import Actor
from app.identity import viewer_of
from app.kernel.errors import InvalidInput
from app.kernel.forms import read_form
from app.kernel.i18n import N_, translate_fields
from app.kernel.i18n import gettext as _
from app.kernel.pages import see_other
from tenants import outbox

HERE = "/external-sales/shops"
LABELS = {
    "appid": N_("App ID"), "app_key": N_("App key"), "secret": N_("App secret"), "access_token": N_("Access token"),
    "shop_cipher": N_("Shop cipher"),
}  # fmt: skip


class SwitchForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    status: Literal["active", "paused"]


class ShopController(Controller):
    path = HERE

    @get(permission="connections.read")
    async def index(self, request: AnyRequest) -> Template:
        return await _listed(request, {}, {})

    @post(permission="connections.write")
    async def connect(self, request: AnyRequest) -> Template | Redirect:
        values, viewer = form_values(await request.form()), viewer_of(request)
        try:
            await connect_shop(
                values.get("platform", ""), values.get("name", ""), values, actor=Actor(viewer.id, viewer.name)
            )
        except InvalidInput as refusal:
            shown = {name: text for name, text in values.items() if name not in ("secret", "access_token")}
            return await _listed(request, shown, translate_fields(refusal))
        return see_other(HERE, flash=("ok", _("Connected; its orders are being read.")))

    @post("/{external_shop_id:uuid}/pull", permission="connections.write")
    async def pull(self, external_shop_id: FromPath[UUID]) -> Redirect:
        """Asked for twice is once."""
        async with tenants.transaction():
            shop = await external_sales.find_shop(external_shop_id)
            key = f"external_sales.pull:{shop.id}"
            await outbox.post("external_sales.pull", queue="bulk", key=key, shop_id=str(shop.id))
        return see_other(HERE, flash=("ok", _("Its orders are being read.")))

    @post("/{external_shop_id:uuid}/switch", permission="connections.write")
    async def switch(self, request: AnyRequest, external_shop_id: FromPath[UUID]) -> Redirect:
        form = await read_form(request, SwitchForm)
        async with tenants.transaction():
            await external_sales.switch_shop(external_shop_id, form.status)
        return see_other(HERE)


async def _listed(request: AnyRequest, values: dict[str, str], errors: dict[str, str]) -> Template:
    async with tenants.transaction():
        shops = await external_sales.shops()
    words = external_sales.words
    return await show(
        request, "external_sales/shops.html", status_code=422 if errors else 200, shops=shops, values=values,
        errors=errors, words=words, labels=LABELS, fields=FIELDS,
        platforms=[(platform, _(words.PLATFORMS[platform])) for platform in FIELDS],
    )  # fmt: skip


HANDLERS = [ShopController]
