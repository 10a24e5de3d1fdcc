"""What of each line comes back when an order is priced again and is cheaper. Arithmetic only; not a journey.

Only what is left of a line counts: units that went back before have taken their part of the old price with them, just
as they would have taken their part of the new one. So in the end a shopper has paid what the same order, with the same
units sent back, would have cost at the new price. Money that was given back without units does not change the price;
it only bounds what can still come back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.orders import Line, PricedLine
from app.payments import Part


def difference(lines: Sequence[Line], final: Sequence[PricedLine], left: Sequence[Part], step: int) -> list[Part]:
    """One part for each line that became cheaper; goods and added tax, never delivery, never units.

    `lines`, what they would cost (`final`) and what is `left` of them are in the same order. The smallest amount the
    currency is paid in (`step`) always stays: an order that is paid back whole is not sent any more.
    """
    goods = never_dearer([line.paid_goods_amount for line in lines], [each.worth for each in final])
    tax = never_dearer([line.tax_amount for line in lines], [each.tax_amount for each in final])
    parts = []
    for line, still, cheaper, less_tax in zip(lines, left, goods, tax, strict=True):
        units = (still.quantity, line.quantity, step)
        back = Part(
            line.id,
            goods_amount=_back(line.paid_goods_amount, cheaper, still.goods_amount, *units),
            tax_amount=_back(line.tax_amount, less_tax, still.tax_amount, *units),
        )
        if back.amount:
            parts.append(back)
    return _leave_something(parts, left, step)


def never_dearer(paid: Sequence[int], final: Sequence[int]) -> list[int]:
    """The final amounts, none of them above what was paid, with the same sum where that goes.

    A coupon is spread anew over lines of which some became cheaper, so by rounding one of them may seem a cent dearer;
    the others take that cent.
    """
    excess = sum(max(amount - most, 0) for most, amount in zip(paid, final, strict=True))
    bounded = []
    for most, amount in zip(paid, final, strict=True):
        taken = min(max(most - amount, 0), excess)
        bounded.append(min(amount, most) + taken)
        excess -= taken
    return bounded


def _back(paid: int, final: int, still: int, units: int, of: int, step: int) -> int:
    """The difference between what these units cost and what they would; no more than is still there."""
    return min(max(_of_units(paid, units, of, step) - _of_units(final, units, of, step), 0), still)


def _of_units(amount: int, units: int, of: int, step: int) -> int:
    """What so many units of a line carry when the others are gone: those took their part rounded down."""
    gone = amount * (of - units) // of if of else 0
    return amount - gone + gone % step


def _leave_something(parts: list[Part], left: Sequence[Part], step: int) -> list[Part]:
    over = sum(part.amount for part in parts) - sum(part.amount for part in left) + step
    if over <= 0 or not parts:
        return parts
    largest = max(parts, key=lambda part: part.goods_amount)
    kept = replace(largest, goods_amount=max(largest.goods_amount - over, 0))
    return [part for part in (kept if each is largest else each for each in parts) if part.amount]
