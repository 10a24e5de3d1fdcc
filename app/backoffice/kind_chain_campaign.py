"""A chain order in the merchant's form: its leader and the shares, what is asked, how goods arrive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

import tenants
from app import group_buying, promoters
from app.backoffice.campaign_kind import KindForm, Values, Wrong
from app.backoffice.settings import basis_points, percent
from app.flows import chain_terms
from app.group_buying import Campaign, ChainTerms, Item, Shares, Terms
from app.kernel.i18n import N_
from app.kernel.money import InvalidAmount, parse_amount, plain_amount

COPIES = """
SELECT copy.id, copy.code, copy.title, copy.status, copy.leader, promoter.name AS leader_name,
    copy.taken_units, copy.last_sequence
FROM campaign AS copy LEFT JOIN promoter ON promoter.id = copy.leader WHERE copy.supply = $1 ORDER BY copy.id
"""


class ChainForm(KindForm):
    start = {"delivery": "express", "ships": "at_once", "leader_rate": "8", "help_rate": "5"}
    hours = 72
    usual_percent = 90

    def terms(self, kind: str, values: Values, wrong: Wrong) -> Terms:
        return chain_terms.read_terms(values, wrong)

    def values(self, campaign: Campaign) -> dict[str, str]:
        known = {"leader": str(campaign.leader or "")}
        return known | chain_terms.values_of(cast(ChainTerms, campaign.terms))

    async def saved_values(self, campaign: Campaign) -> dict[str, str]:
        """Rates are the same for all goods in this form; the supply price is one of each."""
        shares = await group_buying.chains.shares_of(campaign.id)
        values = {
            f"supply_{variant}": plain_amount(each.supply_amount, tenants.current().currency)
            for variant, each in shares.items()
            if each.supply_amount is not None
        }
        for each in list(shares.values())[:1]:
            values |= {"leader_rate": percent(each.leader_bps), "help_rate": percent(each.help_bps)}
        return values

    def leader(self, values: Values, known: Campaign | None, wrong: Wrong) -> UUID | None:
        """A leader who runs it keeps it; the merchant chooses one for a campaign of the store's own."""
        if known and (known.supply or known.status != "draft"):
            return known.leader
        try:
            return UUID(values["leader"]) if values.get("leader") else None
        except ValueError:
            wrong["leader"] = N_("Choose one of the leaders.")
            return None

    def shares(self, variant: UUID, values: Values, currency: str, wrong: Wrong) -> Shares | None:
        if "leader_rate" not in values:
            return None
        leader = basis_points(values["leader_rate"] or "0", "leader_rate", wrong)
        passed_on = basis_points(values.get("help_rate") or "0", "help_rate", wrong)
        if leader > group_buying.chains.HIGHEST_SHARE_BPS:
            wrong["leader_rate"] = N_("The rate is between 0% and 50%.")
        if passed_on > leader and values.get("help_sell") == "yes":
            wrong["help_rate"] = N_("Helpers are paid out of the leader's share, so it cannot be more.")
        try:
            text = values.get(f"supply_{variant}", "").strip()
            supply = parse_amount(text, currency) if text else None
        except InvalidAmount as error:
            wrong[f"supply_{variant}"] = error.message
            supply = None
        return Shares(leader_bps=leader, help_bps=min(passed_on, leader), supply_amount=supply)

    async def page(self, campaign: Campaign, items: Sequence[Item]) -> dict[str, Any]:
        copies = await tenants.connection().fetch(COPIES, campaign.id)
        return {
            "leader": await promoters.find(campaign.leader) if campaign.leader else None,
            "copies": [dict(row) for row in copies],
            "supply": await group_buying.find(campaign.supply) if campaign.supply else None,
            "exports": await group_buying.exports.recent(campaign.id),
            "shares": await group_buying.chains.shares_of(campaign.id),
        }

    async def form(self) -> dict[str, Any]:
        return {"leaders": await promoters.leaders(), "places": chain_terms.PLACES}
