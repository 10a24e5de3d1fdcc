"""A leader's chain orders: the own lists, one of them with its orders, and lists of others to help with."""

from __future__ import annotations

from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import group_buying, pickups, promoters
from app.flows import run_campaign
from app.flows.campaign_offer import offer_of
from app.flows.campaign_result import count_result
from app.flows.hand_out import hand_out_of_list, take_back
from app.group_buying import Campaign
from app.identity import viewer_of
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_refusal
from app.kernel.pages import page, see_other
from app.portal import chain_queries
from app.portal.frame import AnyRequest, Place, enter
from infra.settings import settings

PAGE = 40
FARTHEST = 2**60


class HandOutForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    order: UUID
    done: bool = True
    back: str = ""


class ChainController(Controller):
    path = "/chains"

    @get(permission="signed_in")
    async def index(self, request: AnyRequest) -> Template:
        place = await enter_as_leader(request)
        async with tenants.transaction():
            found = await group_buying.listed(kind="chain_campaign", leader=place.promoter.id, limit=100)
            results = {campaign.id: await count_result(campaign.id) for campaign in found}
            to_help = await chain_queries.to_help(place.promoter.id, now())
        return page(
            "portal/chains/index.html", tab="chains", campaigns=found, results=results, to_help=to_help,
            words=group_buying.words,
        )  # fmt: skip

    @get("/{campaign_id:uuid}", permission="signed_in")
    async def look(self, request: AnyRequest, campaign_id: FromPath[UUID], start: FromQuery[int] = 0) -> Template:
        place = await enter_as_leader(request)
        async with tenants.transaction():
            campaign = await own(place, campaign_id)
            offer, result = await offer_of(campaign_id), await count_result(campaign_id)
            shares = await group_buying.chains.shares_of(campaign_id)
            rows = await chain_queries.orders_of(campaign_id, min(max(start, 0), FARTHEST), PAGE + 1)
            supply = await group_buying.find(campaign.supply) if campaign.supply else None
            exports = await group_buying.exports.recent(campaign_id)
        return page(
            "portal/chains/show.html", tab="chains", campaign=campaign, offer=offer, result=result, shares=shares,
            rows=rows[:PAGE], older=rows[PAGE - 1]["sequence_number"] if len(rows) > PAGE else None, supply=supply,
            words=group_buying.words, undo_since=now() - pickups.UNDO,
            exports=[each for each in exports if each.promoter == place.promoter.id],
            here=f"{settings().origin(place.tenant.slug)}/campaigns/{campaign.code}",
        )  # fmt: skip

    @post("/{campaign_id:uuid}/publish", permission="signed_in")
    async def publish(self, request: AnyRequest, campaign_id: FromPath[UUID]) -> Redirect:
        await self._own(request, campaign_id)
        try:
            await run_campaign.publish_campaign(campaign_id, actor=viewer_of(request).name)
        except group_buying.NotPublishable as refusal:
            return see_other(f"/chains/{campaign_id}", flash=("bad", translate_refusal(refusal)))
        return see_other(f"/chains/{campaign_id}", flash=("ok", _("Published: shoppers can see it")))

    @post("/{campaign_id:uuid}/close", permission="signed_in")
    async def close(self, request: AnyRequest, campaign_id: FromPath[UUID]) -> Redirect:
        await self._own(request, campaign_id)
        await run_campaign.unpublish_campaign(campaign_id, actor=viewer_of(request).name)
        return see_other(f"/chains/{campaign_id}", flash=("ok", _("Nobody can join it any more")))

    @post("/{campaign_id:uuid}/hand-outs", permission="signed_in")
    async def hand_out(self, request: AnyRequest, campaign_id: FromPath[UUID]) -> Redirect:
        """The customer has the goods; for ten minutes the same button takes it back.

        Raises NotFound for an order of another list, and for one that is sent in a parcel.
        """
        form, place = await read_form(request, HandOutForm), await enter_as_leader(request)
        async with tenants.transaction():
            await own(place, campaign_id)
            number = (await group_buying.participation_of(form.order)).sequence_number
        back = "/day-book" if form.back == "day-book" else f"/chains/{campaign_id}"
        try:
            if form.done:
                await hand_out_of_list(place.promoter.id, campaign_id, form.order)
            else:
                await take_back(place.promoter.id, form.order)
        except (pickups.CalledOff, pickups.NotYet, pickups.TooLateToUndo) as refusal:
            return see_other(back, flash=("bad", translate_refusal(refusal)))
        return see_other(back, flash=("ok", _("Number %(num)s has it", num=number) if form.done else _("Taken back")))

    async def _own(self, request: AnyRequest, campaign_id: UUID) -> Campaign:
        place = await enter_as_leader(request)
        async with tenants.transaction():
            return await own(place, campaign_id)


async def enter_as_leader(request: AnyRequest) -> Place:
    """Step into the store as one of its leaders. Raises NotApproved."""
    place = await enter(request)
    if not place.promoter.leads:
        raise promoters.NotALeader
    return place


async def own(place: Place, campaign_id: UUID) -> Campaign:
    """Raises NotFound, also for somebody else's list."""
    campaign = await group_buying.find(campaign_id)
    if campaign.leader != place.promoter.id or campaign.kind != "chain_campaign":
        raise NotFound
    return campaign


HANDLERS = [ChainController]
