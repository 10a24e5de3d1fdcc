"""The margin guard: whether a sale still covers what it costs when everybody is paid the most the plan allows.

Price >= cost + freight + payment fees + commissions + coupons, for each thing the store sells. Cost is what the catalog
says of a variant, or the share of the price the merchant states where it says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec

from app.commissions.evaluating import Party, Sold, rule_for
from app.commissions.plans import NOBODY, OWN_RATE, Plan, Rule
from app.kernel.money import floor_share


class Good(msgspec.Struct, frozen=True, kw_only=True):
    """A variant at its price, or at the price of a campaign that runs."""

    product: UUID
    variant: UUID
    title: str
    price_amount: int
    cost_amount: int | None = None
    category: str = ""
    campaign: UUID | None = None


class Margin(msgspec.Struct, frozen=True, kw_only=True):
    """What is left of one unit, and of what it went away."""

    good: Good
    coupon_amount: int
    cost_amount: int
    freight_amount: int
    fee_amount: int
    commission_amount: int

    @property
    def left_amount(self) -> int:
        return self.good.price_amount - (
            self.coupon_amount + self.cost_amount + self.freight_amount + self.fee_amount + self.commission_amount
        )


def margins(plan: Plan, goods: Iterable[Good], levels: Sequence[UUID], own_bps: int) -> list[Margin]:
    """What is left of each, the worst first; `own_bps` is the highest rate a promoter has of their own."""
    guard, found = plan.guard, []
    for good in goods:
        coupon = floor_share(good.price_amount, guard.coupon_bps)
        paid = good.price_amount - coupon
        cost = floor_share(good.price_amount, guard.cost_bps) if good.cost_amount is None else good.cost_amount
        margin = Margin(
            good=good, coupon_amount=coupon, cost_amount=cost, freight_amount=guard.freight_amount,
            fee_amount=floor_share(paid, guard.fee_bps), commission_amount=_most(plan, good, paid, levels, own_bps),
        )  # fmt: skip
        found.append(margin)
    return sorted(found, key=lambda one: (one.left_amount, one.good.title))


def most_bps(rule: Rule, own_bps: int) -> int:
    """As much of the base as the rule's percentages can be together, whoever sells."""
    if rule.shape == OWN_RATE:
        return own_bps
    if rule.shape == "differential":
        return max(rule.rates[0], *rule.by_level.values(), 0)
    return rule.rates[0] if rule.shape == "cascade" else sum(rule.rates)


def _most(plan: Plan, good: Good, paid: int, levels: Sequence[UUID], own_bps: int) -> int:
    """Of the rules that may choose this thing, what the dearest pays, within the cap."""
    sold = Sold(
        base_amount=paid, campaign=good.campaign, variant=good.variant, product=good.product, category=good.category
    )
    cap = floor_share(paid, plan.cap_bps)
    rules = [rule_for(plan, sold, Party(promoter=NOBODY, level=level)) for level in (None, *levels)]
    return max(
        min(cap, sum(rule.fees) if rule.shape == "flat" else floor_share(paid, most_bps(rule, own_bps)))
        for rule in rules
    )
