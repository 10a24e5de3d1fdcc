"""The records of our own warehouse protocol, as they travel: docs/integrations/warehouse-protocol.md."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from infra.warehouse.port import (
    CancelNotice,
    Notice,
    Parcel,
    ParcelLine,
    ProgressNotice,
    ReturnedLine,
    ReturnNotice,
    ShipmentNotice,
    ShortLine,
    ShortNotice,
    StockNotice,
)


class To(Struct):
    name: str
    phone: str
    address: str
    country: str = ""
    state: str = ""
    city: str = ""
    district: str = ""
    zip: str = ""


class OrderLine(Struct):
    line_id: str
    sku: str
    name: str
    quantity: int
    amount: int
    is_gift: bool = False


class PutOrder(Struct):
    placed_at: datetime
    paid_at: datetime
    receiver: To
    lines: list[OrderLine]
    currency: str
    amount: int
    freight_amount: int = 0
    remark: str = ""


class ReturnLine(Struct):
    line_id: str
    sku: str
    name: str
    quantity: int


class PutReturn(Struct):
    order_reference: str
    lines: list[ReturnLine]
    carrier: str = ""
    tracking_number: str = ""
    reason: str = ""


class Cancel(Struct):
    reason: str = ""


class Line(Struct):
    line_id: str
    sku: str
    quantity: int


class Sent(Struct):
    tracking_number: str
    carrier: str
    carrier_name: str
    shipped_at: datetime
    lines: list[Line]

    def parcel(self) -> Parcel:
        lines = tuple(ParcelLine(line.line_id, line.sku, line.quantity) for line in self.lines)
        return Parcel(self.tracking_number, self.carrier, self.carrier_name, self.shipped_at, lines)


class State(Struct):
    """What the system answers about an order."""

    reference: str
    number: str
    status: Literal["accepted", "partially_shipped", "shipped", "canceled"]
    parcels: list[Sent] = []


class Accepted(Struct):
    reference: str
    number: str


class No(Struct):
    """A refusal: `unknown_order`, `already_shipped`, `cancel_refused`, `order_refused` or a word of its own."""

    code: str
    message: str = ""


class Shipment(Struct, tag="shipment"):
    id: str
    reference: str
    parcel: Sent
    complete: bool = True

    def notice(self) -> Notice:
        return ShipmentNotice(self.id, self.reference, self.parcel.parcel(), self.complete)


class Stock(Struct, tag="stock"):
    id: str
    sku: str
    available: int
    counted_at: datetime
    warehouse: str = ""

    def notice(self) -> StockNotice:
        return StockNotice(self.id, self.sku, self.warehouse, max(self.available, 0), self.counted_at)


class Canceled(Struct, tag="cancel"):
    id: str
    reference: str
    at: datetime
    reason: str = ""

    def notice(self) -> Notice:
        return CancelNotice(self.id, self.reference, self.reason, self.at)


class Progress(Struct, tag="progress"):
    id: str
    reference: str
    picked: int
    packed: bool
    at: datetime

    def notice(self) -> Notice:
        return ProgressNotice(self.id, self.reference, self.picked, self.packed, self.at)


class Lacking(Struct):
    line_id: str
    sku: str
    missing: int
    found_sku: str = ""


class Short(Struct, tag="short"):
    id: str
    reference: str
    lines: list[Lacking]
    at: datetime
    reason: str = ""

    def notice(self) -> Notice:
        lines = tuple(ShortLine(line.line_id, line.sku, line.missing, line.found_sku) for line in self.lines)
        return ShortNotice(self.id, self.reference, lines, self.reason, self.at)


class Found(Struct):
    line_id: str
    sku: str
    good: int
    damaged: int = 0


class Returned(Struct, tag="return"):
    id: str
    reference: str
    lines: list[Found]
    received_at: datetime
    remark: str = ""

    def notice(self) -> Notice:
        lines = tuple(ReturnedLine(line.line_id, line.sku, line.good, line.damaged) for line in self.lines)
        return ReturnNotice(self.id, self.reference, lines, self.received_at, self.remark)


News = Shipment | Stock | Canceled | Progress | Short | Returned


class Callback(Struct):
    notices: list[News]


class NewsPage(Struct):
    """News after a cursor, in the order it happened; the same cursor gives the same news again."""

    notices: list[News]
    cursor: str
    more: bool = False


class StockPageRecord(Struct):
    levels: list[Stock]
    cursor: str
    more: bool = False
