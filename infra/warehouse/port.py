"""What any cloud warehouse promises us: one reference is one shipment, and callbacks we can believe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol

from msgspec import Struct

from infra.signatures import BadSignature, StaleNotice, UntrustedNotice

__all__ = [
    "BadSignature", "CancelNotice", "NobodyToAsk", "Notice", "Parcel", "ParcelLine", "ProgressNotice", "Receipt",
    "Receiver", "ReturnLine", "ReturnNotice", "ReturnOrder", "ReturnedLine", "ShipmentNotice", "ShipmentPage",
    "ShortLine", "ShortNotice", "StaleNotice", "StockNotice", "StockPage", "UntrustedNotice", "WarehouseAccount",
    "WarehouseGateway", "WarehouseLine", "WarehouseOrder", "WarehouseOrderState", "WarehouseRejected",
    "WarehouseUnavailable",
]  # fmt: skip

OrderStatus = Literal["accepted", "partially_shipped", "shipped", "canceled"]


class WarehouseRejected(Exception):
    """The warehouse says no, with a code; asking again cannot help."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(code, message)
        self.code = code


class WarehouseUnauthorized(WarehouseRejected):
    """It does not, or no longer, believe that we may ask for this account; a renewed authorization may help."""


class NobodyToAsk(WarehouseRejected):
    """Whether an order arrived cannot be found out from here: a person has to ask, and decides."""

    def __init__(self, message: str) -> None:
        super().__init__("may_have_arrived", message)


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
    answer_url: str = ""
    """Where whoever has no interface of its own answers, with a page; it opens this order and nothing else."""


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


class ProgressNotice(Struct, frozen=True):
    """How far the warehouse is with an order it has: picked so many of all its units, or packed whole."""

    notice_id: str
    reference: str
    picked: int
    packed: bool
    at: datetime


class ShortLine(Struct, frozen=True):
    """So many of a line are not there, or are there under another number: `found_sku` is what lay on the shelf.

    Some vendors name the goods only; then `line_id` is empty, and the pieces are missing from the lines with that SKU.
    """

    line_id: str
    sku: str
    missing: int
    found_sku: str = ""


class ShortNotice(Struct, frozen=True):
    """A short pick: the warehouse will not send these units of an order. What is there it sends, or has sent."""

    notice_id: str
    reference: str
    lines: tuple[ShortLine, ...]
    reason: str
    at: datetime


class ReturnedLine(Struct, frozen=True):
    """What the inspection of a parcel that came back found of one line."""

    line_id: str
    sku: str
    good: int
    damaged: int


class ReturnNotice(Struct, frozen=True):
    """Goods that came back have been received and looked at; `reference` is that of the `ReturnOrder`."""

    notice_id: str
    reference: str
    lines: tuple[ReturnedLine, ...]
    received_at: datetime
    remark: str = ""


Notice = ShipmentNotice | StockNotice | CancelNotice | ProgressNotice | ShortNotice | ReturnNotice


class ReturnLine(Struct, frozen=True):
    line_id: str
    sku: str
    name: str
    quantity: int


class ReturnOrder(Struct, frozen=True):
    """Goods on their way back. `reference` is our number of the return, `order_reference` that of the order sent."""

    reference: str
    order_reference: str
    sender: Receiver
    lines: tuple[ReturnLine, ...]
    carrier_code: str = ""
    tracking_number: str = ""
    reason: str = ""


class StockPage(Struct, frozen=True):
    """Stock that changed; ask again with `cursor` at once while `more`, else at the next round.

    `receipts` are given to `ack_stock` once the levels are stored; a vendor that wants none gives none.
    """

    levels: tuple[StockNotice, ...]
    cursor: str
    more: bool
    receipts: tuple[str, ...] = ()


class ShipmentPage(Struct, frozen=True):
    """News fetched instead of told, in the same words as callbacks; what is not acknowledged comes again."""

    notices: tuple[Notice, ...]
    cursor: str
    more: bool
    receipts: tuple[str, ...] = ()


class Tokens(Struct, frozen=True):
    """What an authorization is worth: the token of every call, how long it is good, and what renews it."""

    access_token: str
    refresh_token: str
    expires_in: int

    def __repr__(self) -> str:
        return f"Tokens(good for {self.expires_in} s)"


class WarehouseVendor(Protocol):
    """A vendor whose merchants authorize us on its own page. Calls raise like those of WarehouseGateway."""

    def page_url(self, state: str, now: datetime) -> str:
        """Where the merchant says yes; the browser comes back to us with a code and the state."""
        ...

    def code_of(self, returned: Mapping[str, str]) -> str:
        """The code of a return the vendor signed; raises BadSignature for any other."""
        ...

    async def exchange(self, code: str) -> Tokens:
        """A code is good once, for a few minutes."""
        ...

    async def renew(self, refresh_token: str) -> Tokens:
        """A refresh token is good once; the answer brings the next one."""
        ...


class WarehouseGateway(Protocol):
    """All calls raise WarehouseRejected when asking again cannot help, and WarehouseUnavailable when it can."""

    acknowledgment: bytes
    """The body the vendor wants to read after a callback was stored."""

    pulls: bool
    """Whether news has to be fetched. A warehouse that tells by callback may be asked all the same, to catch up."""

    horizon_s: int
    """How long a push without an answer may still be on its way; asked before that, "not here" means nothing."""

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

    async def ack_stock(self, receipts: Sequence[str]) -> None:
        """The levels of a page are stored; nothing to do for a vendor that gives no receipts."""
        ...

    async def push_return(self, order: ReturnOrder) -> Receipt:
        """Announce goods that come back; the same reference twice is one return, in the parcel named last."""
        ...

    async def pull_shipments(self, cursor: str = "") -> ShipmentPage: ...

    async def ack_shipments(self, receipts: Sequence[str]) -> None:
        """The news of a page is stored. A notice that comes again all the same has the same `notice_id`."""
        ...

    def parse_callback(self, *, headers: Mapping[str, str], query: str, body: bytes, now: datetime) -> list[Notice]:
        """Believe a callback or raise BadSignature or StaleNotice (10 minutes). Copies and wrong order are normal."""
        ...
