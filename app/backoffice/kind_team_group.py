"""Team groups in the merchant's form and on the campaign's page: the rules of a team, and how each team goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import tenants
from app import group_buying
from app.backoffice.campaign_kind import KindForm, Values, Wrong
from app.group_buying import Campaign, Item, TeamGroupTerms, Terms
from app.kernel.i18n import N_
from app.kernel.money import InvalidAmount, parse_amount, plain_amount

BENEFITS = ("none", "price", "reward")
MOST_PEOPLE, MOST_HOURS = 100, 24 * 14
PEOPLE = N_("A team has 2 to 100 people.")
HOURS = N_("A team has 1 to 336 hours.")
AMOUNT = N_("Say how much.")
TOO_MUCH = N_("This is more than the goods cost in the campaign.")


class TeamGroupForm(KindForm):
    start = {
        "people": "3", "team_hours": "24", "alone": "yes", "leader_benefit": "none", "at_close": "run_out",
        "merchant_completes": "yes",
    }  # fmt: skip
    hours = 72
    usual_percent = 90

    def terms(self, kind: str, values: Values, wrong: Wrong) -> Terms:
        benefit, at_close = values.get("leader_benefit", "none"), values.get("at_close", "run_out")
        return TeamGroupTerms(
            people=_count("people", values, 2, MOST_PEOPLE, PEOPLE, wrong),
            hours=_count("team_hours", values, 1, MOST_HOURS, HOURS, wrong),
            alone=values.get("alone") == "yes",
            leader_benefit=cast(Any, benefit if benefit in BENEFITS else "none"),
            leader_amount=_amount(values, wrong) if benefit in ("price", "reward") else 0,
            at_close="fail" if at_close == "fail" else "run_out",
            merchant_completes=values.get("merchant_completes") == "yes",
            completes_itself=values.get("completes_itself") == "yes",
        )

    def values(self, campaign: Campaign) -> dict[str, str]:
        terms = cast(TeamGroupTerms, campaign.terms)
        amount = plain_amount(terms.leader_amount, tenants.current().currency) if terms.leader_amount else ""
        return {
            "people": str(terms.people), "team_hours": str(terms.hours), "alone": _yes(terms.alone),
            "leader_benefit": terms.leader_benefit, "leader_amount": amount, "at_close": terms.at_close,
            "merchant_completes": _yes(terms.merchant_completes), "completes_itself": _yes(terms.completes_itself),
        }  # fmt: skip

    async def page(self, campaign: Campaign, items: Sequence[Item]) -> dict[str, Any]:
        found = await group_buying.teams.listed(campaign.id)
        return {"teams": found, "members": await group_buying.seats.members_of([team.id for team in found])}


def _yes(value: bool) -> str:
    return "yes" if value else ""


def _count(field: str, values: Values, least: int, most: int, refusal: str, wrong: Wrong) -> int:
    text = values.get(field, "").strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and least <= int(text) <= most):
        wrong[field] = refusal
        return least
    return int(text)


def _amount(values: Values, wrong: Wrong) -> int:
    """A reward stays below what the cheapest unit costs: an order of which everything goes back is not sent."""
    currency = tenants.current().currency
    prices = []
    try:
        amount = parse_amount(values.get("leader_amount", "").strip() or "0", currency)
    except InvalidAmount as error:
        wrong["leader_amount"] = error.message
        return 0
    for name, text in values.items():
        if name.startswith("price_"):
            try:
                prices.append(parse_amount(text.strip(), currency))
            except InvalidAmount:
                continue  # said at its own field
    if amount <= 0:
        wrong["leader_amount"] = AMOUNT
    least = min(prices, default=amount)
    if amount > least or (amount == least and prices and values.get("leader_benefit") == "reward"):
        wrong["leader_amount"] = TOO_MUCH
    return amount
