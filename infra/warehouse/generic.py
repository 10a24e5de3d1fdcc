"""A merchant's own system that speaks our protocol: signed JSON over HTTP, callbacks or news to be fetched.

The source is our own page, docs/integrations/warehouse-protocol.md. An order is PUT under its reference, so sending it
twice is sending it once; `unknown_order` in the body of a 404 is the only answer that means "it never arrived", because
a 404 alone may come from a proxy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote, urlsplit

import msgspec

from infra import clock
from infra.http import AddressRefused, Answer, Outside, OutsideUnavailable
from infra.signatures import BadSignature
from infra.warehouse import generic_wire
from infra.warehouse.generic_records import (
    Accepted,
    Callback,
    Cancel,
    NewsPage,
    No,
    OrderLine,
    PutOrder,
    PutReturn,
    State,
    StockPageRecord,
    To,
)
from infra.warehouse.generic_records import ReturnLine as PutReturnLine
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

T = TypeVar("T")
HORIZON_S = 30  # longer than our own patience with one call
TRY_LATER = frozenset({408, 425, 429})


class Generic:
    """Keeps the promises of `WarehouseGateway` in our own protocol."""

    acknowledgment = generic_wire.ACKNOWLEDGED
    horizon_s = HORIZON_S

    def __init__(self, base_url: str, key: str, secret: str, outside: Outside, *, pulls: bool = False) -> None:
        self._base_url, self._key, self._secret, self._outside = base_url.rstrip("/"), key, secret, outside
        self.pulls = pulls

    async def push_order(self, order: WarehouseOrder) -> Receipt:
        accepted = await self._call("PUT", f"/orders/{_safe(order.reference)}", _put(order), Accepted)
        return _receipt(accepted, order.reference)

    async def cancel_order(self, reference: str, reason: str = "") -> None:
        await self._call("POST", f"/orders/{_safe(reference)}/cancel", Cancel(reason), State)

    async def query_order(self, reference: str) -> WarehouseOrderState | None:
        try:
            state = await self._call("GET", f"/orders/{_safe(reference)}", None, State)
        except WarehouseRejected as error:
            if error.code == "unknown_order":
                return None
            raise
        if state.reference != reference:
            raise WarehouseUnavailable("the answer does not name our order")
        parcels = tuple(sent.parcel() for sent in state.parcels)
        return WarehouseOrderState(state.reference, state.number, state.status, parcels)

    async def pull_stock(self, cursor: str = "") -> StockPage:
        page = await self._call("GET", f"/stock?cursor={_safe(cursor)}", None, StockPageRecord)
        return StockPage(tuple(level.notice() for level in page.levels), page.cursor, page.more)

    async def ack_stock(self, receipts: Sequence[str]) -> None:
        """A cursor needs no receipts."""

    async def push_return(self, order: ReturnOrder) -> Receipt:
        lines = [PutReturnLine(line.line_id, line.sku, line.name, line.quantity) for line in order.lines]
        record = PutReturn(order.order_reference, lines, order.carrier_code, order.tracking_number, order.reason)
        accepted = await self._call("PUT", f"/returns/{_safe(order.reference)}", record, Accepted)
        return _receipt(accepted, order.reference)

    async def pull_shipments(self, cursor: str = "") -> ShipmentPage:
        page = await self._call("GET", f"/news?cursor={_safe(cursor)}", None, NewsPage)
        return ShipmentPage(tuple(one.notice() for one in page.notices), page.cursor, page.more)

    async def ack_shipments(self, receipts: Sequence[str]) -> None:
        """A cursor needs no receipts."""

    def parse_callback(self, *, headers: Mapping[str, str], query: str, body: bytes, now: datetime) -> list[Notice]:
        generic_wire.verify(self._secret, self._key, headers, method="POST", path="", body=body, now=now)
        try:
            return [one.notice() for one in msgspec.json.decode(body, type=Callback).notices]
        except msgspec.DecodeError as error:
            raise BadSignature("signed, but not what the protocol says") from error

    async def _call(self, method: str, path: str, record: object, kind: type[T]) -> T:
        body = msgspec.json.encode(record) if record is not None else b""
        url, now = self._base_url + path, clock.now()
        parts = urlsplit(url)
        signed_path = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = generic_wire.signed(
            self._secret, self._key, method=method, path=signed_path, body=body, now=now
        )  # fmt: skip
        try:
            answer = await self._outside.request(
                method, url, content=body, headers=headers, party=f"{self._key}@{self._base_url}"
            )
        except AddressRefused as error:
            raise WarehouseRejected("address_refused", str(error)) from error
        except OutsideUnavailable as error:
            raise WarehouseUnavailable(str(error)) from error
        return _opened(answer, kind)


def _opened(answer: Answer, kind: type[T]) -> T:
    """A clear no is a 4xx that says its code; everything else that is no answer may change."""
    try:
        if answer.status < 300:
            return msgspec.json.decode(answer.body, type=kind)
        if 400 <= answer.status < 500 and answer.status not in TRY_LATER:
            no = msgspec.json.decode(answer.body, type=No)
            raise WarehouseRejected(no.code, no.message)
    except msgspec.DecodeError as error:
        raise WarehouseUnavailable(f"answered {answer.status} with something we cannot read") from error
    raise WarehouseUnavailable(f"answered {answer.status}")


def _receipt(accepted: Accepted, reference: str) -> Receipt:
    if accepted.reference != reference:
        raise WarehouseUnavailable("the answer does not name our order")
    return Receipt(reference, accepted.number)


def _put(order: WarehouseOrder) -> PutOrder:
    to = order.receiver
    return PutOrder(
        order.placed_at, order.paid_at,
        To(to.name, to.phone, to.address, to.country, to.state, to.city, to.district, to.zip),
        [
            OrderLine(line.line_id, line.sku, line.name, line.quantity, line.amount, line.is_gift)
            for line in order.lines
        ],
        order.currency, order.amount, order.freight_amount, order.remark,
    )  # fmt: skip


def _safe(text: str) -> str:
    return quote(text, safe="")
