"""What makes an order cheaper or dearer than its list prices, as plain data that is stored with the order.

An order keeps the rules it was priced by (`orders.price_rules`), so a store may change every rule the next day and old
orders still add up to the cents they were paid with.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Protocol
from uuid import UUID

import msgspec

from app.kernel.money import BASIS_POINTS, floor_share


class PriceLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line as the rules see it. `campaign_amount` is a unit price; it counts only when it is below the list."""

    product: UUID
    variant: UUID
    unit_amount: int
    quantity: int
    collections: tuple[UUID, ...] = ()
    campaign_amount: int | None = None
    weight_grams: int = 0
    requires_shipping: bool = True
    taxable: bool = True

    @property
    def list_amount(self) -> int:
        return self.unit_amount * self.quantity


class MemberRule(msgspec.Struct, frozen=True):
    """A member's share off every unit price."""

    level: UUID
    name: str
    bps: int

    def unit_cut(self, unit_amount: int, step: int) -> int:
        return down_to(floor_share(unit_amount, self.bps), step)


class CouponRule(msgspec.Struct, frozen=True, omit_defaults=True):
    """One coupon: so much off what its goods cost after campaign and member price, never more than that."""

    id: UUID
    code: str
    kind: Literal["fixed", "percent", "threshold"]
    amount: int = 0
    bps: int = 0
    cap_amount: int | None = None
    from_amount: int = 0
    scope: Literal["all", "collections", "products"] = "all"
    targets: tuple[UUID, ...] = ()
    version: int = 1

    def covers(self, line: PriceLine) -> bool:
        if self.scope == "products":
            return line.product in self.targets
        return self.scope == "all" or not set(self.targets).isdisjoint(line.collections)

    def cut(self, base: int, step: int) -> int:
        """What it takes off goods worth `base`; nothing below its threshold."""
        if base < self.from_amount:
            return 0
        if self.kind != "percent":
            return min(self.amount, base)
        share = down_to(floor_share(base, self.bps), step)
        return share if self.cap_amount is None else min(share, self.cap_amount)


class PointsRule(msgspec.Struct, frozen=True):
    """Points the shopper offers: `points_per_unit` of them are one currency unit, `unit_amount` minor units."""

    points: int
    points_per_unit: int
    unit_amount: int
    max_share_bps: int = BASIS_POINTS
    version: int = 1

    def cut(self, goods_amount: int, step: int) -> int:
        worth = self.points * self.unit_amount // self.points_per_unit
        return down_to(min(worth, floor_share(goods_amount, self.max_share_bps)), step)

    def spent(self, cut: int) -> int:
        """The fewest points that are worth this much."""
        return -(-cut * self.points_per_unit // self.unit_amount)


class TaxRule(msgspec.Struct, frozen=True):
    """One rate on taxable lines. Inclusive: the prices hold it already, and it is only told apart."""

    bps: int
    inclusive: bool = False
    on_freight: bool = True
    version: int = 1

    def of(self, base: int, step: int) -> int:
        """Half a step rounds up, once for the whole order."""
        if self.inclusive:
            return _nearest(base * self.bps, BASIS_POINTS + self.bps, 1)
        return _nearest(base * self.bps, BASIS_POINTS, step)


class PriceRules(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything but freight. `step` is the smallest amount the currency is paid in, in minor units."""

    step: int = 1
    member: MemberRule | None = None
    coupon: CouponRule | None = None
    points: PointsRule | None = None
    tax: TaxRule | None = None


class FreightRule(Protocol):
    def parcels(self, lines: Sequence[PriceLine], worth: Sequence[int]) -> Sequence[tuple[int, Sequence[bool]]]:
        """What each parcel costs and which of the lines are in it; `worth` is each line's goods after all cuts."""
        ...

    def record(self) -> dict[str, Any]:
        """The rule as JSON, with its `kind`; stored with the order."""
        ...


class Freight(msgspec.Struct, frozen=True):
    """One price for delivery, nothing from a certain amount of goods on."""

    amount: int = 0
    free_from: int | None = None

    def parcels(self, lines: Sequence[PriceLine], worth: Sequence[int]) -> Sequence[tuple[int, Sequence[bool]]]:
        """Everything that is sent travels together."""
        return [(self.of(lines, sum(worth)), [line.requires_shipping for line in lines])]

    def of(self, lines: Sequence[PriceLine], goods_amount: int) -> int:
        ships = any(line.requires_shipping for line in lines)
        return 0 if not ships or (self.free_from is not None and goods_amount >= self.free_from) else self.amount

    def record(self) -> dict[str, Any]:
        return {"kind": "flat", "amount": self.amount, "free_from": self.free_from}


class ChargedFreight(msgspec.Struct, frozen=True):
    """What delivery came to, line by line, when the rule itself is not at hand."""

    amounts: tuple[int, ...]

    def parcels(self, lines: Sequence[PriceLine], worth: Sequence[int]) -> Sequence[tuple[int, Sequence[bool]]]:
        places = range(len(self.amounts))
        return [(amount, [place == here for here in places]) for place, amount in enumerate(self.amounts)]

    def record(self) -> dict[str, Any]:
        return {"kind": "charged"}


def down_to(amount: int, step: int) -> int:
    return amount // step * step


def _nearest(numerator: int, denominator: int, step: int) -> int:
    return (2 * numerator + denominator * step) // (2 * denominator * step) * step
