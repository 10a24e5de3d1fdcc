"""Campaigns: chosen by kind, written, published, watched, closed and copied by the merchant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import group_buying, identity
from app.backoffice import campaign_form as form
from app.backoffice.campaign_kinds import kind_form
from app.backoffice.frame import AnyRequest, form_values, show
from app.flows import run_campaign
from app.flows.campaign_offer import offer_of
from app.flows.campaign_result import count_result
from app.group_buying import Campaign
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_fields, translate_refusal
from app.kernel.money import CURRENCIES
from app.kernel.pages import see_other

PAGE = 50
TABS = {"": None, "running": ("scheduled", "open"), "draft": ("draft",), "ended": ("closed", "settled")}


@dataclass
class Typed:
    """What the form holds at this moment."""

    values: dict[str, str]
    chosen: list[UUID]
    found: list[dict[str, Any]] | None = None
    errors: dict[str, str] = field(default_factory=dict)


class CampaignsController(Controller):
    path = "/campaigns"

    @get(permission="promotions.read")
    async def index(
        self, request: AnyRequest, tab: FromQuery[str] = "", after: FromQuery[UUID | None] = None
    ) -> Template:
        async with tenants.transaction():
            found = await group_buying.listed(statuses=TABS.get(tab), after=after, limit=PAGE + 1)
            results = {campaign.id: await count_result(campaign.id) for campaign in found[:PAGE]}
        return await show(
            request, "campaigns/index.html", campaigns=found[:PAGE], more=len(found) > PAGE, results=results, tab=tab,
            words=group_buying.words,
        )  # fmt: skip

    @get("/new", permission="promotions.write")
    async def choose(self, request: AnyRequest) -> Template:
        return await show(request, "campaigns/new.html", words=group_buying.words, kinds=group_buying.KINDS)

    @get("/new/{kind:str}", permission="promotions.write")
    async def new(self, request: AnyRequest, kind: FromPath[str]) -> Template:
        """Raises NotFound for a kind there is not. `?look` asks what the fields of a form mean that is being filled."""
        start, asked = form.empty(_known(kind), tenants.current().time_zone), dict(request.query_params)
        return await _form(request, kind, None, Typed(asked if "look" in asked else start, [], await _goods("")))

    @post("/new/{kind:str}", permission="promotions.write")
    async def create(self, request: AnyRequest, kind: FromPath[str]) -> Template | Redirect:
        return await _save(request, _known(kind), None)

    @get("/{campaign_id:uuid}", permission="promotions.read")
    async def look(self, request: AnyRequest, campaign_id: FromPath[UUID]) -> Template:
        async with tenants.transaction():
            offer = await offer_of(campaign_id)
            campaign, items = offer.campaign, list(offer.items.values())
            facts = await kind_form(campaign.kind).page(campaign, items)
            result, events = await count_result(campaign_id), await group_buying.events_of(campaign_id)
        return await show(
            request, "campaigns/show.html", campaign=campaign, offer=offer, items=items, result=result, events=events,
            preview=group_buying.preview_key(campaign_id), rules=form.rules_of_saved(campaign),
            words=group_buying.words, **facts,
        )  # fmt: skip

    @get("/{campaign_id:uuid}/edit", permission="promotions.write")
    async def edit(self, request: AnyRequest, campaign_id: FromPath[UUID]) -> Template:
        campaign, items = await _find(campaign_id)
        tenant = tenants.current()
        values = form.values_of(campaign, items, tenant.currency, tenant.time_zone)
        async with tenants.transaction():
            values |= await kind_form(campaign.kind).saved_values(campaign)
        return await _form(request, campaign.kind, campaign, Typed(values, [each.variant for each in items]))

    @post("/{campaign_id:uuid}/edit", permission="promotions.write")
    async def change(self, request: AnyRequest, campaign_id: FromPath[UUID]) -> Template | Redirect:
        campaign, _items = await _find(campaign_id)
        return await _save(request, campaign.kind, campaign)

    @post("/{campaign_id:uuid}/publish", permission="promotions.write")
    async def publish(self, request: AnyRequest, campaign_id: FromPath[UUID]) -> Redirect:
        try:
            await run_campaign.publish_campaign(campaign_id, actor=_actor(request))
        except group_buying.NotPublishable as refusal:
            return see_other(f"/campaigns/{campaign_id}", flash=("bad", translate_refusal(refusal)))
        return see_other(f"/campaigns/{campaign_id}", flash=("ok", _("Published: shoppers can see it")))

    @post("/{campaign_id:uuid}/close", permission="promotions.write")
    async def close(self, request: AnyRequest, campaign_id: FromPath[UUID]) -> Redirect:
        """Taken back before it began, it is a draft again; running, it is closed with everything that follows."""
        reason = form_values(await request.form()).get("reason", "")[:200]
        await run_campaign.unpublish_campaign(campaign_id, actor=_actor(request), reason=reason)
        return see_other(f"/campaigns/{campaign_id}", flash=("ok", _("Nobody can join it any more")))

    @post("/{campaign_id:uuid}/clone", permission="promotions.write")
    async def clone(self, request: AnyRequest, campaign_id: FromPath[UUID]) -> Redirect:
        copy = await run_campaign.clone_campaign(campaign_id, actor=_actor(request))
        return see_other(f"/campaigns/{copy}/edit", flash=("ok", _("A copy: set its times and publish it")))

    @post("/{campaign_id:uuid}/delete", permission="promotions.write")
    async def delete(self, campaign_id: FromPath[UUID]) -> Redirect:
        """Only a draft nobody took part in."""
        async with tenants.transaction():
            await group_buying.find(campaign_id)
            if not await group_buying.delete_draft(campaign_id):
                raise group_buying.WrongMoment
        return see_other("/campaigns", flash=("ok", _("The draft is gone")))


def _known(kind: str) -> str:
    if kind not in group_buying.KINDS:
        raise NotFound
    return kind


def _actor(request: AnyRequest) -> str:
    return identity.viewer_of(request).name


async def _find(campaign_id: UUID) -> tuple[Campaign, list[group_buying.Item]]:
    async with tenants.transaction():
        campaign = await group_buying.find(campaign_id)
        return campaign, [item for item in await group_buying.items_of(campaign_id) if item.active]


async def _goods(text: str) -> list[dict[str, Any]]:
    async with tenants.transaction():
        return await form.find_goods(text)


async def _save(request: AnyRequest, kind: str, known: Campaign | None) -> Template | Redirect:
    """Save, unless a button asked for goods: then the form comes back with them and all that was typed."""
    submitted = await request.form()
    typed = Typed(form_values(submitted), form.ids_of(submitted.getall("item", [])))
    typed.chosen = [variant for variant in typed.chosen if typed.values.get("drop") != str(variant)]
    if {"find", "add", "drop", "look"} & typed.values.keys():
        return await _form(request, kind, known, await _with_goods(typed, form.ids_of(submitted.getall("product", []))))
    tenant = tenants.current()
    try:
        draft = form.read_draft(
            kind, typed.values, typed.chosen, currency=tenant.currency, zone=tenant.time_zone, known=known
        )
        saved = await run_campaign.save_campaign(draft, known.id if known else None, actor=_actor(request))
        if typed.values.get("then") == "publish":
            await run_campaign.publish_campaign(saved, actor=_actor(request))
    except InvalidInput as refusal:
        typed.errors = translate_fields(refusal)
        return await _form(request, kind, known, typed)
    except group_buying.NotPublishable as refusal:
        return see_other(f"/campaigns/{saved}", flash=("bad", translate_refusal(refusal)))
    return see_other(f"/campaigns/{saved}", flash=("ok", _("Saved")))


async def _with_goods(typed: Typed, products: Sequence[UUID]) -> Typed:
    async with tenants.transaction():
        if "add" in typed.values:
            fresh = [each for each in await form.variants_of(products) if each not in typed.chosen]
            typed.chosen = (typed.chosen + fresh)[: form.MOST_ITEMS]
        elif "find" in typed.values:
            typed.found = await form.find_goods(typed.values.get("q", ""))
    return typed


async def _form(request: AnyRequest, kind: str, known: Campaign | None, typed: Typed) -> Template:
    async with tenants.transaction():
        rows = await form.rows_of(typed.chosen)
        for row in rows:
            typed.values = kind_form(kind).start_item(row, tenants.current().currency) | typed.values
        if rows and "add" in typed.values and not typed.values.get("title"):
            typed.values["title"] = rows[0]["title"][:80]
        facts = await kind_form(kind).form()
    return await show(
        request, "campaigns/edit.html", status_code=422 if typed.errors else 200, known=known, of_kind=kind,
        values=typed.values, rows=rows, found=typed.found, errors=typed.errors, words=group_buying.words,
        rules=form.rules_meant(kind, typed.values, tenants.current().time_zone),
        symbol=CURRENCIES[tenants.current().currency].symbol, names_day=kind in group_buying.NAMES_DAY, **facts,
    )  # fmt: skip


HANDLERS = [CampaignsController]
