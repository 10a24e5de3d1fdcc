"""Jushuitan's interface as the simulator answers it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from litestar import Controller, Response, post
from litestar.di import NamedDependency

from infra.signatures import UntrustedNotice
from infra.simulation.doors import AnyRequest
from infra.warehouse import jushuitan_wire
from infra.warehouse.jushuitan_records import (
    LogisticPage,
    QueriedOrder,
    QueriedPage,
    ReceivedPage,
    StockRows,
    Uploaded,
    UploadedPage,
    UploadedReturn,
    UploadedReturns,
    UploadOrder,
    UploadReturn,
)
from infra.warehouse.jushuitan_wire import from_beijing
from infra.warehouse.simulator import authorizations, manners, news_jushuitan, records
from infra.warehouse.simulator.desk import Desk
from infra.warehouse.simulator.floor import Incoming
from infra.warehouse.simulator.records import Account, Line

Deed = Callable[[Account, str], object]
STATUS = {records.SHORT: records.CANCELED}  # this vendor has no word for "nothing of it was there"


class Trouble(Exception):
    """The vendor's own way to say no: HTTP 200 and a code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(code, message)
        self.code, self.message = code, message


class CancelOrders(msgspec.Struct):
    o_ids: list[int]
    cancel_type: str = ""
    remark: str = ""


class OrderQuery(msgspec.Struct):
    so_ids: list[str] = []
    page_index: int = 1


class WindowQuery(msgspec.Struct):
    modified_begin: str
    modified_end: str
    page_index: int = 1
    page_size: int = 100
    shop_id: int = 0

    def asked(self) -> tuple[int, int, int, int]:
        """Begin and end in seconds, one row more than a page, and how many rows to skip."""
        moments = (int(from_beijing(text).timestamp()) for text in (self.modified_begin, self.modified_end))
        begin, end = moments
        return begin, end, self.page_size + 1, (self.page_index - 1) * self.page_size


