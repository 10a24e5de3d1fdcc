"""The claim of a campaign's leader to its orders, and what leaders of a line share. Not a journey of its own.

The rates are those written beside the campaign's item when it was saved; where nothing was written, the leader's own
rate counts. Of a copied campaign the helper is the leader, and the supplying leader has a share beside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from uuid import UUID

from app import attribution, commissions, group_buying, orders, promoters
from app.group_buying import Shares


@dataclass(frozen=True, slots=True)
class Earner:
    """Who earns at which rate of a line's base (or which fee for each unit), and by which rule; `terms` explain it."""

    promoter: UUID
    rate_bps: int
    rule: str
    role: Literal["promotion", "upline", "co_host"] = "promotion"
    flat_amount: int = 0
    units: int = 0
    terms: Mapping[str, Any] = field(default_factory=dict)

    def amount_of(self, base: int) -> int:
        return commissions.share_amount(base, self.rate_bps, flat_amount=self.flat_amount, units=self.units)


@dataclass(frozen=True, slots=True)
class Claim:
    """`supplier` is the leader behind a copied campaign, if there is one who may earn."""

    leader: attribution.Candidate
    supplier: UUID | None
    shares: Mapping[UUID, Shares]

    @property
    def rule(self) -> str:
        return "help_sell" if self.supplier else attribution.LEADER

    def named(self, earner: Earner) -> Earner:
        """Somebody who earns by the plan, as the leader they are."""
        return replace(earner, rule=self.rule) if earner.rule == "promoter_rate" else earner

    def earners_of(self, variant: UUID) -> list[Earner]:
        """By what was written beside the item, the campaign's leader first; nobody where nothing was written."""
        shares = self.shares.get(variant)
        if shares is None:
            return []
        found = [Earner(self.leader.promoter, shares.leader_bps, self.rule)]
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
