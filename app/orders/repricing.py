"""What an order would have cost had the campaign's prices been lower, by the rules it was placed with.

The same engine, coupon, points, member price and tax rule. What was granted stays granted: a coupon whose threshold
the order reached when it was placed, and delivery for what was charged then, are not lost because the price fell
afterwards. A price never rises, so neither does the order's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from app.orders.amounts import Priced, price
from app.orders.price_rules import ChargedFreight, FreightRule, PriceLine, PriceRules
from app.orders.recomputing import Recorded


def as_charged(record: dict[str, Any]) -> FreightRule:
    """Delivery as it was charged, whatever kind of rule it came from."""
    return ChargedFreight(tuple(record["charged"]))


def reprice(kept: Recorded, prices: Mapping[UUID, int]) -> Priced:
    """`prices` are unit prices by variant; a line that has none, or was cheaper, keeps its own."""
    lines = [_lower(line, prices.get(line.variant)) for line in kept.lines]
    return price(lines, _granted(kept.lines, kept.rules, kept.freight), kept.freight)


def _lower(line: PriceLine, amount: int | None) -> PriceLine:
    if amount is None or line.campaign_amount is None:
        return line
    return msgspec.structs.replace(line, campaign_amount=min(amount, line.campaign_amount))


def _granted(lines: Sequence[PriceLine], rules: PriceRules, freight: FreightRule) -> PriceRules:
    if rules.coupon is None or not price(lines, rules, freight).sum("coupon_amount"):
        return rules
    return msgspec.structs.replace(rules, coupon=msgspec.structs.replace(rules.coupon, from_amount=0))
