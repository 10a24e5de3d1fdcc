"""Whoever ships by our own pages: a supplier that signs in, or a merchant who packs himself. Nobody outside is called.

An order is "pushed" by being there; it is read on those pages, and parcels are told of on the same pages, which become
the same notices a warehouse sends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from infra.warehouse.port import (
    BadSignature,
    Notice,
    Receipt,
    ReturnOrder,
    ShipmentPage,
    StockPage,
    WarehouseOrder,
    WarehouseOrderState,
)


class OwnPages:
    """Keeps the port's promises without a wire: the same reference twice is one row of ours."""

    acknowledgment = b""
    pulls = False
    horizon_s = 0

    async def push_order(self, order: WarehouseOrder) -> Receipt:
        return Receipt(order.reference, order.reference)

    async def cancel_order(self, reference: str, reason: str = "") -> None:
        """It is not shown there any more."""

    async def query_order(self, reference: str) -> WarehouseOrderState | None:
        """Nothing can be on its way between two of our own rows."""
        return None

    async def push_return(self, order: ReturnOrder) -> Receipt:
        return Receipt(order.reference, order.reference)

    async def pull_stock(self, cursor: str = "") -> StockPage:
        return StockPage((), cursor, more=False)

    async def ack_stock(self, receipts: Sequence[str]) -> None:
        """No receipts are ever given."""

    async def pull_shipments(self, cursor: str = "") -> ShipmentPage:
        return ShipmentPage((), cursor, more=False)

    async def ack_shipments(self, receipts: Sequence[str]) -> None:
        """No receipts are ever given."""

    def parse_callback(self, *, headers: Mapping[str, str], query: str, body: bytes, now: datetime) -> list[Notice]:
        raise BadSignature("whoever ships by our pages signs in to them")
