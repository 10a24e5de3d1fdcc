"""What a commission plan is: rules for goods, in force from a date; one version follows the other.

Of the rules that fit a line the highest priority counts, then the most specific, then the newest. What no rule names
is paid at each promoter's own rate, which is also how a store pays that has no plan at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec

MOST_LEVELS = 3  # Who sold and two above. The ceiling of the law, not a setting.
HIGHEST_CAP_BPS = 5_000
SHAPES = ("parallel", "differential", "cascade", "flat")
SCOPES = ("campaign", "variant", "product", "category", "promoter_level", "tenant")  # the most specific first
OWN_RATE = "own_rate"
NOBODY = UUID(int=0)
NEVER = datetime.min.replace(tzinfo=UTC)


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """Rates are basis points: of the base, or in a cascade above the first of the share before; fees are per unit."""

    id: UUID
    name: str = ""
    scope: str = "tenant"
    target: str = ""
    priority: int = 0
    shape: str = "parallel"
    depth: int = 1
    rates: tuple[int, ...] = ()
    fees: tuple[int, ...] = ()
    by_level: dict[str, int] = {}
    created_at: datetime = NEVER


class Guard(msgspec.Struct, frozen=True, kw_only=True):
    """What the margin guard counts beside commission. Shares are of the price; freight is what sending a unit costs."""

    refuses: bool = True
    cost_bps: int = 0
    freight_amount: int = 0
    fee_bps: int = 0
    coupon_bps: int = 0


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """`declared` names what promoters are given or asked for beside commission, as the merchant says."""

    id: UUID
    version: int
    name: str = ""
    status: str = "draft"
    valid_from: datetime | None = None
    retired_at: datetime | None = None
    cap_bps: int = HIGHEST_CAP_BPS
    channel: str = "own"
    guard: Guard = Guard()
    declared: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    note: str = ""
    created_by: str = ""
    created_at: datetime = NEVER
    published_by: str = ""
    published_at: datetime | None = None


class Term(msgspec.Struct, frozen=True):
    """A plan and the time it is in force; the first begins with the store, the last has no end."""

    plan: Plan
    starts_at: datetime
    ends_at: datetime | None = None


OWN_RATES = Plan(id=NOBODY, version=0, status="published", cap_bps=10_000, rules=(Rule(id=NOBODY, shape=OWN_RATE),))


def terms(plans: Sequence[Plan]) -> list[Term]:
    """Which plan is in force when. A plan that was withdrawn leaves everybody their own rate."""
    started = sorted((plan for plan in plans if _ever_in_force(plan)), key=lambda plan: (plan.valid_from, plan.version))
    moments: list[tuple[datetime, Plan]] = [(NEVER, OWN_RATES)]
    for plan, after in zip(started, [*started, None][1:], strict=True):
        starts_at, next_at = plan.valid_from or NEVER, after.valid_from if after else None
        if starts_at == next_at:
            continue
        moments.append((starts_at, plan))
        if plan.retired_at and (next_at is None or plan.retired_at < next_at):
            moments.append((plan.retired_at, OWN_RATES))
    ends = [at for at, _plan in moments[1:]]
    return [Term(plan, at, end) for (at, plan), end in zip(moments, [*ends, None], strict=True)]


def in_force(plans: Sequence[Plan], at: datetime) -> Term:
    return next(term for term in reversed(terms(plans)) if term.starts_at <= at)


def terms_within(plans: Sequence[Plan], at: datetime, kept_for: timedelta) -> list[Term]:
    """What is in force at that moment, before it what was until shortly before; the newest first."""
    return [
        term for term in reversed(terms(plans))
        if term.starts_at <= at and (term.ends_at is None or term.ends_at > at - kept_for)
    ]  # fmt: skip


def _ever_in_force(plan: Plan) -> bool:
    if plan.status == "draft" or plan.valid_from is None:
        return False
    return plan.retired_at is None or plan.retired_at > plan.valid_from
