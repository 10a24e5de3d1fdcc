"""The form of a commission plan: what was typed, the plan it means, and plans to start from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from app.backoffice.settings import basis_points, percent
from app.commissions import (
    DECLARED,
    HIGHEST_CAP_BPS,
    MOST_LEVELS,
    NOBODY,
    SCOPES,
    SHAPES,
    Guard,
    Party,
    Plan,
    Rule,
    Share,
    Sold,
    evaluate,
)
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.kernel.money import InvalidAmount, parse_amount, plain_amount

Values = dict[str, str]
MOST_RULES = 20
PRESETS = {
    "everybody": N_("Everybody the same"),
    "by_level": N_("By level"),
    "two_levels": N_("Two levels"),
    "flat": N_("A fee for each unit"),
}
DETAILS = {
    "everybody": N_("One percentage for whoever sold, like 10%."),
    "by_level": N_("Better levels earn more, like 8% to 12%."),
    "two_levels": N_("Whoever sold, and a little for who looks after them."),
    "flat": N_("The same amount for every unit, whatever it costs."),
}
NEEDED = N_("This is needed.")


def preset(name: str, levels: Sequence[UUID], *, usual_bps: int) -> Plan:
    """A plan to start from; only a suggestion until it is saved."""
    facts: dict[str, tuple[Rule, ...]] = {
        "everybody": (Rule(id=new_id(), rates=(usual_bps,)),),
        "by_level": (
            Rule(
                id=new_id(), shape="differential", rates=(usual_bps,),
                by_level={str(level): min(5_000, usual_bps + 200 * step) for step, level in enumerate(levels, start=1)},
            ),
        ),
        "two_levels": (Rule(id=new_id(), depth=2, rates=(usual_bps, 300)),),
        "flat": (Rule(id=new_id(), shape="flat", fees=(500,)),),
    }  # fmt: skip
    return Plan(id=NOBODY, version=0, cap_bps=3_000, rules=facts.get(name, facts["everybody"]))


def values_of(plan: Plan, currency: str) -> Values:
    guard = plan.guard
    values = {
        "name": plan.name, "note": plan.note, "cap": percent(plan.cap_bps), "channel": plan.channel,
        "guard": "refuse" if guard.refuses else "warn", "cost": percent(guard.cost_bps), "fee": percent(guard.fee_bps),
        "coupon": percent(guard.coupon_bps), "freight": plain_amount(guard.freight_amount, currency),
        "rules": str(len(plan.rules)), **{f"declared_{name}": "yes" for name in plan.declared},
    }  # fmt: skip
    for number, rule in enumerate(plan.rules):
        values |= {f"r{number}_{name}": value for name, value in _rule_values(rule, currency).items()}
    return values


def _rule_values(rule: Rule, currency: str) -> Values:
    typed = [plain_amount(fee, currency) for fee in rule.fees] or [percent(bps) for bps in rule.rates]
    return {
        "name": rule.name, "on": f"{rule.scope}:{rule.target}", "priority": str(rule.priority), "shape": rule.shape,
        "depth": str(rule.depth), **{f"rate{seat}": text for seat, text in enumerate(typed)},
        **{f"level_{level}": percent(bps) for level, bps in rule.by_level.items()},
    }  # fmt: skip


def count_of(values: Mapping[str, str]) -> int:
    text = values.get("rules", "1")
    return min(int(text), MOST_RULES) if text.isdecimal() and len(text) < 4 else 1


def without(values: Values, gone: int) -> Values:
    """The form with one rule less; those behind move up."""
    kept = {name: text for name, text in values.items() if not name.startswith("r") or "_" not in name}
    for old in range(count_of(values)):
        if old != gone:
            prefix, moved = f"r{old}_", f"r{old - (old > gone)}_"
            kept |= {moved + name[len(prefix) :]: text for name, text in values.items() if name.startswith(prefix)}
    return kept | {"rules": str(max(1, count_of(values) - 1))}


def read_plan(values: Mapping[str, str], levels: Sequence[UUID], currency: str) -> Plan:
    """Raises InvalidInput naming every field that cannot be read."""
    wrong: dict[str, str] = {}
    guard = Guard(
        refuses=values.get("guard") != "warn", cost_bps=_share("cost", values, wrong),
        fee_bps=_share("fee", values, wrong), coupon_bps=_share("coupon", values, wrong),
        freight_amount=_amount("freight", values, currency, wrong),
    )  # fmt: skip
    plan = Plan(
        id=NOBODY, version=0, name=values.get("name", "").strip()[:80], note=values.get("note", "").strip()[:500],
        cap_bps=_share("cap", values, wrong, most=HIGHEST_CAP_BPS), guard=guard,
        channel="wechat" if values.get("channel") == "wechat" else "own",
        declared=tuple(name for name in DECLARED if values.get(f"declared_{name}") == "yes"),
        rules=tuple(_rule(f"r{number}_", values, levels, currency, wrong) for number in range(count_of(values))),
    )  # fmt: skip
    if wrong:
        raise InvalidInput(wrong)
    return plan


def _rule(at: str, values: Mapping[str, str], levels: Sequence[UUID], currency: str, wrong: dict[str, str]) -> Rule:
    scope, _colon, target = values.get(f"{at}on", "tenant:").partition(":")
    shape, depth = values.get(f"{at}shape", "parallel"), values.get(f"{at}depth", "1")
    if scope not in SCOPES or (scope == "tenant") == bool(target) or len(target) > 200:
        wrong[f"{at}on"] = N_("Choose one of the offered values.")
    if shape not in SHAPES or depth not in {str(one) for one in range(1, MOST_LEVELS + 1)}:
        wrong[f"{at}shape"] = N_("Choose one of the offered values.")
        shape, depth = "parallel", "1"
    seats = range(1 if shape == "differential" else int(depth))
    upper = 10_000 if shape == "cascade" else HIGHEST_CAP_BPS
    fees = tuple(_amount(f"{at}rate{seat}", values, currency, wrong, needed=True) for seat in seats)
    return Rule(
        id=new_id(), name=values.get(f"{at}name", "").strip()[:80], scope=scope, target=target,
        priority=_priority(f"{at}priority", values, wrong), shape=shape, depth=int(depth),
        fees=fees if shape == "flat" else (),
        rates=() if shape == "flat" else tuple(
            _share(f"{at}rate{seat}", values, wrong, most=upper if seat else HIGHEST_CAP_BPS, needed=True)
            for seat in seats
        ),
        by_level={
            str(level): _share(f"{at}level_{level}", values, wrong, most=HIGHEST_CAP_BPS) for level in levels
            if shape == "differential" and values.get(f"{at}level_{level}", "").strip()
        },
    )  # fmt: skip


def _priority(field: str, values: Mapping[str, str], wrong: dict[str, str]) -> int:
    text = values.get(field, "").strip() or "0"
    if not text.isdecimal() or len(text) > 3:
        wrong[field] = N_("Enter a whole number.")
        return 0
    return int(text)


def _share(
    field: str, values: Mapping[str, str], wrong: dict[str, str], *, most: int = 10_000, needed: bool = False
) -> int:
    text = values.get(field, "").strip()
    if not text:
        if needed:
            wrong[field] = NEEDED
        return 0
    bps = basis_points(text, field, wrong)
    if bps > most:
        wrong[field] = N_("This is more than 50%.") if most < 10_000 else N_("This is more than 100%.")
    return bps


def _amount(
    field: str, values: Mapping[str, str], currency: str, wrong: dict[str, str], *, needed: bool = False
) -> int:
    text = values.get(field, "").strip()
    if not text and not needed:
        return 0
    try:
        return parse_amount(text, currency)
    except InvalidAmount as error:
        wrong[field] = error.message
        return 0


class Example(msgspec.Struct, frozen=True):
    """What one rule pays of an imagined sale, and what the store keeps of the price."""

    rule: Rule
    shares: tuple[Share, ...]
    left_amount: int


def examples(plan: Plan, levels: Sequence[UUID], price: int, units: int) -> list[Example]:
    """Three people stand above each other, the better level above: the sale of each rule, one after the other."""
    ladder = [None, *levels] if len(levels) < 3 else [*levels]
    chain = [
        Party(promoter=UUID(int=seat + 1), level=ladder[min(seat, len(ladder) - 1)]) for seat in range(MOST_LEVELS)
    ]
    found = []
    for rule in plan.rules:
        alone = msgspec.structs.replace(rule, scope="tenant", target="")
        shares = evaluate(msgspec.structs.replace(plan, rules=(alone,)), Sold(base_amount=price, units=units), chain)
        found.append(Example(rule, tuple(shares), price - sum(share.amount for share in shares)))
    return found
