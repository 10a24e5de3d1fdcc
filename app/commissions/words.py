"""How all sides name shapes, scopes and states of plans. English texts, translated where they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.commissions.plans import OWN_RATE, Plan, Rule
from app.kernel.clock import now
from app.kernel.formats import money, rate
from app.kernel.i18n import N_, gettext

SHAPES = {
    "parallel": N_("A percentage for each"),
    "differential": N_("By level, those above get the difference"),
    "cascade": N_("Those above are paid out of the share below"),
    "flat": N_("A fee for each unit"),
    OWN_RATE: N_("Each promoter's own rate"),
}
SEATS = (N_("Who sold"), N_("One above"), N_("Two above"))
DEPTHS = (N_("Only who sold"), N_("Who sold and one above"), N_("Who sold and two above"))
SCOPES = {
    "tenant": N_("Everything"),
    "category": N_("Category"),
    "product": N_("Product"),
    "variant": N_("Variant"),
    "campaign": N_("Campaign"),
    "promoter_level": N_("Level of who sold"),
}
CHANNELS = {"own": N_("The store's own links and pages"), "wechat": N_("WeChat, which allows two levels")}
ROLES = {
    "promotion": N_("for bringing the shopper"),
    "upline": N_("for a sale of somebody below"),
    "pickup": N_("for handing out"),
    "co_host": N_("for hosting together"),
}
STEPS = {
    "estimated": N_("The order was placed"),
    "accrued": N_("The order was paid"),
    "earned": N_("The customer received the goods"),
    "available": N_("The days of return were over"),
    "reversed": N_("Refunded, so this part went back"),
    "refused": N_("The store looked at it and refused it"),
}
TAKEN_FROM = {
    "available": N_("taken from what could be withdrawn"),
    "debt": N_("it was paid out already; the next commission repays it"),
}
STATES = {
    "estimated": (N_("Unpaid"), "warn"), "accrued": (N_("Paid"), "ok"), "earned": (N_("Received"), "ok"),
    "frozen": (N_("Frozen"), "info"), "available": (N_("Ready to withdraw"), "ok"),
    "reserved": (N_("In a withdrawal"), "info"), "paid": (N_("Paid out"), "ok"),
    "held": (N_("Held for review"), "warn"), "reversed": (N_("Taken back"), "bad"), "canceled": (N_("Canceled"), ""),
}  # fmt: skip
RULES = {
    "plan": N_("Commission plan"),
    "promoter_rate": N_("The promoter's own rate"),
    "leader": N_("Terms of the campaign for its leader"),
    "help_sell": N_("Terms of the campaign for who helps to sell"),
    "supply_leader": N_("Terms of the campaign for its first leader"),
    "pickup_share": N_("Terms of the campaign for handing out"),
    "cps_share": N_("A share of what the network pays"),
}


def status_of(plan: Plan, current: int) -> tuple[str, str]:
    """What a version is to the store, and the kind of badge; `current` is the number of the one in force."""
    if plan.status == "draft":
        return gettext("Draft"), "warn"
    if plan.status == "retired":
        return gettext("Withdrawn"), ""
    if plan.version == current:
        return gettext("In force"), "ok"
    later = plan.valid_from is not None and plan.valid_from > now()
    return (gettext("Planned"), "info") if later else (gettext("Replaced"), "")


def sentence(rule: Rule, currency: str, levels: Mapping[str, str]) -> str:
    """The rule as a person would say it."""
    if rule.shape == OWN_RATE:
        return gettext(SHAPES[OWN_RATE])
    if rule.shape == "flat":
        parts = [f"{gettext(seat)} {money(fee, currency)}" for seat, fee in zip(SEATS, rule.fees, strict=False)]
        return gettext("%(parts)s for each unit") % {"parts": " · ".join(parts)}
    if rule.shape == "differential":
        named = [f"{name} {rate(rule.by_level.get(level, rule.rates[0]))}" for level, name in levels.items()]
        parts = [f"{gettext('No level')} {rate(rule.rates[0])}", *named]
        text = gettext("%(parts)s; those above get the difference") if rule.depth > 1 else "%(parts)s"
        return text % {"parts": " · ".join(parts)}
    parts = [f"{gettext(seat)} {rate(bps)}" for seat, bps in zip(SEATS, rule.rates, strict=False)]
    chained = rule.shape == "cascade" and rule.depth > 1
    return (gettext("%(parts)s, each of the share below") if chained else "%(parts)s") % {"parts": " · ".join(parts)}


def difference(
    before: Plan | None, after: Plan, currency: str, levels: Mapping[str, str], names: Mapping[str, str]
) -> tuple[list[str], list[str]]:
    """What the later version no longer says, and what it says anew."""
    old, new = (
        ([] if before is None else _lines(before, currency, levels, names)),
        _lines(after, currency, levels, names),
    )
    return [line for line in old if line not in new], [line for line in new if line not in old]


def target(rule: Any, names: Mapping[str, str]) -> str:
    """What the rule is for, by name; something that is gone keeps its scope."""
    scope = gettext(SCOPES[rule.scope])
    if rule.scope == "tenant":
        return scope
    return f"{scope}: {rule.target if rule.scope == 'category' else names.get(rule.target, '–')}"


def _lines(plan: Plan, currency: str, levels: Mapping[str, str], names: Mapping[str, str]) -> list[str]:
    facts = [
        gettext("At most %(cap)s of a line") % {"cap": rate(plan.cap_bps)},
        gettext("Sold through: %(channel)s") % {"channel": gettext(CHANNELS[plan.channel])},
    ]
    return facts + [f"{target(rule, names)}: {sentence(rule, currency, levels)}" for rule in plan.rules]
