"""What any cloud warehouse promises us: one reference is one shipment, and callbacks we can believe."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, Protocol

from msgspec import Struct

from infra.signatures import BadSignature, StaleNotice, UntrustedNotice

__all__ = [
    "BadSignature", "CancelNotice", "Notice", "Parcel", "ParcelLine", "Receipt", "Receiver", "ShipmentNotice",
    "StaleNotice", "StockNotice", "StockPage", "UntrustedNotice", "WarehouseAccount", "WarehouseGateway",
    "WarehouseLine", "WarehouseOrder", "WarehouseOrderState", "WarehouseRejected", "WarehouseUnavailable",
]  # fmt: skip

OrderStatus = Literal["accepted", "partially_shipped", "shipped", "canceled"]


class WarehouseRejected(Exception):
    """The warehouse says no, with a code; asking again cannot help."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(code, message)
        self.code = code


class WarehouseUnavailable(Exception):
    """No clear answer; the deed may or may not be done. Ask again with the same reference."""


class WarehouseAccount(Struct, frozen=True):
    """A merchant's own account at the warehouse."""

    app_key: str
    app_secret: str
    access_token: str
    base_url: str
    shop_id: int

    def __repr__(self) -> str:
        return f"WarehouseAccount({self.app_key!r})"


class Receiver(Struct, frozen=True):
    name: str
    phone: str
    address: str
    country: str = "CN"
    state: str = ""
    city: str = ""
    district: str = ""
    zip: str = ""

    def __repr__(self) -> str:
        return "Receiver(...)"


class WarehouseLine(Struct, frozen=True):
    """`line_id` is ours and comes back in parcels; `amount` is what was paid; `referrer_id` is the live host's code."""

    line_id: str
    sku: str
    name: str
    quantity: int
    amount: int
    is_gift: bool = False
    referrer_id: str = ""


class WarehouseOrder(Struct, frozen=True):
    """One shipment to make. `reference` is ours and stays the same for every attempt; amounts are minor units."""

    reference: str
    placed_at: datetime
    paid_at: datetime
    buyer_id: str
    receiver: Receiver
    lines: tuple[WarehouseLine, ...]
    currency: str
    amount: int
    freight_amount: int = 0
    remark: str = ""


class Receipt(Struct, frozen=True):
    reference: str
    warehouse_ref: str


class ParcelLine(Struct, frozen=True):
    line_id: str
    sku: str
    quantity: int


class Parcel(Struct, frozen=True):
    tracking_number: str
    carrier_code: str
    carrier_name: str
    shipped_at: datetime
    lines: tuple[ParcelLine, ...]


class WarehouseOrderState(Struct, frozen=True):
    reference: str
    warehouse_ref: str
    status: OrderStatus
    parcels: tuple[Parcel, ...] = ()


class ShipmentNotice(Struct, frozen=True):
    """One parcel left. `notice_id` is the same for every copy; `complete` says nothing more will follow."""

    notice_id: str
    reference: str
    parcel: Parcel
    complete: bool


class StockNotice(Struct, frozen=True):
    """What the warehouse has of one SKU, free of its own locks, at `counted_at`; an older count never beats a newer."""

    notice_id: str
    sku: str
    warehouse_code: str
    available: int
    counted_at: datetime


class CancelNotice(Struct, frozen=True):
    """The warehouse will not ship this order."""

    notice_id: str
    reference: str
    reason: str
    canceled_at: datetime


Notice = ShipmentNotice | StockNotice | CancelNotice


class StockPage(Struct, frozen=True):
    """Stock that changed; ask again with `cursor` at once while `more`, else at the next round."""

    levels: tuple[StockNotice, ...]
    cursor: str
    more: bool


class WarehouseGateway(Protocol):
    """All calls raise WarehouseRejected when asking again cannot help, and WarehouseUnavailable when it can."""

    acknowledgment: bytes
    """The body the vendor wants to read after a callback was stored."""

    async def push_order(self, order: WarehouseOrder) -> Receipt:
        """Hand over an order; the same reference twice is one shipment."""
        ...

    async def cancel_order(self, reference: str, reason: str = "") -> None:
        """Undo `push_order`; rejected with `already_shipped` once a parcel left."""
        ...

    async def query_order(self, reference: str) -> WarehouseOrderState | None:
        """The truth about an order, or None if it never arrived."""
        ...

    async def pull_stock(self, cursor: str = "") -> StockPage: ...

    def parse_callback(self, *, headers: Mapping[str, str], query: str, body: bytes, now: datetime) -> list[Notice]:
        """Believe a callback or raise BadSignature or StaleNotice (10 minutes). Copies and wrong order are normal."""
        ...
