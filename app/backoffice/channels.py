"""Channels of the store: the merchant's own links where they hang, with what each channel brought and cost."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import links
from app.backoffice import channel_form as form
from app.backoffice import queries_channels as queries
from app.backoffice.frame import AnyRequest, form_values, show
from app.backoffice.settings import percent
from app.flows import link_choices
from app.flows.create_link import create_channel_link
from app.identity import viewer_of
from app.kernel import formats
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from app.kernel.forms import convert_form
from app.kernel.i18n import current_locale, translate_errors
from app.kernel.i18n import gettext as _
from app.kernel.money import CURRENCIES
from app.kernel.pages import see_other

PERIODS = (7, 30, 90, 0)
CHART_DAYS = 30


class ChannelLinkForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    product: UUID | None = None
    campaign: UUID | None = None
    label: str = ""


class ChannelController(Controller):
    path = "/channels"

    @get(permission="promoters.read")
    async def index(self, request: AnyRequest, days: FromQuery[int] = 30) -> Template:
        days = days if days in PERIODS else 30
        async with tenants.transaction():
            found = await links.channels()
            figures = await queries.figures(days)
        return await show(
            request, "channels/index.html", channels=found, figures=figures, nothing=links.Figures(), days=days,
            periods=PERIODS, percent=percent,
        )  # fmt: skip

    @get("/new", permission="promoters.write")
    async def new(self, request: AnyRequest) -> Template:
        return await _form(request, None, {}, {})

    @post("/new", permission="promoters.write")
    async def create(self, request: AnyRequest) -> Template | Redirect:
        values = form_values(await request.form())
        try:
            draft = form.read_draft(values, tenants.current().currency)
            async with tenants.transaction():
                made = await links.open_channel(*draft, by=viewer_of(request).name)
        except Refusal as refusal:
            return await _form(request, None, values, translate_errors(refusal, "name"))
        return see_other(f"/channels/{made.id}", flash=("ok", _("The channel is there. Now make its first link.")))

    @get("/{channel_id:uuid}", permission="promoters.read")
    async def one(self, request: AnyRequest, channel_id: FromPath[UUID], days: FromQuery[int] = 30) -> Template:
        return await _page(request, channel_id, days)

    @get("/{channel_id:uuid}/edit", permission="promoters.write")
    async def edit(self, request: AnyRequest, channel_id: FromPath[UUID]) -> Template:
        async with tenants.transaction():
            channel = await links.find_channel(channel_id)
            rates = (await links.rates_of(channel_id))[0].rates
        values = form.values_of(channel.name, channel.note, rates, tenants.current().currency)
        return await _form(request, channel, values, {})

    @post("/{channel_id:uuid}/edit", permission="promoters.write")
    async def save(self, request: AnyRequest, channel_id: FromPath[UUID]) -> Template | Redirect:
        values = form_values(await request.form())
        async with tenants.transaction():
            channel = await links.find_channel(channel_id)
        try:
            draft = form.read_draft(values, tenants.current().currency)
            async with tenants.transaction():
                await links.change_channel(channel_id, *draft, by=viewer_of(request).name)
        except Refusal as refusal:
            return await _form(request, channel, values, translate_errors(refusal, "name"))
        return see_other(f"/channels/{channel_id}", flash=("ok", _("Saved")))

    @post("/{channel_id:uuid}/close", permission="promoters.write")
    async def close(self, channel_id: FromPath[UUID]) -> Redirect:
        """Opening it again is the undo."""
        return await _close(channel_id, closed=True)

    @post("/{channel_id:uuid}/open", permission="promoters.write")
    async def open(self, channel_id: FromPath[UUID]) -> Redirect:
        return await _close(channel_id, closed=False)

    @post("/{channel_id:uuid}/links", permission="promoters.write")
    async def make_link(self, request: AnyRequest, channel_id: FromPath[UUID]) -> Template | Redirect:
        submitted = await request.form()
        try:
            asked = convert_form(submitted.multi_items(), ChannelLinkForm)
            await create_channel_link(
                channel_id, product_id=asked.product, campaign_id=asked.campaign, label=asked.label
            )
        except NotFound:
            raise
        except Refusal as refusal:
            return await _page(
                request, channel_id, 30, values=form_values(submitted), errors=translate_errors(refusal, "label")
            )
        return see_other(f"/channels/{channel_id}", flash=("ok", _("The link is ready to be put up.")))

    @post("/{channel_id:uuid}/spends", permission="promoters.write")
    async def spend(self, request: AnyRequest, channel_id: FromPath[UUID]) -> Template | Redirect:
        values = form_values(await request.form())
        today = now().astimezone(formats.zone_of(tenants.current().time_zone)).date()
        try:
            spent_on, amount, note = form.read_spend(values, tenants.current().currency, today)
            async with tenants.transaction():
                await links.add_spend(channel_id, spent_on, amount, note, by=viewer_of(request).name)
        except NotFound:
            raise
        except Refusal as refusal:
            return await _page(request, channel_id, 30, values=values, errors=translate_errors(refusal, "amount"))
        return see_other(f"/channels/{channel_id}", flash=("ok", _("Saved")))


async def _close(channel_id: UUID, *, closed: bool) -> Redirect:
    async with tenants.transaction():
        codes = await links.close_channel(channel_id, closed=closed)
    for code in codes:
        links.forget(tenants.current().id, code)
    said = _("Closed: its links lead where they led, and count for nothing") if closed else _("Open: its links count")
    return see_other(f"/channels/{channel_id}", flash=("ok", said))


async def _page(
    request: AnyRequest,
    channel_id: UUID,
    days: int,
    *,
    values: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> Template:
    days = days if days in PERIODS else 30
    async with tenants.transaction():
        channel = await links.find_channel(channel_id)
        rows = await queries.links_of(channel_id)
        figures = (await queries.figures(days)).get(channel_id, links.Figures())
        chart = await queries.by_day(channel_id, [row["id"] for row in rows], CHART_DAYS)
        rates, spends = await links.rates_of(channel_id), await links.spends_of(channel_id)
        products, campaigns = await link_choices.products(), await link_choices.campaigns()
    zone = formats.zone_of(tenants.current().time_zone)
    names = [formats.date(day, current_locale.get(), zone) for day in chart["dates"]]
    return await show(
        request, "channels/show.html", status_code=422 if errors else 200, channel=channel, links=rows,
        figures=figures, chart=chart, names=names, rates=rates, spends=spends, products=products, campaigns=campaigns,
        days=days, periods=PERIODS, percent=percent, values=values or {}, errors=errors or {},
        symbol=CURRENCIES[tenants.current().currency].symbol, moment=now(), today=now().astimezone(zone).date(),
    )  # fmt: skip


async def _form(request: AnyRequest, channel: links.Channel | None, values: Any, errors: dict[str, str]) -> Template:
    return await show(
        request, "channels/edit.html", status_code=422 if errors else 200, channel=channel, values=values,
        errors=errors, symbol=CURRENCIES[tenants.current().currency].symbol,
    )  # fmt: skip


HANDLERS = [ChannelController]
