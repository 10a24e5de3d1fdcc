"""The compliance gate: ten rules a plan must pass before it is published, asked again every night.

Each rule has a stable id, a sentence that says why not, and evidence to look at. It is guidance built into software,
written after the rules against pyramid selling; it is no legal advice, and the pages say so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

import msgspec

from app.commissions.margins import Good, Margin, margins
from app.commissions.plans import MOST_LEVELS, Plan
from app.kernel.errors import Refusal
from app.kernel.i18n import N_

FILING_PEOPLE = 30  # From so many people and three levels on, the law looks closer.
MOST_NAMED = 8

RULES = {
    "CG-1": N_("Nothing is paid for recruiting people"),
    "CG-2": N_("Becoming a promoter costs nothing"),
    "CG-3": N_("Commission goes no deeper than the channel allows"),
    "CG-4": N_("Nothing is paid for other people's teams alone"),
    "CG-5": N_("Levels do not count heads"),
    "CG-6": N_("Paid membership makes nobody a promoter"),
    "CG-7": N_("Nobody has to buy stock"),
    "CG-8": N_("Every sale still covers what it costs"),
    "CG-9": N_("Commission comes only from settled sales"),
    "CG-10": N_("Promoters can read when commission is due and when it is taken back"),
}
# What a merchant may say that promoters get or have to do, and the rule that forbids it.
DECLARED = {
    "recruit_bonus": ("CG-1", N_("Cash or points for bringing another promoter")),
    "joining_fee": ("CG-2", N_("A fee or a deposit to become a promoter")),
    "joining_purchase": ("CG-2", N_("A first purchase to become a promoter")),
    "team_bonus": ("CG-4", N_("A bonus for the size or the sales of a team")),
    "headcount_task": ("CG-5", N_("Levels that need a number of recruited people")),
    "membership_role": ("CG-6", N_("Paid membership includes being a promoter")),
    "forced_stock": ("CG-7", N_("Promoters keep stock, or stock that cannot be returned")),
}
REFUSALS = {
    "CG-1": N_("Paying for recruited people, in cash or points, is what the law calls pyramid selling. Pay for sales."),
    "CG-2": N_("A fee, a deposit or a purchase to become a promoter is not allowed. Let people join for nothing."),
    "CG-3": N_("This pays people too far from the sale. Take the outermost level away."),
    "CG-4": N_("This pays for a team without paying whoever sold. Pay the seller first, from each sale."),
    "CG-5": N_("Levels may depend on own sales and service, never on how many people somebody brought."),
    "CG-6": N_("Keep membership and promoting apart: whoever pays for membership gets no right to commission."),
    "CG-7": N_("Nobody may be made to take stock, or stock that cannot be given back."),
    "CG-8": N_("With everybody paid in full, these sales would cost more than they bring."),
    "CG-9": N_("Commission was released for orders that are not paid. Ask the platform's staff before you publish."),
    "CG-10": N_("Commission would be due at once, so nothing could be taken back. Set days of return in the terms."),
}
WARNINGS = {
    "CG-3": N_("Three levels and thirty people or more is where the law looks closer. Two levels are safer."),
    "CG-8": N_(
        "With everybody paid in full, these sales would cost more than they bring. You chose to be only warned."
    ),
    "CG-10": N_("Your terms for promoters say nothing of refunds. Their pages do; write it into the terms as well."),
    "CG-8-unknown": N_("The cost of these is not known, so they are counted as costing nothing. State a usual cost."),
}


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What the store is like: its goods, its people and when commission is due."""

    goods: Sequence[Good] = ()
    levels: Sequence[UUID] = ()
    highest_own_bps: int = 0
    people: int = 0
    freeze_days: int = 15
    unpaid_released: int = 0
    terms_say_it: bool = True


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Why not, or what to think about. Texts are English msgids; `evidence` names what to look at."""

    rule: str
    text: str
    refuses: bool = True
    evidence: tuple[str, ...] = ()
    goods: tuple[Margin, ...] = ()


class NotCompliant(Refusal):
    """The plan breaks rules of the gate; nothing was published."""

    code = "commissions.not_compliant"
    status = 422
    message = "This plan cannot be published: %(rules)s. Open it to read why."

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(rules=", ".join(dict.fromkeys(one.rule for one in findings if one.refuses)))
        self.findings = tuple(findings)


def review(plan: Plan, facts: Facts) -> list[Finding]:
    """Everything the gate has to say, by rule; empty when all is well."""
    found = [
        Finding(rule=DECLARED[name][0], text=REFUSALS[DECLARED[name][0]], evidence=(DECLARED[name][1],))
        for name in plan.declared
        if name in DECLARED
    ]
    found += [*_depth(plan, facts), *_teams(plan), *_margins(plan, facts), *_settled(facts)]
    order = list(RULES)
    return sorted(found, key=lambda one: order.index(one.rule))


def refuses(findings: Sequence[Finding]) -> bool:
    return any(one.refuses for one in findings)


def deepest(channel: Literal["own", "wechat"] | str) -> int:
    """How many people of one line may be paid for a sale, whoever sold included."""
    return 2 if channel == "wechat" else MOST_LEVELS


def _depth(plan: Plan, facts: Facts) -> list[Finding]:
    deep = [rule for rule in plan.rules if rule.depth > deepest(plan.channel)]
    if deep:
        return [Finding(rule="CG-3", text=REFUSALS["CG-3"], evidence=tuple(rule.name for rule in deep))]
    if facts.people >= FILING_PEOPLE and any(rule.depth >= MOST_LEVELS for rule in plan.rules):
        return [Finding(rule="CG-3", text=WARNINGS["CG-3"], refuses=False, evidence=(str(facts.people),))]
    return []


def _teams(plan: Plan) -> list[Finding]:
    """A rule that gives something to those above and nothing to whoever sold."""
    empty = [
        rule for rule in plan.rules
        if rule.depth > 1 and not (rule.fees or rule.rates)[0] and any((rule.fees or rule.rates)[1:])
    ]  # fmt: skip
    return [Finding(rule="CG-4", text=REFUSALS["CG-4"], evidence=tuple(rule.name for rule in empty))] if empty else []


def _margins(plan: Plan, facts: Facts) -> list[Finding]:
    found, every = [], margins(plan, facts.goods, facts.levels, facts.highest_own_bps)
    if below := [one for one in every if one.left_amount < 0]:
        refuses = plan.guard.refuses
        text = REFUSALS["CG-8"] if refuses else WARNINGS["CG-8"]
        found.append(Finding(rule="CG-8", text=text, refuses=refuses, goods=tuple(below)))
    unknown = [one for one in every if one.good.cost_amount is None and not plan.guard.cost_bps]
    if unknown:
        found.append(Finding(rule="CG-8", text=WARNINGS["CG-8-unknown"], refuses=False, goods=tuple(unknown)))
    return found


def _settled(facts: Facts) -> list[Finding]:
    found = []
    if facts.unpaid_released:
        found.append(Finding(rule="CG-9", text=REFUSALS["CG-9"], evidence=(str(facts.unpaid_released),)))
    if facts.freeze_days < 1:
        found.append(Finding(rule="CG-10", text=REFUSALS["CG-10"], evidence=("0",)))
    elif not facts.terms_say_it:
        found.append(Finding(rule="CG-10", text=WARNINGS["CG-10"], refuses=False))
    return found


def evidence_of(findings: Sequence[Finding]) -> Mapping[str, Any]:
    """What a ticket or a pack keeps of it."""
    return {
        one.rule: [*one.evidence, *(margin.good.title for margin in one.goods[:MOST_NAMED])]
        for one in findings if one.refuses
    }  # fmt: skip
