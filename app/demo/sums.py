"""Sums of the journey, as pages write them and as numbers."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal

from app.demo.hosting import RATE_PERCENT


def read(text: str) -> Decimal:
    return Decimal(text.strip("¥").replace(",", ""))


def write(amount: Decimal) -> str:
    return f"¥{amount:,.2f}"


def commission(goods: Decimal) -> str:
    """The host's share of goods: rounded down to the cent."""
    share = goods * Decimal(RATE_PERCENT) / 100
    return write(share.quantize(Decimal("0.01"), ROUND_DOWN))
