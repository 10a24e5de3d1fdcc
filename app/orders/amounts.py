"""What an order costs: lines, freight, and how both are written down so that they can be computed again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.kernel.money import spread


@dataclass(frozen=True, slots=True)
class Freight:
    """One price for delivery, nothing from a certain amount of goods on."""

    amount: int = 0
    free_from: int | None = None

    def of(self, goods_amount: int, *, ships: bool = True) -> int:
        if not ships or (self.free_from is not None and goods_amount >= self.free_from):
            return 0
        return self.amount

    def missing_for_free(self, goods_amount: int) -> int:
        """How much more has to be bought until delivery costs nothing; 0 when it already does or never will."""
        if self.free_from is None or not self.amount:
            return 0
        return max(self.free_from - goods_amount, 0)


@dataclass(frozen=True, slots=True)
class PricedLine:
    """Amounts of one line. The freight share is stored, never computed again from the whole."""

    list_amount: int
    goods_amount: int
    freight_amount: int

    @property
    def breakdown(self) -> dict[str, int]:
        """From the list price to what is paid; kinds of discount that do not apply are absent, not zero."""
        campaign = self.list_amount - self.goods_amount
        return {"list": self.list_amount, "goods": self.goods_amount, "freight": self.freight_amount} | (
            {"campaign": -campaign} if campaign else {}
        )


def price_lines(lines: Sequence[tuple[int, int]], freight: Freight, *, ships: bool = True) -> tuple[PricedLine, ...]:
    """Price `(unit_amount, quantity)` pairs; freight is spread by value with the largest remainder."""
    goods = [unit * quantity for unit, quantity in lines]
    shares = spread(freight.of(sum(goods), ships=ships), goods)
    return tuple(PricedLine(amount, amount, share) for amount, share in zip(goods, shares, strict=True))
