"""The claim of a campaign's leader to its orders, and what leaders of a line share. Not a journey of its own.

The rates are those written beside the campaign's item when it was saved; where nothing was written, the leader's own
rate counts. Of a copied campaign the helper is the leader, and the supplying leader has a share beside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from app import attribution, group_buying, orders, promoters
from app.group_buying import Shares


@dataclass(frozen=True, slots=True)
class Earner:
    """Who earns at which rate of a line's base, and by which rule."""

    promoter: UUID
    rate_bps: int
    rule: str


@dataclass(frozen=True, slots=True)
class Claim:
    """`supplier` is the leader behind a copied campaign, if there is one who may earn."""

    leader: attribution.Candidate
    supplier: UUID | None
    shares: Mapping[UUID, Shares]

    def earners_of(self, variant: UUID, own_rate_bps: int) -> list[Earner]:
        """The campaign's leader first; nobody is named with nothing, except the first."""
        shares = self.shares.get(variant) or Shares(leader_bps=own_rate_bps)
        rule = "help_sell" if self.supplier else attribution.LEADER
        found = [Earner(self.leader.promoter, shares.leader_bps, rule)]
        if self.supplier and shares.supply_bps:
            found.append(Earner(self.supplier, shares.supply_bps, "supply_leader"))
        return found


async def claim_of(order: orders.Order, own_emails: set[str]) -> Claim | None:
    """Nothing for a plain order, and for a campaign that nobody leads."""
    if order.campaign is None:
        return None
    one = await group_buying.participation_of(order.id)
    if one.leader is None:
        return None
    campaign, leader = await group_buying.find(one.campaign), await promoters.find(one.leader)
    claim = attribution.Candidate(
        click=None, touch=None, promoter=leader.id, promoter_name=leader.name, link=None, code=campaign.code,
        label=campaign.title, live_session=None, kind="leader", occurred_at=order.placed_at,
        barred=_bar(leader, own_emails),
    )  # fmt: skip
    return Claim(claim, await _supplier(campaign, own_emails), await group_buying.chains.shares_of(campaign.id))


async def _supplier(campaign: group_buying.Campaign, own_emails: set[str]) -> UUID | None:
    behind = (await group_buying.find(campaign.supply)).leader if campaign.supply else None
    if behind is None or behind == campaign.leader:
        return None
    return None if _bar(await promoters.find(behind), own_emails) else behind


def _bar(leader: promoters.Promoter, own_emails: set[str]) -> str:
    if leader.email.lower() in own_emails:
        return "own_purchase"
    return "" if leader.status == "approved" else "promoter_not_approved"
