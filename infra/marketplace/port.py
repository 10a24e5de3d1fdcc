"""What any platform promises us: the orders that changed in a time, and one order as it is now. We only read."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, Protocol

from msgspec import Struct

Status = Literal["placed", "paid", "shipped", "received", "closed"]


class MarketplaceRejected(Exception):
    """The platform says no, with a code: wrong credentials, a right that is missing. Asking again cannot help."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(code, message)
        self.code = code


class MarketplaceUnavailable(Exception):
    """No clear answer, or too many questions. Ask again later for the same time."""


class SoldLine(Struct, frozen=True, kw_only=True):
    """Goods of one order. `key` tells the line from the others of its order and never changes."""

    key: str
    title: str
    sku_code: str
    quantity: int
    paid_amount: int
    refunded_amount: int = 0
    sharer: str = ""
    sharer_name: str = ""
    sharer_final: bool = False


class SoldOrder(Struct, frozen=True, kw_only=True):
    """An order as the platform told it at `as_of`. Amounts are minor units of the shop's currency, without freight."""

    number: str
    status: Status
    placed_at: datetime
    paid_at: datetime | None
    received_at: datetime | None
    as_of: datetime
    lines: tuple[SoldLine, ...]


class OrderPage(Struct, frozen=True, kw_only=True):
    """`cursor` asks for the page after this one; empty when this was the last."""

    orders: tuple[SoldOrder, ...]
    cursor: str = ""


class MarketplaceOrders(Protocol):
    longest_window: timedelta

    async def changed(self, since: datetime, until: datetime, cursor: str = "") -> OrderPage:
        """Orders that changed in this time, each at least once. Raises MarketplaceRejected, MarketplaceUnavailable."""
        ...

    async def order(self, number: str) -> SoldOrder | None:
        """One order as it is now; None when the shop has no such order. Raises the same."""
        ...
