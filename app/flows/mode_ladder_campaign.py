"""Ladders: the price falls as more is sold, and at the end everybody pays the last step.

Everybody pays the price of the moment. Once nobody can pay any more the final count and its prices are fixed, and each
paid order is settled by a job of its own.
"""

from __future__ import annotations

from typing import cast

from app import group_buying
from app.flows.campaign_mode import Mode
from app.group_buying import Campaign, LadderTerms
from tenants import outbox
from tenants.outbox import Wish

AT_A_TIME = 500  # the next ones follow when it is looked at again


class Ladder(Mode):
    async def settle(self, campaign: Campaign) -> bool:
        """Asked again until every order is settled; the final step stays as it was fixed the first time."""
        if await group_buying.ladders.final_of(campaign.id) is None:
            await _fix(campaign)
        wishes = [
            Wish("group_buying.settle_ladder", {"order_id": order_id}, key=f"ladder:{order_id}")
            for order_id in await group_buying.ladders.unsettled_orders(campaign.id)
        ]
        if wishes:
            await outbox.post_all(*wishes[:AT_A_TIME])
        return not await group_buying.ladders.unsettled_orders(campaign.id, at_the_door=True)


async def _fix(campaign: Campaign) -> None:
    terms = cast(LadderTerms, campaign.terms)
    count = campaign.taken_people if terms.counts == "people" else campaign.taken_units
    items = await group_buying.items_of(campaign.id)
    final = await group_buying.ladders.fix_final(
        campaign.id, count, group_buying.ladders.outcome_of(terms, count), items
    )
    details = {"count": final.count, "outcome": final.outcome}
    await group_buying.note(campaign.id, f"ladder_{final.outcome}", details=details)
