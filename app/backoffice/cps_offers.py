"""Offers of networks: made, paused, and what came of them."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import external_sales
from app.backoffice.frame import AnyRequest, form_values, show
from app.backoffice.settings import basis_points
from app.identity import viewer_of
from app.kernel.errors import InvalidInput
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_fields
from app.kernel.pages import see_other

Short = Annotated[str, msgspec.Meta(max_length=80)]
USUAL = {"slot_parameter": "subid", "promoter_bps": "50"}


class OfferForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    title: Short = ""
    network: Short = ""
    landing_url: Annotated[str, msgspec.Meta(max_length=1_000)] = ""
    slot_parameter: Short = ""
    network_bps: Annotated[str, msgspec.Meta(max_length=12)] = ""
    promoter_bps: Annotated[str, msgspec.Meta(max_length=12)] = ""
    words: Annotated[str, msgspec.Meta(max_length=500)] = ""


class SwitchForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    status: Literal["open", "paused"]


class OfferController(Controller):
    path = "/external-sales/offers"

    @get(permission="promoters.read")
    async def index(self, request: AnyRequest) -> Template:
        return await _listed(request, USUAL, {})

    @post(permission="promoters.write")
    async def create(self, request: AnyRequest) -> Template | Redirect:
        """Promoters can share it at once."""
        values = form_values(await request.form())
        try:
            await _save(await read_form(request, OfferForm), viewer_of(request).name)
        except InvalidInput as refusal:
            return await _listed(request, values, translate_fields(refusal))
        return see_other(
            "/external-sales/offers", flash=("ok", _("The offer is open; promoters find it among theirs."))
        )

    @post("/{cps_offer_id:uuid}/switch", permission="promoters.write")
    async def switch(self, request: AnyRequest, cps_offer_id: FromPath[UUID]) -> Redirect:
        form = await read_form(request, SwitchForm)
        async with tenants.transaction():
            await external_sales.switch_offer(cps_offer_id, form.status)
        said = _("Open again") if form.status == "open" else _("Paused: its links lead nowhere for now")
        return see_other("/external-sales/offers", flash=("ok", said))


async def _save(form: OfferForm, by: str) -> None:
    wrong: dict[str, str] = {}
    network_bps = basis_points(form.network_bps or "0", "network_bps", wrong)
    promoter_bps = basis_points(form.promoter_bps or "0", "promoter_bps", wrong)
    if wrong:
        raise InvalidInput(wrong)
    async with tenants.transaction():
        await external_sales.save_offer(
            title=form.title, network=form.network, landing_url=form.landing_url, slot_parameter=form.slot_parameter,
            network_bps=network_bps, promoter_bps=promoter_bps, words=form.words, by=by,
        )  # fmt: skip


async def _listed(request: AnyRequest, values: dict[str, str], errors: dict[str, str]) -> Template:
    async with tenants.transaction():
        offers = await external_sales.offers()
    words = external_sales.words
    return await show(
        request, "external_sales/offers.html", status_code=422 if errors else 200, offers=offers, values=values,
        errors=errors, words=words, networks=[(key, _(text)) for key, text in words.NETWORKS.items()],
        hosts=external_sales.NETWORKS,
    )  # fmt: skip


HANDLERS = [OfferController]