class JushuitanController(Controller):
    @post(jushuitan_wire.UPLOAD, status_code=200)
    async def upload(self, request: AnyRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
        def deed(account: Account, biz: str) -> object:
            orders = msgspec.json.decode(biz, type=list[UploadOrder], strict=False)
            return UploadedPage([_taken(desk, account, order) for order in orders])

        return await _answer(request, desk, "push", deed)

    @post(jushuitan_wire.QUERY, status_code=200)
    async def query(self, request: AnyRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
        def deed(account: Account, biz: str) -> object:
            asked = msgspec.json.decode(biz, type=OrderQuery)
            rows = [records.find_order(desk.db, account.app_key, so_id) for so_id in asked.so_ids]
            return QueriedPage([_queried(desk, row) for row in rows if row])

        return await _answer(request, desk, "query", deed)

    @post(jushuitan_wire.CANCEL, status_code=200)
    async def cancel(self, request: AnyRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
        def deed(account: Account, biz: str) -> object:
            asked = msgspec.json.decode(biz, type=CancelOrders)
            stopped = [
                desk.floor.cancel(account, _reference(desk, account, o_id), asked.remark) for o_id in asked.o_ids
            ]
            if not all(stopped):
                raise Trouble(110, "订单已发货，不能取消")
            return {}

        return await _answer(request, desk, "cancel", deed)

    @post(jushuitan_wire.INVENTORY, status_code=200)
    async def inventory(self, request: AnyRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
        def deed(account: Account, biz: str) -> object:
            asked = msgspec.json.decode(biz, type=WindowQuery)
            rows = records.shelves(desk.db, account.app_key, *asked.asked())
            kept = [news_jushuitan.stock(row) for row in rows[: asked.page_size]]
            return StockRows(kept, has_next=len(rows) > asked.page_size)

        return await _answer(request, desk, "stock", deed)

    @post(jushuitan_wire.LOGISTICS, status_code=200)
    async def logistics(self, request: AnyRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
        def deed(account: Account, biz: str) -> object:
            asked = msgspec.json.decode(biz, type=WindowQuery)
            rows = records.parcels_sent(desk.db, account.app_key, *asked.asked())
            kept = [news_jushuitan.shipment(row) for row in rows[: asked.page_size]]
            return LogisticPage(kept, has_next=len(rows) > asked.page_size)

        return await _answer(request, desk, "shipments", deed)

    @post(jushuitan_wire.RETURN_UPLOAD, status_code=200)
    async def announce(self, request: AnyRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
        def deed(account: Account, biz: str) -> object:
            returns = msgspec.json.decode(biz, type=list[UploadReturn], strict=False)
            return UploadedReturns([_announced(desk, account, one) for one in returns])

        return await _answer(request, desk, "return", deed)

    @post(jushuitan_wire.RETURN_RECEIVED, status_code=200)
    async def received(self, request: AnyRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
        def deed(account: Account, biz: str) -> object:
            asked = msgspec.json.decode(biz, type=WindowQuery)
            rows = records.returns_received(desk.db, account.app_key, *asked.asked())
            kept = [news_jushuitan.received(row) for row in rows[: asked.page_size]]
            return ReceivedPage(kept, has_next=len(rows) > asked.page_size)

        return await _answer(request, desk, "returns", deed)


async def _answer(request: AnyRequest, desk: Desk, what: str, deed: Deed) -> Response[bytes]:
    """Check who asks, then let it be done with the manners of the day."""
    params = dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))
    account = records.find_account(desk.db, params.get("app_key", ""))
    try:
        known = _believed(desk, account, params)
    except Trouble as trouble:
        return envelope(trouble.code, trouble.message)
    biz = params.get("biz", "")

    def done() -> Response[bytes]:
        try:
            return envelope(0, "执行成功", deed(known, biz))
        except Trouble as trouble:
            return envelope(trouble.code, trouble.message)
        except (msgspec.DecodeError, ValueError) as error:
            return envelope(102, f"参数错误 {error}")

    return await manners.attend(desk, known, what, _subject(biz), done, lambda: envelope(199, "接口调用超限"))


def _subject(biz: str) -> str:
    """Whom a request is about, for the log; whatever cannot be read is about nobody."""
    try:
        said = msgspec.json.decode(biz)
    except msgspec.DecodeError:
        return ""
    first = said[0] if isinstance(said, list) and said else said
    if not isinstance(first, dict):
        return ""
    found = first.get("outer_as_id") or first.get("so_id") or first.get("so_ids") or first.get("o_ids") or ""
    return str(found[0]) if isinstance(found, list) and found else str(found)


def _believed(desk: Desk, account: Account | None, params: dict[str, str]) -> Account:
    """Raises Trouble, with the codes of https://openweb.jushuitan.com/doc?docId=320."""
    if account is None or account.dialect != "jushuitan":
        raise Trouble(100, "app_key 不存在")
    try:
        jushuitan_wire.verify_params(account.app_secret, params, datetime.now(UTC))
    except UntrustedNotice as error:
        raise Trouble(120, f"签名错误 {error}") from error
    if params.get("access_token") != account.access_token or authorizations.is_over(desk.db, account):
        raise Trouble(100, "access_token 无效或已过期")
    return account


def _taken(desk: Desk, account: Account, order: UploadOrder) -> Uploaded:
    lines = [Line(item.outer_oi_id, item.sku_id, item.qty, item.name, item.referrer_id) for item in order.items]
    incoming = Incoming(order.so_id, lines, order.receiver_name, order.receiver_address, order.receiver_phone)
    taken = desk.floor.take_in(account, incoming)
    return Uploaded(order.so_id, taken.number, issuccess=not taken.fault, msg=taken.fault)


def _announced(desk: Desk, account: Account, one: UploadReturn) -> UploadedReturn:
    lines = [Line(item.outer_oi_id, item.sku_id, item.qty, item.name) for item in one.items]
    taken = desk.floor.announce(account, one.outer_as_id, one.so_id, lines)
    return UploadedReturn(one.outer_as_id, taken.number, issuccess=not taken.fault, msg=taken.fault)


def _queried(desk: Desk, row: Any) -> QueriedOrder:
    parcels = [news_jushuitan.shipment(parcel) for parcel in records.parcels_of(desk.db, row["number"])]
    return QueriedOrder(row["reference"], row["number"], STATUS.get(row["status"], row["status"]), parcels)


def _reference(desk: Desk, account: Account, o_id: int) -> str:
    row = desk.db.execute(
        "SELECT reference FROM placed WHERE account = ? AND number = ?", (account.app_key, o_id)
    ).fetchone()
    return row["reference"] if row else ""


def envelope(code: int, message: str, data: Any = None) -> Response[bytes]:
    body = msgspec.json.Encoder(decimal_format="number").encode({"code": code, "msg": message, "data": data})
    return Response(body, media_type="application/json")
