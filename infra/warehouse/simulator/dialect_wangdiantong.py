"""Wangdiantong's interface as the simulator answers it: it is asked for everything and calls nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from litestar import Controller, Response, post
from litestar.di import NamedDependency

from infra.signatures import UntrustedNotice
from infra.simulation.doors import AnyRequest
from infra.warehouse import wangdiantong_wire
from infra.warehouse.jushuitan_wire import from_beijing
from infra.warehouse.simulator import manners, news_wangdiantong, records
from infra.warehouse.simulator.desk import Desk
from infra.warehouse.simulator.floor import Incoming
from infra.warehouse.simulator.records import Account, Line
from infra.warehouse.wangdiantong_records import PushedRefund, PushedTrade, StockChange, StockDone, SyncDone
from infra.warehouse.wangdiantong_upload import PAID_BACK

T = TypeVar("T")
Params = dict[str, str]
Deed = Callable[[Account, Params], dict[str, Any]]


class Trouble(Exception):
    """The vendor's own way to say no: HTTP 200 and a code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(code, message)
        self.code, self.message = code, message


class WangdiantongController(Controller):
    @post(wangdiantong_wire.TRADE_PUSH, status_code=200)
    async def push(self, request: AnyRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
        def deed(account: Account, params: Params) -> dict[str, Any]:
            trades = _read(params, "trade_list", list[PushedTrade])
            faults = [fault for trade in trades if (fault := _pushed(desk, account, trade))]
            if faults:
                raise Trouble(5040, faults[0])
            return {"new_count": len(trades), "chg_count": 0}

        return await _answer(request, desk, "push", deed)

    @post(wangdiantong_wire.TRADE_QUERY, status_code=200)
    async def trades(self, request: AnyRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
        def deed(account: Account, params: Params) -> dict[str, Any]:
            if "src_tid" in params:
                row = records.find_order(desk.db, account.app_key, params["src_tid"])
                rows = [row] if row else []
            else:
                rows = records.orders_changed(desk.db, account.app_key, *_window(params))
            return {"total_count": len(rows), "trades": [news_wangdiantong.trade(row) for row in rows]}

        return await _answer(request, desk, "query", deed)

    @post(wangdiantong_wire.STOCKOUT_QUERY, status_code=200)
    async def stockouts(self, request: AnyRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
        def deed(account: Account, params: Params) -> dict[str, Any]:
            row = records.find_order(desk.db, account.app_key, params.get("src_tid", ""))
            parcels = records.parcels_of(desk.db, row["number"]) if row else []
            return {"stockout_list": [news_wangdiantong.stockout(parcel) for parcel in parcels]}

        return await _answer(request, desk, "parcels", deed)

    @post(wangdiantong_wire.LOGISTICS_QUERY, status_code=200)
    async def waiting(self, request: AnyRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
        def deed(account: Account, params: Params) -> dict[str, Any]:
            rows = desk.news.waiting(account, ("shipment",), min(int(params.get("limit", "100")), 100))
            return {"trades": [news_wangdiantong.sync(row) for row in rows]}

        return await _answer(request, desk, "shipments", deed)

    @post(wangdiantong_wire.LOGISTICS_ACK, status_code=200)
    async def heard(self, request: AnyRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
        def deed(account: Account, params: Params) -> dict[str, Any]:
            done = _read(params, "logistics_list", list[SyncDone])
            desk.news.heard(account, [int(one.rec_id) for one in done if one.status == 0])
            return {"errors": []}

        return await _answer(request, desk, "acknowledge", deed)

    @post(wangdiantong_wire.STOCK_QUERY, status_code=200)
    async def stock(self, request: AnyRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
        def deed(account: Account, params: Params) -> dict[str, Any]:
            rows = desk.db.execute(
                "SELECT * FROM shelf WHERE account = ? AND changes > heard ORDER BY id LIMIT ?",
                (account.app_key, min(int(params.get("limit", "100")), 100)),
            ).fetchall()
            changes = [
                StockChange(row["id"], row["sku"], Decimal(row["quantity"] - row["held"]), row["changes"])
                for row in rows
            ]
            return {"current_count": len(rows), "stock_change_list": changes}

        return await _answer(request, desk, "stock", deed)

    @post(wangdiantong_wire.STOCK_ACK, status_code=200)
    async def stock_heard(self, request: AnyRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
        def deed(account: Account, params: Params) -> dict[str, Any]:
            done = _read(params, "stock_sync_list", list[StockDone])
            desk.db.executemany(
                "UPDATE shelf SET heard = max(heard, ?) WHERE id = ? AND account = ?",
                [(int(one.stock_change_count), int(one.rec_id), account.app_key) for one in done],
            )
            return {"errors": []}

        return await _answer(request, desk, "acknowledge", deed)

    @post(wangdiantong_wire.REFUND_PUSH, status_code=200)
    async def announce(self, request: AnyRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
        def deed(account: Account, params: Params) -> dict[str, Any]:
            refunds = _read(params, "api_refund_list", list[PushedRefund])
            for refund in refunds:
                _announced(desk, account, refund)
            return {"new_count": len(refunds), "chg_count": 0}

        return await _answer(request, desk, "return", deed)

    @post(wangdiantong_wire.STOCKIN_QUERY, status_code=200)
    async def returned(self, request: AnyRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
        def deed(account: Account, params: Params) -> dict[str, Any]:
            rows = records.returns_received(desk.db, account.app_key, *_window(params))
            return {"total_count": len(rows), "stockin_list": [news_wangdiantong.stockin(row) for row in rows]}

        return await _answer(request, desk, "returns", deed)


async def _answer(request: AnyRequest, desk: Desk, what: str, deed: Deed) -> Response[bytes]:
    """Check who asks, then let it be done with the manners of the day."""
    params = dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))
    account = records.find_account(desk.db, params.get("appkey", ""))
    fault = _distrust(account, params)
    if account is None or fault:
        return _envelope(1000, fault)
    known = account

    def done() -> Response[bytes]:
        try:
            return _envelope(0, "", deed(known, params))
        except Trouble as trouble:
            return _envelope(trouble.code, trouble.message)
        except (msgspec.DecodeError, ValueError) as error:
            return _envelope(2900, f"参数错误 {error}")

    def too_often() -> Response[bytes]:
        return _envelope(100, "超过每分钟最大调用频率限制，请稍后重试")

    return await manners.attend(desk, account, what, _subject(params), done, too_often)


def _subject(params: Params) -> str:
    if "src_tid" in params:
        return params["src_tid"]
    for name, key in (("trade_list", "tid"), ("api_refund_list", "refund_no")):
        if name in params:
            try:
                return str(msgspec.json.decode(params[name])[0][key])
            except (msgspec.DecodeError, LookupError, TypeError):
                return ""
    return ""


def _distrust(account: Account | None, params: Params) -> str:
    if account is None or account.dialect != "wangdiantong":
        return "appkey 不存在"
    try:
        wangdiantong_wire.verify_form(account.app_secret, params, datetime.now(UTC))
    except UntrustedNotice as error:
        return f"签名错误 {error}"
    return "" if params.get("sid") == account.names.get("sid") else "sid 不正确"


def _read(params: Params, name: str, kind: type[T]) -> T:
    return msgspec.json.decode(params.get(name, ""), type=kind, strict=False)


def _window(params: Params) -> tuple[int, int, int, int]:
    """Begin and end in seconds, the page's size, and how many rows to skip."""
    begin, end = (int(from_beijing(params.get(name, "")).timestamp()) for name in ("start_time", "end_time"))
    size = min(int(params.get("page_size", "40")), 100)
    return begin, end, size, int(params.get("page_no", "0")) * size


def _pushed(desk: Desk, account: Account, trade: PushedTrade) -> str:
    """An order paid back before it left is called off; one that left says nothing and stays as it is."""
    if trade.trade_status == PAID_BACK:
        desk.floor.cancel(account, trade.tid, trade.seller_memo)
        return ""
    lines = [Line(one.oid, one.spec_no, one.num, one.goods_name, one.anchor_id) for one in trade.order_list]
    incoming = Incoming(trade.tid, lines, trade.receiver_name, trade.receiver_address, trade.receiver_mobile)
    return desk.floor.take_in(account, incoming).fault


def _announced(desk: Desk, account: Account, refund: PushedRefund) -> None:
    """A return names lines of an order; what they hold is looked up there."""
    order = records.find_order(desk.db, account.app_key, refund.tid)
    if order is None:
        raise Trouble(5040, "推送订单信息错误，错误内容：售后单关联的原始单不存在")
    skus = {line.line_id: line.sku for line in records.lines_of(order)}
    lines = [Line(one.oid, skus.get(one.oid, ""), one.num) for one in refund.order_list]
    taken = desk.floor.announce(account, refund.refund_no, refund.tid, lines)
    if taken.fault:
        raise Trouble(5040, taken.fault)


def _envelope(code: int, message: str, more: dict[str, Any] | None = None) -> Response[bytes]:
    body = msgspec.json.encode({"code": code, "message": message, **(more or {})})
    return Response(body, media_type="application/json")
