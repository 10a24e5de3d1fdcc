"""A leader writes a chain order from the goods the store allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import group_buying
from app.flows import chain_terms, leader_rules, run_campaign
from app.group_buying import Campaign, ChainTerms, Good
from app.identity import viewer_of
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.forms import NOT_OURS
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_fields
from app.kernel.money import CURRENCIES, plain_amount
from app.kernel.pages import page, see_other
from app.portal.chains import enter_as_leader, own
from app.portal.frame import AnyRequest, Place

USUAL = timedelta(hours=48)
Values = Mapping[str, str]


class ChainFormController(Controller):
    path = "/chains"

    @get("/new", permission="signed_in")
    async def new(self, request: AnyRequest) -> Template:
        place = await enter_as_leader(request)
        start = {"ends_at": local_time(now() + USUAL, place.tenant.time_zone), "delivery": "pickup", "help_rate": "3"}
        return await _form(place, None, start, [])

    @post(permission="signed_in")
    async def create(self, request: AnyRequest) -> Template | Redirect:
        return await _save(request, await enter_as_leader(request), None)

    @get("/{campaign_id:uuid}/edit", permission="signed_in")
    async def edit(self, request: AnyRequest, campaign_id: FromPath[UUID]) -> Template:
        """Raises NotFound, also for a copy: of that less is the leader's to say."""
        place = await enter_as_leader(request)
        campaign = await _changeable(place, campaign_id)
        async with tenants.transaction():
            items = [item for item in await group_buying.items_of(campaign_id) if item.active]
            shares = await group_buying.chains.shares_of(campaign_id)
        return await _form(place, campaign, _values_of(campaign, items, shares, place), [i.variant for i in items])

    @post("/{campaign_id:uuid}/edit", permission="signed_in")
    async def change(self, request: AnyRequest, campaign_id: FromPath[UUID]) -> Template | Redirect:
        place = await enter_as_leader(request)
        return await _save(request, place, await _changeable(place, campaign_id))


async def _changeable(place: Place, campaign_id: UUID) -> Campaign:
    async with tenants.transaction():
        campaign = await own(place, campaign_id)
    if campaign.supply is not None or campaign.status not in ("draft", "scheduled", "open"):
        raise NotFound
    return campaign


async def submitted(request: AnyRequest) -> dict[str, str]:
    """Every field as it was typed."""
    form = await request.form()
    return {name: str(value).replace("\x00", "") for name, value in form.items() if name not in NOT_OURS}


async def _goods() -> dict[UUID, Good]:
    async with tenants.transaction():
        return {good.variant: good for good in await group_buying.leader_goods.allowed()}


async def _save(request: AnyRequest, place: Place, known: Campaign | None) -> Template | Redirect:
    values, chosen = await submitted(request), ids_of((await request.form()).getall("item", []))
    shares = {}
    if known:
        async with tenants.transaction():
            shares = await group_buying.chains.shares_of(known.id)
    try:
        draft = leader_rules.read_draft(
            values, chosen, place.promoter, await _goods(), currency=place.tenant.currency,
            zone=place.tenant.time_zone, known=known, shares=shares,
        )  # fmt: skip
        saved = await run_campaign.save_campaign(draft, known.id if known else None, actor=viewer_of(request).name)
        if values.get("then") == "publish" and (known is None or known.status == "draft"):
            await run_campaign.publish_campaign(saved, actor=viewer_of(request).name)
    except InvalidInput as refusal:
        return await _form(place, known, values, chosen, translate_fields(refusal))
    return see_other(f"/chains/{saved}", flash=("ok", _("Saved")))


def _values_of(campaign: Campaign, items: Sequence[Any], shares: Mapping[UUID, Any], place: Place) -> dict[str, str]:
    currency = place.tenant.currency
    values = chain_terms.values_of(cast(ChainTerms, campaign.terms)) | {
        "title": campaign.title, "share_text": campaign.share_text, "story": campaign.story,
        "ends_at": local_time(campaign.ends_at, place.tenant.time_zone),
        "person_limit": str(campaign.person_limit or ""),
    }  # fmt: skip
    for item in items:
        values[f"price_{item.variant}"] = plain_amount(item.price_amount, currency)
        values[f"quota_{item.variant}"] = "" if item.quota is None else str(item.quota)
        if (share := shares.get(item.variant)) is not None:
            values["help_rate"] = f"{share.help_bps // 100}.{share.help_bps % 100:02d}".rstrip("0").rstrip(".")
            supply = share.supply_amount
            values[f"supply_{item.variant}"] = "" if supply is None else plain_amount(supply, currency)
    return values


async def _form(
    place: Place, known: Campaign | None, values: Values, chosen: Sequence[UUID], errors: Values | None = None
) -> Template:
    return page(
        "portal/chains/edit.html", status_code=422 if errors else 200, tab="chains", known=known, values=values,
        chosen={str(each) for each in chosen}, goods=list((await _goods()).values()), errors=errors or {},
        words=group_buying.words, places=chain_terms.PLACES, symbol=CURRENCIES[place.tenant.currency].symbol,
    )  # fmt: skip


def ids_of(texts: Sequence[Any]) -> list[UUID]:
    ids = []
    for text in texts:
        try:
            ids.append(UUID(str(text)))
        except ValueError:
            continue
    return list(dict.fromkeys(ids))


def local_time(moment: datetime | None, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M") if moment else ""


HANDLERS = [ChainFormController]
