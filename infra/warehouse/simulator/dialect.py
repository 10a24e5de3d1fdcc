"""Jushuitan's interface as the simulator answers it, with whatever bad manners the account asked for."""

from __future__ import annotations

import asyncio
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
from infra.warehouse.jushuitan_records import QueriedPage, StockRows, UploadedPage, UploadOrder
from infra.warehouse.simulator import records
from infra.warehouse.simulator.desk import Desk
from infra.warehouse.simulator.records import App

Deed = Callable[[App, str], object]


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


class StockQuery(msgspec.Struct):
    modified_begin: str
    modified_end: str
    page_index: int = 1
    page_size: int = 100


class DialectController(Controller):
    @post(jushuitan_wire.UPLOAD, status_code=200)
    async def upload(self, request: AnyRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
        def deed(app: App, biz: str) -> object:
            orders = msgspec.json.decode(biz, type=list[UploadOrder], strict=False)
            return UploadedPage([desk.floor.take_in(app, order) for order in orders])

        return await _answer(request, desk, deed)

    @post(jushuitan_wire.QUERY, status_code=200)
    async def query(self, request: AnyRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
        def deed(app: App, biz: str) -> object:
            asked = msgspec.json.decode(biz, type=OrderQuery)
            rows = [records.find_order(desk.db, app.app_key, so_id) for so_id in asked.so_ids]
            return QueriedPage([records.queried(desk.db, row) for row in rows if row])

        return await _answer(request, desk, deed)

    @post(jushuitan_wire.CANCEL, status_code=200)
    async def cancel(self, request: AnyRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
        def deed(app: App, biz: str) -> object:
            asked = msgspec.json.decode(biz, type=CancelOrders)
            stopped = [desk.floor.cancel(app, o_id, asked.remark) for o_id in asked.o_ids]
            if not all(stopped):
                raise Trouble(110, "订单已发货，不能取消")
            return {}

        return await _answer(request, desk, deed)

    @post(jushuitan_wire.INVENTORY, status_code=200)
    async def inventory(self, request: AnyRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
        def deed(app: App, biz: str) -> object:
            asked = msgspec.json.decode(biz, type=StockQuery)
            size, skipped = asked.page_size, (asked.page_index - 1) * asked.page_size
            window = (asked.modified_begin, asked.modified_end)
            rows = records.stock_rows(desk.db, app.app_key, *window, size + 1, skipped)
            return StockRows(rows[:size], has_next=len(rows) > size)

        return await _answer(request, desk, deed)


async def _answer(request: AnyRequest, desk: Desk, deed: Deed) -> Response[bytes]:
    """Check who asks, misbehave as told, do it, and perhaps spoil the answer."""
    params = dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))
    app = records.find_app(desk.db, params.get("app_key", ""))
    fault = _distrust(app, params)
    if app is None or fault:
        return _envelope(100, fault)
    behavior = app.behavior
    await asyncio.sleep(behavior.slow_ms / 1000)
    if desk.luck.strikes(app.app_key, behavior.seed, behavior.error_bps):
        return Response(b"busy", status_code=503)
    try:
        done = _envelope(0, "执行成功", deed(app, params.get("biz", "")))
    except Trouble as trouble:
        return _envelope(trouble.code, trouble.message)
    except msgspec.DecodeError as error:
        return _envelope(102, f"参数错误 {error}")
    return _spoil(desk, app, done)


def _distrust(app: App | None, params: dict[str, str]) -> str:
    if app is None:
        return "app_key 不存在"
    try:
        jushuitan_wire.verify_params(app.app_secret, params, datetime.now(UTC))
    except UntrustedNotice as error:
        return f"签名错误 {error}"
    return "" if params.get("access_token") == app.access_token else "access_token 无效"


def _spoil(desk: Desk, app: App, done: Response[bytes]) -> Response[bytes]:
    behavior = app.behavior
    if desk.luck.strikes(app.app_key, behavior.seed, behavior.error_after_done_bps):
        return Response(b"oops", status_code=500)
    if desk.luck.strikes(app.app_key, behavior.seed, behavior.truncate_bps):
        return Response(done.content[: len(done.content) // 2], media_type="application/json")
    return done


def _envelope(code: int, message: str, data: Any = None) -> Response[bytes]:
    body = msgspec.json.Encoder(decimal_format="number").encode({"code": code, "msg": message, "data": data})
    return Response(body, media_type="application/json")
