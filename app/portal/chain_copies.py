"""A leader helps to sell: copies the list of another leader, and changes the copy as far as that list allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import group_buying
from app.flows import chain_copies, chain_terms, leader_rules, run_campaign
from app.flows.copy_campaign import copy_campaign
from app.group_buying import Campaign, ChainTerms, Item
from app.identity import viewer_of
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_fields
from app.kernel.money import CURRENCIES, plain_amount
from app.kernel.pages import page, see_other
from app.portal.chain_forms import ids_of, local_time, submitted
from app.portal.chains import enter_as_leader, own
from app.portal.frame import AnyRequest, Place

Values = Mapping[str, str]
NOTHING_WRONG: Values = {}


class CopyController(Controller):
    path = "/chains/{campaign_id:uuid}"

    @get("/copy", permission="signed_in")
    async def offer(self, request: AnyRequest, campaign_id: FromPath[UUID]) -> Template:
        """Raises NotFound for what is no chain that may be looked at."""
        place = await enter_as_leader(request)
        return await _offer(place, campaign_id, {}, NOTHING_WRONG)

    @post("/copy", permission="signed_in")
    async def copy(self, request: AnyRequest, campaign_id: FromPath[UUID]) -> Template | Redirect:
        """Copied and published in one go. Raises NoThirdLevel, NotToCopy."""
        place, values = await enter_as_leader(request), await submitted(request)
        wrong: dict[str, str] = {}
        prices: dict[UUID, int] = {}
        for variant in ids_of([name.removeprefix("price_") for name in values if name.startswith("price_")]):
            price = leader_rules.read_price(f"price_{variant}", values, place.tenant.currency, wrong)
            prices |= {} if price is None else {variant: price}
        try:
            chain_terms.require_read(wrong)
            made = await copy_campaign(
                campaign_id, place.promoter.id, prices, title=values.get("title", "").strip(),
                share_text=values.get("share_text", "").strip(), actor=viewer_of(request).name,
            )  # fmt: skip
        except InvalidInput as refusal:
            return await _offer(place, campaign_id, values, translate_fields(refusal))
        await run_campaign.publish_campaign(made, actor=viewer_of(request).name)
        return see_other(f"/chains/{made}", flash=("ok", _("Copied: share it with your group")))

    @get("/changes", permission="signed_in")
    async def edit(self, request: AnyRequest, campaign_id: FromPath[UUID]) -> Template | Redirect:
        """A list of the leader's own has a form of its own. Raises NotFound for a copy that is over."""
        place = await enter_as_leader(request)
        async with tenants.transaction():
            if (await own(place, campaign_id)).supply is None:
                return see_other(f"/chains/{campaign_id}/edit")
        copy, items = await _own_copy(place, campaign_id)
        return await _changes(place, copy, items, _values_of(copy, place), NOTHING_WRONG)

    @post("/changes", permission="signed_in")
    async def change(self, request: AnyRequest, campaign_id: FromPath[UUID]) -> Template | Redirect:
        """What was ordered stays as it was ordered. Raises NotFound, WrongMoment."""
        place, values = await enter_as_leader(request), await submitted(request)
        copy, items = await _own_copy(place, campaign_id)
        try:
            draft = leader_rules.read_copy(
                values, run_campaign.draft_of(copy), items, currency=place.tenant.currency, zone=place.tenant.time_zone
            )
            await run_campaign.save_campaign(draft, copy.id, actor=viewer_of(request).name)
        except InvalidInput as refusal:
            return await _changes(place, copy, items, values, translate_fields(refusal))
        return see_other(f"/chains/{copy.id}", flash=("ok", _("Saved")))


async def _own_copy(place: Place, campaign_id: UUID) -> tuple[Campaign, list[Item]]:
    async with tenants.transaction():
        copy = await own(place, campaign_id)
        if copy.supply is None or copy.status not in ("draft", "scheduled", "open"):
            raise NotFound
        return copy, [item for item in await group_buying.items_of(campaign_id) if item.active]


def _values_of(copy: Campaign, place: Place) -> dict[str, str]:
    terms = copy.terms
    return {
        "title": copy.title, "share_text": copy.share_text, "story": copy.story,
        "ends_at": local_time(copy.ends_at, place.tenant.time_zone),
        "place": terms.place if isinstance(terms, ChainTerms) else "",
    }  # fmt: skip


async def _offer(place: Place, campaign_id: UUID, values: Values, errors: Values) -> Template:
    async with tenants.transaction():
        supply = await group_buying.find(campaign_id)
        if not isinstance(supply.terms, ChainTerms) or not supply.is_public:
            raise NotFound
        items = [item for item in await group_buying.items_of(campaign_id) if item.active]
    return await _page(place, supply, None, items, values, errors)


async def _changes(place: Place, copy: Campaign, items: Sequence[Item], values: Values, errors: Values) -> Template:
    async with tenants.transaction():
        supply = await group_buying.find(copy.supply) if copy.supply else copy
    return await _page(place, supply, copy, items, values, errors)


async def _page(
    place: Place, supply: Campaign, copy: Campaign | None, items: Sequence[Item], values: Values, errors: Values
) -> Template:
    async with tenants.transaction():
        promised = await chain_copies.promised_of(supply.id, copy.id if copy else None)
    usual = {f"price_{item.variant}": plain_amount(item.price_amount, place.tenant.currency) for item in items}
    return page(
        "portal/chains/copy.html", status_code=422 if errors else 200, tab="chains", supply=supply, copy=copy,
        items=items, promised=promised, values=usual | dict(values), errors=errors,
        symbol=CURRENCIES[place.tenant.currency].symbol,
    )  # fmt: skip


HANDLERS = [CopyController]
