"""A demand test in the back office: what is measured against which target, and what the numbers say so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import tenants
from app import group_buying, presale
from app.backoffice.campaign_kind import KindForm, Values, Wrong
from app.backoffice.deposit_fields import deposit_values, read_deposits, start_deposit
from app.backoffice.interval_chart import draw
from app.flows.mode_demand_test import count, judge
from app.group_buying import Campaign, DemandTestTerms, Item, Terms
from app.kernel.clock import now
from app.kernel.i18n import N_
from app.kernel.i18n import gettext as _
from app.kernel.money import InvalidAmount, parse_amount, plain_amount

METRICS = {
    "deposits": N_("Paid orders"), "intents": N_("People who say that they want it"),
    "conversion": N_("Paid orders of a hundred views"), "views": N_("Views of the page"),
}  # fmt: skip
NUMBER = N_("Enter a whole number.")
MOST_EXTENSIONS = 5


class DemandTestForm(KindForm):
    start: Mapping[str, str] = {
        "metric": "deposits", "target": "30", "target_percent": "5", "planned_units": "100", "extend_days": "3",
        "extensions": "1", "pays": "full", "balance_days": "7", "at_timeout": "refund",
    }  # fmt: skip
    hours = 24 * 7

    def terms(self, kind: str, values: Values, wrong: Wrong) -> Terms:
        metric = values.get("metric", "")
        chosen: dict[str, Any] = {"metric": metric if metric in METRICS else "deposits"}
        if metric == "conversion":
            chosen["target_bps"] = _percent(values, wrong)
        else:
            chosen["target"] = _number("target", values, wrong, least=1)
        chosen["planned_units"] = _number("planned_units", values, wrong)
        chosen["unit_cost_amount"] = _cost(values, wrong)
        chosen["extend_hours"] = 24 * _number("extend_days", values, wrong, least=1, most=60)
        chosen["extensions"] = _number("extensions", values, wrong, most=MOST_EXTENSIONS)
        if values.get("pays") == "deposit":
            chosen["deposits"], _worth = read_deposits(values, wrong)
            chosen["balance_days"] = _number("balance_days", values, wrong, least=1, most=60)
            chosen["forfeits"] = values.get("at_timeout") == "forfeit"
        return group_buying.terms_of(kind, chosen)

    def values(self, campaign: Campaign) -> dict[str, str]:
        terms = campaign.terms
        if not isinstance(terms, DemandTestTerms):
            return {}
        cost = plain_amount(terms.unit_cost_amount, tenants.current().currency) if terms.unit_cost_amount else ""
        return {
            "metric": terms.metric, "target": str(terms.target), "target_percent": _as_percent(terms.target_bps),
            "planned_units": str(terms.planned_units or ""), "unit_cost": cost,
            "extend_days": str(max(terms.extend_hours // 24, 1)), "extensions": str(terms.extensions),
            "pays": "deposit" if terms.deposits else "full", "balance_days": str(terms.balance_days),
            "at_timeout": "forfeit" if terms.forfeits else "refund", **deposit_values(terms.deposits, {}),
        }  # fmt: skip

    def start_item(self, row: Mapping[str, Any], currency: str) -> dict[str, str]:
        return super().start_item(row, currency) | start_deposit(row, currency)

    async def form(self) -> dict[str, Any]:
        return {"metrics": METRICS}

    async def page(self, campaign: Campaign, items: Sequence[Item]) -> dict[str, Any]:
        test, counted = await presale.test_of(campaign.id), await count(campaign)
        runs = campaign.is_running()
        finding, terms = judge(campaign, test, counted, now() if runs else None), campaign.terms
        planned = terms.planned_units * terms.unit_cost_amount if isinstance(terms, DemandTestTerms) else 0
        return {
            "test": test, "counted": counted, "finding": finding, "drawn": draw(finding), "metrics": METRICS,
            "counts": await presale.count_states(campaign.id), "presale_words": presale.words,
            "whole": judge(campaign, test, counted) if runs and finding.target else None,
            "end_words": _("Nobody can join any more, and everybody gets the money back, whatever was counted."),
            "avoided_amount": planned if test.verdict in ("no_go", "stopped") else 0, "at_stake_amount": planned,
        }  # fmt: skip


def _number(field: str, values: Values, wrong: Wrong, *, least: int = 0, most: int = 10_000_000) -> int:
    text = values.get(field, "").strip() or str(least)
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and least <= int(text) <= most):
        wrong[field] = NUMBER
        return least
    return int(text)


def _percent(values: Values, wrong: Wrong) -> int:
    """`5` or `2.5`, as basis points."""
    whole, _dot, part = values.get("target_percent", "").strip().partition(".")
    part = (part + "00")[:2]
    if not ((whole + part).isascii() and whole.isdecimal() and part.isdecimal() and 0 < int(whole + part) <= 10_000):
        wrong["target_percent"] = N_("Enter a percentage between 0.01 and 100.")
        return 1
    return int(whole + part)


def _as_percent(bps: int) -> str:
    return f"{bps // 100}.{bps % 100:02d}".rstrip("0").rstrip(".")


def _cost(values: Values, wrong: Wrong) -> int:
    text = values.get("unit_cost", "").strip()
    try:
        return parse_amount(text, tenants.current().currency) if text else 0
    except InvalidAmount as error:
        wrong["unit_cost"] = error.message
        return 0
