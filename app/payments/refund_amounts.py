"""How much a refund gives back of each line. Everything follows from what is left of the stored amounts of the lines.

Units take their part of what the line still is worth, rounded down; the last unit takes the rest. Amounts are spread
with the largest remainder, so no part of a line ever gives more than it has, and everything together is exact.
Added tax goes back with what it was added to; freight goes back only where it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.kernel.money import spread

TOO_MUCH = N_("This is more than is left to give back.")
TOO_MANY = N_("There are not that many units left.")
NOT_BELOW_ZERO = N_("This cannot be less than nothing.")


@dataclass(frozen=True, slots=True)
class RefundLine:
    """What somebody wants back of a line: so many units, and the `amount` that replaces their computed value."""

    order_line: UUID
    quantity: int = 0
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Units and amounts of one order line: what is left of it, or what goes back.

    `released_quantity` of the units were never sent, `restock_quantity` return to the shelf.
    """

    order_line: UUID
    quantity: int = 0
    goods_amount: int = 0
    freight_amount: int = 0
    tax_amount: int = 0
    released_quantity: int = 0
    restock_quantity: int = 0

    @property
    def amount(self) -> int:
        return self.goods_amount + self.freight_amount + self.tax_amount

    @property
    def without_freight(self) -> int:
        return self.goods_amount + self.tax_amount

    def plus(self, other: Part) -> Part:
        return self._each(other, 1)

    def less(self, other: Part) -> Part:
        return self._each(other, -1)

    def _each(self, other: Part, sign: int) -> Part:
        return Part(
            self.order_line,
            self.quantity + sign * other.quantity,
            self.goods_amount + sign * other.goods_amount,
            self.freight_amount + sign * other.freight_amount,
            self.tax_amount + sign * other.tax_amount,
            self.released_quantity + sign * other.released_quantity,
            self.restock_quantity + sign * other.restock_quantity,
        )


