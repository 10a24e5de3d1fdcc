"""What a channel brought and cost: whole amounts and basis points, never a float."""

from __future__ import annotations

from typing import NamedTuple


class Figures(NamedTuple):
    """Of one channel in one stretch of time; sales and orders are net of what went back."""

    raw_clicks: int = 0
    clicks: int = 0
    visitors: int = 0
    orders: int = 0
    first_orders: int = 0
    net_amount: int = 0
    spend_amount: int = 0
    clicks_amount: int = 0
    orders_amount: int = 0
    sales_amount: int = 0
    commission_amount: int = 0

    @property
    def cost_amount(self) -> int:
        """Fixed amounts, and what the rate card makes of clicks, orders and sales."""
        return self.spend_amount + self.clicks_amount + self.orders_amount + self.sales_amount

    @property
    def first_order_cost(self) -> int | None:
        """What the first order of a new shopper cost, rounded down; nothing while there was none."""
        return self.cost_amount // self.first_orders if self.first_orders else None

    @property
    def roi_bps(self) -> int | None:
        """What stays of the sales after the cost, for each unit of cost; nothing to say of what costs nothing."""
        return (self.net_amount - self.cost_amount) * 10_000 // self.cost_amount if self.cost_amount > 0 else None

    @property
    def conversion_bps(self) -> int:
        return self.orders * 10_000 // self.visitors if self.visitors else 0
