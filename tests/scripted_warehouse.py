"""A warehouse in this process that answers as it is told, for what no socket does on demand: silence, and dying."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from unittest.mock import patch

from infra import wiring
from infra.http import OutsideUnavailable
from infra.signatures import BadSignature
from infra.warehouse.port import (
    Notice,
    Receipt,
    ReturnOrder,
    ShipmentPage,
    StockPage,
    WarehouseOrder,
    WarehouseOrderState,
    WarehouseRejected,
    WarehouseUnavailable,
)

NOTHING_COUNTED = StockPage((), "", more=False)


def silence() -> WarehouseUnavailable:
    """Sent, and no answer came."""
    error = WarehouseUnavailable("no answer")
    error.__cause__ = OutsideUnavailable("ReadTimeout")
    return error


@dataclass
class Scripted:
    """`plan` is what the next pushes do: nothing special, or raise this, before or after the order arrived.

    `told` are the returns it heard of, in order; of those in `deaf` it hears nothing.
    """

    plan: list[tuple[str, Exception]] = field(default_factory=list)
    orders: dict[str, WarehouseOrder] = field(default_factory=dict)
    returns: dict[str, ReturnOrder] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    deaf: set[str] = field(default_factory=set)
    pushed: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    news: list[Notice] = field(default_factory=list)
    stock: StockPage = NOTHING_COUNTED
    acknowledged: list[str] = field(default_factory=list)
    may_acknowledge: bool = True
    answers: asyncio.Event | None = None

    acknowledgment = b"ok"
    pulls = True
    horizon_s = 30

    async def push_order(self, order: WarehouseOrder) -> Receipt:
        self.pushed.append(order.reference)
        if self.answers:
            await self.answers.wait()
        moment, trouble = self.plan.pop(0) if self.plan else ("never", Exception())
        if moment == "before":
            raise trouble
        self.orders[order.reference] = order
        if moment == "after":
            raise trouble
        return Receipt(order.reference, f"W-{order.reference}")

    async def query_order(self, reference: str) -> WarehouseOrderState | None:
        self.asked.append(reference)
        if reference not in self.orders:
            return None
        return WarehouseOrderState(reference, f"W-{reference}", "accepted")

    async def cancel_order(self, reference: str, reason: str = "") -> None:
        if self.orders.pop(reference, None) is None:
            raise WarehouseRejected("unknown_order", reference)

    async def push_return(self, order: ReturnOrder) -> Receipt:
        if order.reference in self.deaf:
            raise silence()
        self.told.append(order.reference)
        self.returns[order.reference] = order
        return Receipt(order.reference, f"R-{order.reference}")

    async def pull_shipments(self, cursor: str = "") -> ShipmentPage:
        """One notice a page, until it is acknowledged."""
        left = [one for one in self.news if one.notice_id not in self.acknowledged]
        receipts = tuple(one.notice_id for one in left[:1])
        return ShipmentPage(tuple(left[:1]), f"after {len(self.acknowledged)}", more=len(left) > 1, receipts=receipts)

    async def ack_shipments(self, receipts: Sequence[str]) -> None:
        if not self.may_acknowledge:
            raise ConnectionResetError("the process died here")
        self.acknowledged += receipts

    async def pull_stock(self, cursor: str = "") -> StockPage:
        return self.stock

    async def ack_stock(self, receipts: Sequence[str]) -> None:
        self.acknowledged += receipts

    def parse_callback(self, *, headers: Mapping[str, str], query: str, body: bytes, now: datetime) -> list[Notice]:
        raise BadSignature("this warehouse does not call")


@contextmanager
def played_by(scripted: Scripted | Callable[[Any], Scripted]) -> Iterator[None]:
    """Every warehouse row is this one, or the one chosen by its row."""

    def gateway(warehouse: Any, **_: Any) -> Scripted:
        return scripted if isinstance(scripted, Scripted) else scripted(warehouse)

    with patch.object(wiring, "warehouse_gateway", gateway):
        yield


class Asked:
    """A warehouse that is only asked to stop something; `no` is what it refuses with."""

    horizon_s, no = 0, ""

    async def cancel_order(self, reference: str) -> None:
        if self.no:
            raise WarehouseRejected(self.no, "no")


@contextmanager
def asked_to_stop() -> Iterator[Asked]:
    """Every warehouse row is this one."""
    asked = Asked()
    with patch.object(wiring, "warehouse_gateway", lambda *_args, **_more: asked):
        yield asked
