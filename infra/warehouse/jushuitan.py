"""Jushuitan 聚水潭, a cloud warehouse of the callback style.

Sources: https://openweb.jushuitan.com/dev-doc?docType=4&docId=18 (upload: `so_id` is unique in a shop of our own, a
repeated upload answers with the same order), docId=19 (cancel by `o_ids`), docType=5&docId=25 (what was sent, by the
time of its change, at most seven days in one question), the pages of the after-sales upload (`outer_as_id` is unique)
and of returned goods, and https://openweb.jushuitan.com/doc for the signature. Every answer is
read by `jushuitan_answers`. The `method` names of pushes differ between the vendor's app types and are kept in
`jushuitan_wire`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from infra import clock
from infra.http import Outside
from infra.warehouse import jushuitan_callbacks, jushuitan_wire
from infra.warehouse.jushuitan_answers import exchange
from infra.warehouse.jushuitan_records import (
    LogisticPage,
    QueriedOrder,
    QueriedPage,
    ReceivedPage,
    StockRows,
    UploadedPage,
    UploadedReturns,
)
from infra.warehouse.jushuitan_upload import return_form, upload_form
from infra.warehouse.jushuitan_wire import beijing, signed_params
from infra.warehouse.port import (
    Notice,
    OrderStatus,
    Receipt,
    ReturnOrder,
    ShipmentPage,
    StockPage,
    WarehouseAccount,
    WarehouseOrder,
    WarehouseOrderState,
    WarehouseRejected,
    WarehouseUnavailable,
)
from infra.warehouse.windows import Window, making_sense

T = TypeVar("T")
STATUS: dict[str, OrderStatus] = {"Sent": "shipped", "Cancelled": "canceled"}
PAGE_SIZE = 100
HORIZON_S = 30  # longer than our own patience with one call, so nothing of ours can still be on its way
LONGEST_WINDOW = timedelta(days=7)


class Jushuitan:
    """Keeps the promises of `WarehouseGateway` in Jushuitan's dialect."""

    acknowledgment = jushuitan_wire.ACKNOWLEDGED
    pulls = False
    horizon_s = HORIZON_S

    def __init__(self, account: WarehouseAccount, outside: Outside) -> None:
        self._account = account
        self._outside = outside

    async def push_order(self, order: WarehouseOrder) -> Receipt:
        page = await self._call(jushuitan_wire.UPLOAD, [upload_form(order, self._account.shop_id)], UploadedPage)
        for uploaded in page.datas:
            if uploaded.so_id == order.reference and uploaded.issuccess:
                return Receipt(order.reference, str(uploaded.o_id))
            if uploaded.so_id == order.reference:
                raise WarehouseRejected("order_refused", uploaded.msg)
        raise WarehouseUnavailable("the answer does not name our order")

    async def cancel_order(self, reference: str, reason: str = "") -> None:
        """Jushuitan cancels by its own number, so ask for that first; canceling twice is canceling once."""
        state = await self.query_order(reference)
        if state is None:
            raise WarehouseRejected("unknown_order", reference)
        if state.status == "canceled":
            return
        if state.parcels:
            raise WarehouseRejected("already_shipped", reference)
        biz = {"o_ids": [int(state.warehouse_ref)], "cancel_type": "不需要了", "remark": reason}
        refusal: WarehouseRejected | None = None
        try:
            await self._call(jushuitan_wire.CANCEL, biz, dict[str, Any])
        except WarehouseRejected as error:
            refusal = error
        after = await self.query_order(reference)
        if after is None or after.status != "canceled":
            shipped = after is not None and after.parcels
            raise WarehouseRejected("already_shipped" if shipped else "cancel_refused", reference) from refusal

    async def query_order(self, reference: str) -> WarehouseOrderState | None:
        page = await self._call(jushuitan_wire.QUERY, {"so_ids": [reference], "page_index": 1}, QueriedPage)
        with making_sense():
            return next((_state(order) for order in page.orders if order.so_id == reference), None)

    async def pull_stock(self, cursor: str = "") -> StockPage:
        """Levels that changed in a window of time, at first the last seven days.

        The cursor is the start of the window and the page within it, counted from 1 as the vendor counts.
        """
        now = clock.now()
        begin, _, said = cursor.partition("|")
        window, page = Window.of(begin, now, longest=LONGEST_WINDOW, look_back=LONGEST_WINDOW), max(int(said or 1), 1)
        biz = {
            "modified_begin": beijing(window.begin), "modified_end": beijing(window.end),
            "page_index": page, "page_size": PAGE_SIZE,
        }  # fmt: skip
        rows = await self._call(jushuitan_wire.INVENTORY, biz, StockRows)
        with making_sense():
            levels = tuple(jushuitan_callbacks.stock_notice(stock) for stock in rows.inventorys)
        if rows.has_next:
            return StockPage(levels, f"{beijing(window.begin)}|{page + 1}", more=True)
        return StockPage(levels, *window.following(now, more_pages=False))

    async def ack_stock(self, receipts: Sequence[str]) -> None:
        """Windows of time need no receipts."""

    async def push_return(self, order: ReturnOrder) -> Receipt:
        """The after-sales upload; `outer_as_id` is unique there, so a repeated one answers with the same number."""
        form = [return_form(order, self._account.shop_id)]
        page = await self._call(jushuitan_wire.RETURN_UPLOAD, form, UploadedReturns)
        for uploaded in page.datas:
            if uploaded.outer_as_id == order.reference and uploaded.issuccess:
                return Receipt(order.reference, str(uploaded.as_id))
            if uploaded.outer_as_id == order.reference:
                raise WarehouseRejected("return_refused", uploaded.msg)
        raise WarehouseUnavailable("the answer does not name our return")

    async def pull_shipments(self, cursor: str = "") -> ShipmentPage:
        """What callbacks should have told: parcels sent and goods received in a window of time, page by page."""
        now = clock.now()
        window = Window.of(cursor, now, longest=LONGEST_WINDOW, look_back=LONGEST_WINDOW)
        biz = {
            "modified_begin": beijing(window.begin), "modified_end": beijing(window.end),
            "page_index": window.page + 1, "page_size": PAGE_SIZE,
        }  # fmt: skip
        sent = await self._call(jushuitan_wire.LOGISTICS, {**biz, "shop_id": self._account.shop_id}, LogisticPage)
        back = await self._call(jushuitan_wire.RETURN_RECEIVED, biz, ReceivedPage)
        with making_sense():
            notices: list[Notice] = [jushuitan_callbacks.shipment_notice(shipment) for shipment in sent.orders]
            notices += [jushuitan_callbacks.return_notice(received) for received in back.datas]
        return ShipmentPage(tuple(notices), *window.following(now, more_pages=sent.has_next or back.has_next))

    async def ack_shipments(self, receipts: Sequence[str]) -> None:
        """Windows of time need no receipts."""

    def parse_callback(self, *, headers: Mapping[str, str], query: str, body: bytes, now: datetime) -> list[Notice]:
        return jushuitan_callbacks.parse(self._account, query, body, now)

    async def _call(self, path: str, biz: object, kind: type[T]) -> T:
        account = self._account
        params = {"app_key": account.app_key, "access_token": account.access_token}
        form = signed_params(account.app_secret, params, biz, clock.now())
        return await exchange(self._outside, account.base_url, path, form, kind)


def _state(order: QueriedOrder) -> WarehouseOrderState:
    parcels = tuple(jushuitan_callbacks.parcel(shipment) for shipment in order.shipments)
    status = STATUS.get(order.status, "partially_shipped" if parcels else "accepted")
    return WarehouseOrderState(order.so_id, str(order.o_id), status, parcels)