@dataclass(frozen=True, slots=True)
class Terms:
    """How the order was priced: the smallest amount its currency is paid in, and whether tax was added to freight."""

    step: int = 1
    freight_taxed: bool = False

    def spread(self, total: int, weights: Sequence[int]) -> tuple[int, ...]:
        """In whole steps where that goes."""
        if any(amount % self.step for amount in (total, *weights)):
            return spread(total, weights)
        return tuple(steps * self.step for steps in spread(total // self.step, [each // self.step for each in weights]))

    def floor(self, amount: int) -> int:
        return amount - amount % self.step

    def tax_of(self, left: Part, goods: int, freight: int) -> int:
        """The added tax that goes back with these amounts; the last of them take the rest."""
        taxed, whole = goods, left.goods_amount
        if self.freight_taxed:
            taxed, whole = goods + freight, whole + left.freight_amount
        return left.tax_amount if taxed == whole else self.floor(left.tax_amount * taxed // whole)


def part_of(left: Part, wish: RefundLine, terms: Terms) -> Part:
    """What this wish takes of what is left. Raises InvalidInput under the name of the line's own field."""
    if not 0 <= wish.quantity <= left.quantity:
        raise InvalidInput({f"quantity-{wish.order_line}": TOO_MANY if wish.quantity > 0 else NOT_BELOW_ZERO})
    if wish.amount is None:
        goods = _units_of(left, wish.quantity, terms)
        return Part(wish.order_line, wish.quantity, goods, 0, terms.tax_of(left, goods, 0) if wish.quantity else 0)
    parts = (left.goods_amount, terms.tax_of(left, left.goods_amount, 0))
    if not 0 <= wish.amount <= sum(parts):
        raise InvalidInput({f"amount-{wish.order_line}": TOO_MUCH if wish.amount > 0 else NOT_BELOW_ZERO})
    goods, tax = terms.spread(wish.amount, parts)
    return Part(wish.order_line, wish.quantity, goods, 0, tax)


def _units_of(left: Part, units: int, terms: Terms) -> int:
    if units == left.quantity:
        return left.goods_amount if units else 0
    return terms.floor(left.goods_amount * units // left.quantity)


def freight_parts(left: Sequence[Part], amount: int, terms: Terms) -> list[Part]:
    """Delivery given back, taken from the lines that still carry some. Raises InvalidInput."""
    if not 0 <= amount <= sum(part.freight_amount for part in left):
        raise InvalidInput({"freight_amount": TOO_MUCH if amount > 0 else NOT_BELOW_ZERO})
    shares = terms.spread(amount, [part.freight_amount for part in left]) if left else ()
    return [
        Part(part.order_line, 0, 0, share, terms.tax_of(part, 0, share) if terms.freight_taxed else 0)
        for part, share in zip(left, shares, strict=True)
        if share
    ]


def spread_parts(left: Sequence[Part], amount: int, terms: Terms) -> list[Part]:
    """An amount of the whole order, taken from every line in proportion to all that is left of it."""
    if not 0 < amount <= sum(part.amount for part in left):
        raise InvalidInput({"amount": TOO_MUCH if amount > 0 else NOT_BELOW_ZERO})
    parts = []
    for part, share in zip(left, terms.spread(amount, [part.amount for part in left]), strict=True):
        goods, freight, tax = terms.spread(share, (part.goods_amount, part.freight_amount, part.tax_amount))
        if share:
            parts.append(Part(part.order_line, 0, goods, freight, tax))
    return parts


def choose(left: Sequence[Part], lines: Sequence[RefundLine], freight_amount: int, terms: Terms) -> list[Part]:
    """What these wishes give back, one part for each line. Several wishes for one line come one after the other."""
    still = {part.order_line: part for part in left}
    parts = []
    for wish in lines:
        if wish.order_line not in still:
            raise InvalidInput({f"amount-{wish.order_line}": TOO_MUCH})
        part = part_of(still[wish.order_line], wish, terms)
        still[wish.order_line] = still[wish.order_line].less(part)
        parts.append(part)
    return merge([*parts, *freight_parts(list(still.values()), freight_amount, terms)])


def what_is_left(left: Iterable[Part], parts: Iterable[Part]) -> list[Part]:
    """Of each line, after these parts of it went back."""
    gone = {part.order_line: part for part in parts}
    return [one.less(gone[one.order_line]) if one.order_line in gone else one for one in left]


def take_all(left: Iterable[Part]) -> list[Part]:
    """Everything there still is, for an order that is called off: its units were never sent."""
    return [replace(part, released_quantity=part.quantity) for part in left if part.amount]


def merge(parts: Iterable[Part]) -> list[Part]:
    """One part for each line."""
    merged: dict[UUID, Part] = {}
    for part in parts:
        merged[part.order_line] = merged[part.order_line].plus(part) if part.order_line in merged else part
    return list(merged.values())


def share_out(parts: Iterable[Part], capacities: Sequence[int]) -> list[list[Part]]:
    """Take the parts from several payments, each giving what it has before the next one gives anything.

    A line that is taken from two payments counts its units with the first of them.
    """
    waiting, shares = list(parts), []
    for capacity in capacities:
        taken: list[Part] = []
        while waiting and (capacity or not waiting[0].amount):
            first, rest = _cut(waiting.pop(0), capacity)
            taken.append(first)
            capacity -= first.amount
            if rest.amount:
                waiting.insert(0, rest)
        shares.append(taken)
    if waiting:
        raise InvalidInput({"amount": TOO_MUCH})
    return shares


def _cut(part: Part, amount: int) -> tuple[Part, Part]:
    """The first `amount` of a part with all its units, and the rest without any."""
    goods = min(part.goods_amount, amount)
    freight = min(part.freight_amount, amount - goods)
    tax = min(part.tax_amount, amount - goods - freight)
    first = replace(part, goods_amount=goods, freight_amount=freight, tax_amount=tax)
    return first, part.less(first)
