"""Wangdiantong's enterprise edition 旺店通企业版, a cloud warehouse of the style "ask, then acknowledge".

Sources: the pages named in `wangdiantong_records`, https://open.wangdian.cn/qyb/open/guide?path=guide_signsf for the
signature. `trade_push` is idempotent by our number (`tid`); an order is called off by pushing it again as paid back
(status 80), which holds only until it has left. Parcels and stock wait in queues until their `rec_id` is acknowledged
(logistics_sync_ack, api_goods_stock_change_ack); orders that ended or came short and goods that came back are found by
the time of their change. What lies in a parcel is in the stock-out order. A code in TRY_LATER may change, others are
final.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from infra import clock
from infra.http import Outside
from infra.signatures import BadSignature
from infra.warehouse import wangdiantong_news, wangdiantong_upload, wangdiantong_wire
from infra.warehouse.jushuitan_wire import beijing, from_beijing
from infra.warehouse.port import (
    CancelNotice,
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
from infra.warehouse.wangdiantong_calls import Calls, WangdiantongAccount, written
from infra.warehouse.wangdiantong_records import (
    Answer,
    Pushed,
    StockChanges,
    StockDone,
    Stockins,
    Stockout,
    Stockouts,
    SyncDone,
    Syncs,
    Trade,
    Trades,
)
from infra.warehouse.windows import Window, making_sense

HORIZON_S = 30
QUEUE_SIZE = 40  # each parcel in it is one more question
PAGE_SIZE = 100
LONGEST_WINDOW = timedelta(hours=1)
LOOK_BACK = timedelta(days=1)


class Wangdiantong:
    """Keeps the promises of `WarehouseGateway` in Wangdiantong's dialect."""

    acknowledgment = b""
    pulls = True
    horizon_s = HORIZON_S

    def __init__(self, account: WangdiantongAccount, outside: Outside) -> None:
        self._account = account
        self._calls = Calls(account, outside)

    async def push_order(self, order: WarehouseOrder) -> Receipt:
        """They number an order of ours later, and perhaps several times; until then our number is the one."""
        trade = wangdiantong_upload.trade(order, self._account.warehouse_no)
        await self._push(trade)
        return Receipt(order.reference, order.reference)

    async def cancel_order(self, reference: str, reason: str = "") -> None:
        trades = await self._trades(reference)
        if not trades:
            raise WarehouseRejected("unknown_order", reference)
        if await self._stopped(reference, trades):
            return
        goods = [one for trade in trades for one in trade.goods_list if one.src_tid == reference]
        refusal: WarehouseRejected | None = None
        try:
            await self._push(wangdiantong_upload.paid_back(reference, goods, reason))
        except WarehouseRejected as error:
            refusal = error
        if not await self._stopped(reference, await self._trades(reference)):
            raise WarehouseRejected("cancel_refused", reference) from refusal

    async def _stopped(self, reference: str, trades: list[Trade]) -> bool:
        if not trades:
            return True
        state = await self._state(reference, trades)
        if state.parcels or state.status == "shipped":
            raise WarehouseRejected("already_shipped", reference)
        return state.status == "canceled"

    async def query_order(self, reference: str) -> WarehouseOrderState | None:
        trades = await self._trades(reference)
        if not trades:
            return None
        return await self._state(reference, trades)

    async def _state(self, reference: str, trades: list[Trade]) -> WarehouseOrderState:
        stockouts = await self._stockouts(reference)
        with making_sense():
            return wangdiantong_news.state(reference, trades, stockouts)

    async def push_return(self, order: ReturnOrder) -> Receipt:
        """`refund_no` is unique there: pushed again it is the same return."""
        refund = wangdiantong_upload.refund(order, self._account.shop_no, clock.now())
        await self._calls.call(wangdiantong_wire.REFUND_PUSH, {"api_refund_list": written([refund])}, Pushed)
        return Receipt(order.reference, order.reference)

    async def pull_stock(self, cursor: str = "") -> StockPage:
        """Whatever changed and was not acknowledged. A change after this answer needs an acknowledgment of its own."""
        asked = {"shop_no": self._account.shop_no, "limit": str(PAGE_SIZE)}
        found = (await self._calls.call(wangdiantong_wire.STOCK_QUERY, asked, StockChanges)).stock_change_list
        now = clock.now()
        with making_sense():
            levels = tuple(wangdiantong_news.stock(change, self._account.warehouse_no, now) for change in found)
            receipts = tuple(f"{one.rec_id}:{int(one.sync_stock)}:{one.stock_change_count}" for one in found)
        return StockPage(levels, "", len(found) >= PAGE_SIZE, receipts)

    async def ack_stock(self, receipts: Sequence[str]) -> None:
        done = [StockDone(rec, int(stock), count) for rec, stock, count in (one.split(":") for one in receipts)]
        if done:
            await self._calls.call(wangdiantong_wire.STOCK_ACK, {"stock_sync_list": written(done)}, Answer)

    async def pull_shipments(self, cursor: str = "") -> ShipmentPage:
        """Parcels out of the queue, and out of a window of time orders that ended or came short and returns.

        One page is many calls. When one of them fails, what was read is told, and the rest asked for the next time.
        """
        parcels, receipts, full = await self._queue()
        try:
            return await self._window(cursor, parcels, receipts, full=full)
        except WarehouseUnavailable:
            if not receipts:
                raise
            return ShipmentPage(tuple(parcels), cursor, full, receipts)

    async def _window(
        self, cursor: str, parcels: list[Notice], receipts: tuple[str, ...], *, full: bool
    ) -> ShipmentPage:
        now = clock.now()
        window = Window.of(cursor, now, longest=LONGEST_WINDOW, look_back=LOOK_BACK)
        asked = {
            "start_time": beijing(window.begin), "end_time": beijing(window.end),
            "page_no": str(window.page), "page_size": str(PAGE_SIZE),
        }  # fmt: skip
        of_shop = {**asked, "shop_no": self._account.shop_no}
        trades = (await self._calls.call(wangdiantong_wire.TRADE_QUERY, of_shop, Trades)).trades
        stockins = (await self._calls.call(wangdiantong_wire.STOCKIN_QUERY, asked, Stockins)).stockin_list
        with making_sense():
            notices = [*parcels, *await self._changed(trades)]
            notices += [one for one in map(wangdiantong_news.returned, stockins) if one]
        following, more = window.following(now, more_pages=max(len(trades), len(stockins)) >= PAGE_SIZE)
        return ShipmentPage(tuple(notices), following, full or more, receipts)

    async def _queue(self) -> tuple[list[Notice], tuple[str, ...], bool]:
        """A parcel nobody can read is left in the queue, and holds up none of the others."""
        asked = {"shop_no": self._account.shop_no, "limit": str(QUEUE_SIZE), "is_part_sync_able": "1"}
        syncs = (await self._calls.call(wangdiantong_wire.LOGISTICS_QUERY, asked, Syncs)).trades
        content: dict[str, list[Stockout]] = {}
        for tid in dict.fromkeys(sync.tid for sync in syncs):
            try:
                content[tid] = await self._stockouts(tid)
            except WarehouseUnavailable:
                if not content:
                    raise
                break
        notices: list[Notice] = []
        receipts: list[str] = []
        for sync in (one for one in syncs if one.tid in content):
            with suppress(ValueError, ArithmeticError):
                if notice := wangdiantong_news.shipment(sync, content[sync.tid]):
                    notices.append(notice)
                    receipts.append(str(sync.rec_id))
        return notices, tuple(receipts), len(syncs) >= QUEUE_SIZE and bool(receipts)

    async def _changed(self, trades: list[Trade]) -> list[Notice]:
        found: list[Notice] = []
        for trade in trades:
            if trade.trade_status != wangdiantong_wire.CANCELED:
                found += wangdiantong_news.progress(trade)
                continue
            for tid in wangdiantong_news.tids(trade):
                state = await self.query_order(tid)
                if state and state.status == "canceled":
                    reason = str(trade.cancel_reason or "")
                    found.append(CancelNotice(f"{tid}:canceled", tid, reason, from_beijing(trade.modified)))
        return found

    async def ack_shipments(self, receipts: Sequence[str]) -> None:
        done = [SyncDone(rec_id, 0, "同步成功") for rec_id in receipts]
        if done:
            await self._calls.call(wangdiantong_wire.LOGISTICS_ACK, {"logistics_list": written(done)}, Answer)

    def parse_callback(self, *, headers: Mapping[str, str], query: str, body: bytes, now: datetime) -> list[Notice]:
        raise BadSignature("this vendor is asked and never calls")

    async def _push(self, trade: object) -> None:
        form = {"shop_no": self._account.shop_no, "switch": "1", "trade_list": written([trade])}
        await self._calls.call(wangdiantong_wire.TRADE_PUSH, form, Pushed)

    async def _trades(self, reference: str) -> list[Trade]:
        found = await self._calls.call(wangdiantong_wire.TRADE_QUERY, {"src_tid": reference}, Trades)
        return [trade for trade in found.trades if reference in wangdiantong_news.tids(trade)]

    async def _stockouts(self, reference: str) -> list[Stockout]:
        asked = {"src_tid": reference, "page_size": str(PAGE_SIZE), "page_no": "0"}
        return (await self._calls.call(wangdiantong_wire.STOCKOUT_QUERY, asked, Stockouts)).stockout_list
