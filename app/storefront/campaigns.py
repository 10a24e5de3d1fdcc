"""Campaigns: what runs now, one campaign's page, and taking part in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import group_buying, identity, inventory
from app.flows.campaign_offer import Offer, offer_of, offers_of
from app.flows.campaign_seats import channel_of
from app.flows.campaign_words import first_item, reason
from app.flows.join_campaign import join_campaign
from app.flows.run_demand_test import count_look
from app.group_buying import Campaign
from app.kernel.errors import NotFound, Refusal
from app.kernel.i18n import translate_refusal
from app.kernel.pages import page, see_other
from app.storefront.campaign_kinds import kind_page
from app.storefront.campaign_sharing import invitation_of, sharing_facts
from app.storefront.home import CACHEABLE

AnyRequest = Request[Any, Any, Any]
UNITS, PICK, PICKED = "units_", "pick", "units_picked"


class CampaignController(Controller):
    path = "/campaigns"

    @get(permission="public")
    async def index(self) -> Template:
        async with tenants.transaction():
            running = await offers_of(await group_buying.running())
        return page(
            "storefront/campaigns/index.html", offers=running, words=group_buying.words,
            firsts={offer.campaign.id: first_item(offer) for offer in running},
            reasons={offer.campaign.id: reason(offer, tenants.current().currency) for offer in running},
        )  # fmt: skip

    @get("/{code:str}", permission="public")
    async def show(self, request: AnyRequest, code: FromPath[str]) -> Template:
        """Raises NotFound, also for a draft, unless the address holds the key to its preview."""
        visit = await identity.visit_or_none(request)
        async with tenants.transaction():
            query = dict(request.query_params)
            offer = await _public(code, query.get("preview", ""))
            facts = await kind_page(offer.campaign.kind).facts(offer, visit, query)
            facts |= await sharing_facts(offer, visit, query)
            left = await left_of(offer)
        draft = not offer.campaign.is_public
        counts_looks = kind_page(offer.campaign.kind).counts_looks and not draft
        if counts_looks:
            who = visit.visitor_id if visit else identity.client_address(request)
            await count_look(offer.campaign, str(who), request.headers.get("user-agent", ""))
        kept = visit is None and not counts_looks and not draft
        return page(
            "storefront/campaigns/show.html", campaign=offer.campaign, offer=offer, left=left,
            items=[item for item in offer.items.values() if item.active], running=draft or offer.campaign.is_running(),
            words=group_buying.words, draft=draft,
            sold_out=[variant for variant, units in left.items() if units == 0],
            headers=_kept_for_strangers(offer.campaign) if kept else None, **facts,
        )  # fmt: skip

    @post("/{code:str}/join", permission="public", csrf="origin")
    async def join(self, request: AnyRequest, code: FromPath[str]) -> Redirect:
        """The chosen goods go to checkout. Only now does a browser that was just looking get a session."""
        values = {name: str(value) for name, value in (await request.form()).items()}
        visit = await identity.ensure_visit(request)
        async with tenants.transaction():
            kind = kind_page((await group_buying.find_by_code(code)).kind)
        try:
            cart = await join_campaign(
                code,
                visit.visitor_id,
                _units(values),
                kind.choices(values) | invitation_of(values),
                customer_id=visit.customer_id,
            )
        except NotFound:
            raise
        except Refusal as refusal:
            return see_other(kind.home(code, values), flash=("bad", translate_refusal(refusal)))
        return see_other(f"/checkout?cart={cart}")


def _kept_for_strangers(campaign: Campaign) -> dict[str, str]:
    """Nothing on the page is about its reader: it may be kept until the campaign changes."""
    return {**CACHEABLE, "X-Cacheable": channel_of(campaign.id)}


async def _public(code: str, preview: str = "") -> Offer:
    campaign = await group_buying.find_by_code(code)
    if not campaign.is_public and not group_buying.opens_preview(campaign.id, preview):
        raise NotFound
    return await offer_of(campaign.id)


async def left_of(offer: Offer) -> dict[UUID, int | None]:
    """Units of each variant that can be had: by quota and by stock, whichever is less; None for no limit."""
    figures = await inventory.figures_of(offer.items)
    left: dict[UUID, int | None] = {}
    for variant in offer.items:
        stock = figures.get(variant)
        bounds = [offer.left_of(variant), stock.for_sale if stock else 0]
        left[variant] = min((bound for bound in bounds if bound is not None), default=None)
    return left


def _units(values: Mapping[str, str]) -> dict[UUID, int]:
    """Of each variant how many were asked for; what is no number counts as nothing.

    A field is `units_<variant>`, or `units_picked` of the one that `pick` names.
    """
    units = {}
    for name, text in values.items():
        if name.startswith(UNITS) and text.strip().isdecimal() and len(text) < 6:
            try:
                units[UUID(values.get(PICK, "") if name == PICKED else name.removeprefix(UNITS))] = int(text)
            except ValueError:
                continue
    return units
