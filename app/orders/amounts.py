"""What an order costs, computed from lines and rules alone.

The order of the steps is fixed, because another order gives other cents:

1. list price x quantity;
2. campaign price or member price per unit, whichever is lower, never both (the campaign's when they are equal);
3. the coupon - one per order - on what its goods cost then;
4. points, up to their share of what all goods cost then;
5. freight, by what the goods cost after every cut;
6. tax, on goods after cuts and (if the rule says so) freight.

Coupon, points and tax are sums of the whole order, freight is one of each parcel; they are spread over the lines they
are about in proportion to what the lines cost at that step: by the largest remainder, the earlier line first when they
tie. Nothing goes below zero.
Amounts that the currency is not paid in (cents of TWD) do not arise where prices have none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from app.kernel.money import spread
from app.orders.price_rules import Freight, FreightRule, PriceLine, PriceRules

ENGINE = 1  # Raised when the arithmetic changes, so that old orders are computed by the old one.


@dataclass(frozen=True, slots=True)
class PricedLine:
    """Amounts of one line; cuts are positive here. Shares are stored, never computed again from the whole."""

    list_amount: int
    member_amount: int = 0
    campaign_amount: int = 0
    coupon_amount: int = 0
    points_amount: int = 0
    freight_amount: int = 0
    tax_amount: int = 0
    tax_included: int = 0

    @property
    def goods_amount(self) -> int:
        return self.list_amount

    @property
    def discount_amount(self) -> int:
        return self.member_amount + self.campaign_amount + self.coupon_amount + self.points_amount

    @property
    def worth(self) -> int:
        """The goods after every price cut."""
        return self.list_amount - self.discount_amount

    @property
    def total_amount(self) -> int:
        return self.worth + self.freight_amount + self.tax_amount

    @property
    def breakdown(self) -> dict[str, int]:
        """From the list price to what is paid; cuts are negative, and what does not apply is absent, not zero."""
        steps = {
            "member": -self.member_amount, "campaign": -self.campaign_amount, "coupon": -self.coupon_amount,
            "points": -self.points_amount, "freight": self.freight_amount, "tax": self.tax_amount,
            "tax_included": self.tax_included,
        }  # fmt: skip
        applied = {name: amount for name, amount in steps.items() if amount}
        return {"list": self.list_amount} | applied | {"total": self.total_amount}


@dataclass(frozen=True, slots=True)
class Priced:
    """All lines, in order. `coupon_base` is what the coupon's goods cost before it; `points` are those it takes."""

    lines: tuple[PricedLine, ...]
    coupon_base: int = 0
    points: int = 0

    def sum(self, name: str) -> int:
        """The order's amount of that name: `member_amount`, `freight_amount`, `total_amount`."""
        return sum(getattr(line, name) for line in self.lines)

    @property
    def goods_amount(self) -> int:
        return self.sum("goods_amount")

    @property
    def discount_amount(self) -> int:
        return self.sum("discount_amount")

    @property
    def freight_amount(self) -> int:
        return self.sum("freight_amount")

    @property
    def tax_amount(self) -> int:
        return self.sum("tax_amount")

    @property
    def total_amount(self) -> int:
        return self.sum("total_amount")


LIST_PRICES, NO_FREIGHT = PriceRules(), Freight()


def price(lines: Sequence[PriceLine], rules: PriceRules = LIST_PRICES, freight: FreightRule = NO_FREIGHT) -> Priced:
    """Price the lines; the same arguments give the same cents, today and in ten years."""
    if not lines:
        return Priced(())
    step, listed = rules.step, [line.list_amount for line in lines]
    campaign, member = zip(*(_unit_cuts(line, rules) for line in lines), strict=True)
    worth = _minus(listed, campaign, member)

    covered = [rules.coupon is not None and rules.coupon.covers(line) for line in lines]
    base = sum(amount for amount, on in zip(worth, covered, strict=True) if on)
    coupon = _share(rules.coupon.cut(base, step) if rules.coupon else 0, worth, covered, step)
    worth = _minus(worth, coupon)

    points = _share(rules.points.cut(sum(worth), step) if rules.points else 0, worth, [True] * len(lines), step)
    worth = _minus(worth, points)

    parcels = [_share(amount, worth, holds, step) for amount, holds in freight.parcels(lines, worth)]
    sent = [sum(shares) for shares in zip(*parcels, strict=True)] or [0] * len(lines)
    tax, included = _tax(lines, rules, worth, sent)
    columns = zip(listed, member, campaign, coupon, points, sent, tax, included, strict=True)
    spent = rules.points.spent(sum(points)) if rules.points else 0
    return Priced(tuple(PricedLine(*amounts) for amounts in columns), base, spent)


def price_record(lines: Sequence[PriceLine], rules: PriceRules, freight: FreightRule, priced: Priced) -> dict[str, Any]:
    """Everything `price` was given, as JSON for the order's row, and what delivery of each line came to."""
    return {
        "engine": ENGINE,
        "rules": msgspec.to_builtins(rules),
        "freight": freight.record() | {"charged": [line.freight_amount for line in priced.lines]},
        "lines": msgspec.to_builtins(lines),
    }


def _unit_cuts(line: PriceLine, rules: PriceRules) -> tuple[int, int]:
    """What the campaign and what the member level takes off this line; one of them is zero."""
    by_member = rules.member.unit_cut(line.unit_amount, rules.step) if rules.member else 0
    by_campaign = max(line.unit_amount - line.campaign_amount, 0) if line.campaign_amount is not None else 0
    if by_campaign >= by_member:
        return by_campaign * line.quantity, 0
    return 0, by_member * line.quantity


def _tax(
    lines: Sequence[PriceLine], rules: PriceRules, worth: Sequence[int], freight: Sequence[int]
) -> tuple[Sequence[int], Sequence[int]]:
    """Tax that is added, and tax that the prices contain, per line."""
    nothing = [0] * len(lines)
    if rules.tax is None:
        return nothing, nothing
    taxable = [line.taxable for line in lines]
    sent = freight if rules.tax.on_freight else nothing
    bases = [(goods + sent) * on for goods, sent, on in zip(worth, sent, taxable, strict=True)]
    shares = _share(rules.tax.of(sum(bases), rules.step), bases, taxable, 1 if rules.tax.inclusive else rules.step)
    return (nothing, shares) if rules.tax.inclusive else (shares, nothing)


def _share(total: int, weights: Sequence[int], eligible: Sequence[bool], step: int) -> Sequence[int]:
    """`total` over the eligible lines by weight, alike when none weighs anything; in whole steps where that goes."""
    if not total:
        return [0] * len(weights)
    chosen = [weight if on else 0 for weight, on in zip(weights, eligible, strict=True)]
    if not any(chosen):
        chosen = [step if on else 0 for on in eligible]
    if any(amount % step for amount in (total, *chosen)):
        return spread(total, chosen)
    return [steps * step for steps in spread(total // step, [weight // step for weight in chosen])]


def _minus(amounts: Sequence[int], *cuts: Sequence[int]) -> list[int]:
    return [amount - sum(taken) for amount, *taken in zip(amounts, *cuts, strict=True)]
