"""What is special about a chain order: what the leader asks, and units and numbers shared with a supplying campaign.

For a copy everything is done on the supplying campaign first, then on its own: persons, items, the number. Everybody
who touches both takes them in this order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

import msgspec

from app import group_buying, orders, pickups, promotions
from app.flows import chain_copies
from app.flows.campaign_mode import Mode, Place, units_in
from app.flows.chain_terms import place_of
from app.group_buying import Campaign, CampaignDraft, ChainTerms, Item, Participation
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from tenants import outbox, steps


class ChainMode(Mode):
    async def offered(self, campaign: Campaign, items: Mapping[UUID, Item]) -> Mapping[UUID, Item]:
        """A copy has what the supplying campaign has left, and less if its own leader said so."""
        if campaign.supply is None:
            return items
        there = {item.variant: item for item in await group_buying.items_of(campaign.supply)}
        return {variant: _shared(item, there.get(variant)) for variant, item in items.items()}

    async def finish_draft(self, draft: CampaignDraft, known: Campaign | None) -> CampaignDraft:
        """Once it is published, goods come as they were promised; a copy keeps to what it copies."""
        terms = cast(ChainTerms, draft.terms)
        if known and known.status != "draft" and terms.delivery != cast(ChainTerms, known.terms).delivery:
            raise InvalidInput({"delivery": N_("It was promised this way. Close this list and open another one.")})
        if draft.supply is None:
            return draft
        return await chain_copies.bound(draft, await group_buying.find(draft.supply), known.id if known else None)

    async def place(self, campaign: Campaign, choices: Mapping[str, Any]) -> Place | None:
        return place_of(campaign)

    async def check_joining(self, campaign: Campaign, choices: Mapping[str, Any], units: Mapping[UUID, int]) -> None:
        """Everything that must be answered is, and only what is asked. Raises AnswerNeeded, NotOffered, NotRunning."""
        terms, answers = cast(ChainTerms, campaign.terms), choices.get("fields") or {}
        for question in terms.questions:
            answer = answers.get(question.label, "")
            if question.required and not answer:
                raise group_buying.chains.AnswerNeeded(label=question.label)
            if answer and question.kind == "choice" and answer not in question.choices:
                raise group_buying.chains.AnswerNeeded(label=question.label)
        if answers.keys() - {question.label for question in terms.questions}:
            raise group_buying.NotOffered
        if campaign.supply and not (await group_buying.find(campaign.supply)).is_running():
            raise group_buying.NotRunning

    def sources(self, campaign: Campaign) -> tuple[UUID, ...]:
        """A copy's units are held where they come from, too."""
        return (campaign.supply, campaign.id) if campaign.supply else (campaign.id,)

    async def hold(self, order: orders.NewOrder, campaign: Campaign, choices: Mapping[str, Any]) -> None:
        """A copy keeps to the limit of the campaign its units come from.

        What is not sent in a parcel waits for the leader of the own list, also of a copy.
        """
        if place_of(campaign):
            await pickups.write(order.id, campaign.id, None, campaign.leader)
        if campaign.supply is None:
            return
        supply, units = await group_buying.find(campaign.supply), units_in(order.lines).total()
        persons = promotions.persons(order.customer, order.phone, order.email)
        await group_buying.chains.name_supply(order.id, supply.id)
        with group_buying.within_limit(supply.person_limit):
            await steps.take(group_buying.counting_person(supply.id, persons, units, supply.person_limit))

    async def take(self, order: orders.Order, campaign: Campaign, one: Participation) -> bool:
        if campaign.supply is not None:
            await group_buying.take(campaign.supply, units_in(await orders.lines_of(order.id)))
            await group_buying.chains.number_in_supply(order.id, campaign.supply)
        return campaign.terms.ships == "at_once" or campaign.status in ("closed", "settled")

    async def release(self, order: orders.Order, campaign: Campaign, one: Participation) -> None:
        await pickups.cancel(order.id)
        if campaign.supply is None:
            return
        await group_buying.uncount_person(campaign.supply, one.persons, one.units)
        give_back = group_buying.give_back_held if one.status == "held" else group_buying.give_back_taken
        await give_back(campaign.supply, units_in(await orders.lines_of(order.id)))

    async def over_because(self, campaign: Campaign) -> str:
        """A copy ends with what it copies."""
        if campaign.supply and (await group_buying.find(campaign.supply)).status in ("closed", "settled"):
            return "closed_with_supply"
        return ""

    async def close(self, campaign: Campaign) -> None:
        for copy in await group_buying.chains.copies_of(campaign.id):
            await outbox.post("group_buying.close", queue="critical", key=f"close:{copy}:supply", campaign_id=copy)
        await _send_on(campaign)

    async def settle(self, campaign: Campaign) -> bool:
        await _send_on(campaign)
        return not await group_buying.waiting_orders(campaign.id)


async def _send_on(campaign: Campaign) -> None:
    """What waited for the end of the list may ship; one job per order."""
    for order in await group_buying.waiting_orders(campaign.id):
        await outbox.post("group_buying.confirm_member", key=f"confirm:{order}", order_id=order)


def _shared(item: Item, there: Item | None) -> Item:
    if there is None or not there.active:
        return msgspec.structs.replace(item, active=False)
    if there.left is None or (item.left is not None and item.left <= there.left):
        return item
    return msgspec.structs.replace(item, quota=item.held + item.taken + there.left)
