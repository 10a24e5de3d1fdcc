"""Qimen's interface as the simulator answers it: one address, a method in it, and XML both ways."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl
from xml.etree.ElementTree import Element

from litestar import Controller, Response, post
from litestar.di import NamedDependency

from infra.signatures import UntrustedNotice
from infra.simulation.doors import AnyRequest
from infra.warehouse import qimen_wire
from infra.warehouse.qimen_wire import number, text
from infra.warehouse.simulator import manners, news_qimen, records
from infra.warehouse.simulator.desk import Desk
from infra.warehouse.simulator.floor import Incoming
from infra.warehouse.simulator.records import Account, Line

Said = Mapping[str, Any]
STATUS = {records.WAITING: "ACCEPT", records.SENT: "DELIVERED", records.CANCELED: "CANCELED", records.SHORT: "CLOSED"}
ALL_TIME = 2**40


class Trouble(Exception):
    """The vendor's own way to say no: HTTP 200 and a flag."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code, self.message = code, message


class QimenController(Controller):
    @post(qimen_wire.PATH, status_code=200)
    async def serve(self, request: AnyRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
        body = await request.body()
        params = dict(parse_qsl(str(request.scope["query_string"], "latin-1"), keep_blank_values=True))
        account = records.find_account(desk.db, params.get("app_key", ""))
        fault = _distrust(account, params, body)
        if account is None or fault:
            return _reply("sign-check-failure", fault)
        known, method = account, qimen_wire.method_of(params)

        def done() -> Response[bytes]:
            try:
                said = qimen_wire.read(body)
                return _reply("0", "ok", METHODS[method](desk, known, said))
            except Trouble as trouble:
                return _reply(trouble.code, trouble.message)
            except (ValueError, KeyError) as error:
                return _reply("invalid-parameter", f"参数错误 {error}")

        def too_often() -> Response[bytes]:
            return _reply("isp.call-limited", "调用过于频繁")

        return await manners.attend(desk, account, WHAT.get(method, method), _subject(body), done, too_often)


def _distrust(account: Account | None, params: Mapping[str, str], body: bytes) -> str:
    if account is None or account.dialect != "qimen":
        return "app_key 不可用"
    try:
        qimen_wire.verify_params(account.app_secret, params, body, datetime.now(UTC))
    except UntrustedNotice as error:
        return f"签名错误 {error}"
    return "" if params.get("customerId") == account.names.get("customer_id") else "customerId 不正确"


def _subject(body: bytes) -> str:
    try:
        said = qimen_wire.read(body)
    except qimen_wire.NotXml:
        return ""
    names = ("deliveryOrder/deliveryOrderCode", "returnOrder/returnOrderCode", "orderCode")
    return next((found for name in names if (found := text(said, name))), "")


def _create(desk: Desk, account: Account, said: Element) -> Said:
    order = Incoming(
        text(said, "deliveryOrder/deliveryOrderCode"),
        _lines(said),
        text(said, "deliveryOrder/receiverInfo/name"),
        text(said, "deliveryOrder/receiverInfo/detailAddress"),
        text(said, "deliveryOrder/receiverInfo/mobile"),
    )
    taken = desk.floor.take_in(account, order)
    if taken.fault:
        raise Trouble("order-refused", taken.fault)
    return {"createTime": news_qimen.moment(None), "deliveryOrderId": news_qimen.order_id(taken.number)}


def _lines(said: Element) -> list[Line]:
    return [
        Line(
            text(line, "orderLineNo"),
            text(line, "itemCode"),
            number(line, "planQty"),
            text(line, "itemName"),
            text(line, "extendProps/referrerId"),
        )
        for line in said.iterfind("orderLines/orderLine")
    ]


def _cancel(desk: Desk, account: Account, said: Element) -> Said:
    if not desk.floor.cancel(account, text(said, "orderCode"), text(said, "cancelReason")):
        raise Trouble("cancel-refused", "订单已发货，不能取消")
    return {}


def _query(desk: Desk, account: Account, said: Element) -> Said:
    row = _order(desk, account, text(said, "orderCode"))
    parcels = records.parcels_of(desk.db, row["number"])
    return {
        "totalLines": len(parcels),
        "deliveryOrder": {
            "deliveryOrderCode": row["reference"],
            "deliveryOrderId": news_qimen.order_id(row["number"]),
            "status": STATUS[row["status"]],
            "confirmType": "0",
            "orderConfirmTime": news_qimen.moment(parcels[0].at if parcels else None),
        },
        "packages": {"package": [news_qimen.package(parcel) for parcel in parcels]},
        "orderLines": {"orderLine": [line for parcel in parcels for line in news_qimen.lines(parcel)]},
    }


def _order(desk: Desk, account: Account, reference: str) -> sqlite3.Row:
    row = records.find_order(desk.db, account.app_key, reference)
    if row is None:
        raise Trouble("order-not-found", "单据不存在")
    return row


def _announce(desk: Desk, account: Account, said: Element) -> Said:
    reference, of = text(said, "returnOrder/returnOrderCode"), text(said, "returnOrder/preDeliveryOrderCode")
    taken = desk.floor.announce(account, reference, of, _lines(said))
    if taken.fault:
        raise Trouble("return-refused", taken.fault)
    return {"returnOrderId": news_qimen.order_id(taken.number)}


def _stock(desk: Desk, account: Account, said: Element) -> Said:
    size = min(max(number(said, "pageSize"), 1), 100)
    skipped = (max(number(said, "page"), 1) - 1) * size
    shelves = records.shelves(desk.db, account.app_key, 0, ALL_TIME, size, skipped)
    return {"items": {"item": [news_qimen.level(account, shelf) for shelf in shelves]}}


METHODS: dict[str, Callable[[Desk, Account, Element], Said]] = {
    qimen_wire.CREATE: _create,
    qimen_wire.CANCEL: _cancel,
    qimen_wire.QUERY: _query,
    qimen_wire.RETURN_CREATE: _announce,
    qimen_wire.STOCK_QUERY: _stock,
}
WHAT = {
    qimen_wire.CREATE: "push", qimen_wire.CANCEL: "cancel", qimen_wire.QUERY: "query",
    qimen_wire.RETURN_CREATE: "return", qimen_wire.STOCK_QUERY: "stock",
}  # fmt: skip


def _reply(code: str, message: str, more: Said | None = None) -> Response[bytes]:
    flag = "success" if code == "0" else "failure"
    body = qimen_wire.written("response", {"flag": flag, "code": code, "message": message, **(more or {})})
    return Response(body, media_type="text/xml; charset=utf-8")
