"""Tax that prices hold, told apart from the goods: who earns on a sale earns on what stays without it."""

from __future__ import annotations

from app.kernel.money import spread
from app.orders.reading import Line


def tax_in_goods(line: Line, *, on_freight: bool) -> int:
    """What of a line's contained tax is in its goods; the rest is in its freight, where that is taxed too."""
    tax = line.price_breakdown.get("tax_included", 0)
    return spread(tax, [line.paid_goods_amount, line.freight_amount])[0] if on_freight else tax
