"""The signed JSON interface for merchants, and for the platform that opens their accounts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar

import msgspec
from litestar import Controller, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath

from infra.crypto import platform_key
from infra.payment.port import RefundRequest
from infra.payment.sandbox_server import records
from infra.payment.sandbox_server.desk import Desk
from infra.payment.sandbox_server.records import Merchant, Refused
from infra.payment.sandbox_wire import (
    PLATFORM,
    PLATFORM_PURPOSE,
    Behavior,
    OpenPayment,
    OpenTransfer,
    RegisterMerchant,
    StatementPage,
)
from infra.signatures import CALLER
from infra.simulation.doors import AnyRequest

T = TypeVar("T")


def _read(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as error:
        raise Refused(400, "bad_body", str(error)) from error


class PaymentController(Controller):
    path = "/v1"

    @post("/merchants", status_code=200)
    async def register(self, request: AnyRequest, desk: NamedDependency[Desk]) -> dict[str, str]:
        merchant = _read(await _platform(request, desk), RegisterMerchant)
        desk.bank.register(merchant)
        return {"merchant_id": merchant.merchant_id}

    @put("/merchants/{merchant_id:str}/behavior")
    async def behave(self, request: AnyRequest, desk: NamedDependency[Desk], merchant_id: FromPath[str]) -> Behavior:
        behavior = _read(await _platform(request, desk), Behavior)
        desk.bank.behave(merchant_id, behavior)
        return behavior

    @post("/payments", status_code=200)
    async def open(self, request: AnyRequest, desk: NamedDependency[Desk]) -> Response[object]:
        merchant, body = await _merchant(request, desk)
        return _done(desk, merchant, lambda: desk.bank.open(merchant, _read(body, OpenPayment)))

    @get("/payments/{number:str}")
    async def show(self, request: AnyRequest, desk: NamedDependency[Desk], number: FromPath[str]) -> Response[object]:
        merchant, _ = await _merchant(request, desk)
        return Response(desk.bank.payment(merchant, number))

    @post("/payments/{number:str}/close", status_code=200)
    async def close(self, request: AnyRequest, desk: NamedDependency[Desk], number: FromPath[str]) -> Response[object]:
        merchant, _ = await _merchant(request, desk)
        return _done(desk, merchant, lambda: desk.bank.close(merchant, number))

    @post("/refunds", status_code=200)
    async def refund(self, request: AnyRequest, desk: NamedDependency[Desk]) -> Response[object]:
        merchant, body = await _merchant(request, desk)
        return _done(desk, merchant, lambda: desk.bank.refund(merchant, _read(body, RefundRequest)))

    @get("/refunds/{number:str}")
    async def show_refund(
        self, request: AnyRequest, desk: NamedDependency[Desk], number: FromPath[str]
    ) -> Response[object]:
        merchant, _ = await _merchant(request, desk)
        return Response(desk.bank.refund_of(merchant, number))

    @post("/transfers", status_code=200)
    async def transfer(self, request: AnyRequest, desk: NamedDependency[Desk]) -> Response[object]:
        merchant, body = await _merchant(request, desk)
        return _done(desk, merchant, lambda: desk.payer.offer(merchant, _read(body, OpenTransfer)))

    @get("/transfers/{number:str}")
    async def show_transfer(
        self, request: AnyRequest, desk: NamedDependency[Desk], number: FromPath[str]
    ) -> Response[object]:
        merchant, _ = await _merchant(request, desk)
        return Response(desk.payer.state_of(merchant, number))

    @post("/transfers/{number:str}/cancel", status_code=200)
    async def cancel_transfer(
        self, request: AnyRequest, desk: NamedDependency[Desk], number: FromPath[str]
    ) -> Response[object]:
        merchant, _ = await _merchant(request, desk)
        return _done(desk, merchant, lambda: desk.payer.cancel(merchant, number))

    @get("/statements/{day:str}/{page:int}")
    async def statement(
        self, request: AnyRequest, desk: NamedDependency[Desk], day: FromPath[str], page: FromPath[int]
    ) -> StatementPage:
        merchant, _ = await _merchant(request, desk)
        try:
            return desk.bank.statement(merchant, date.fromisoformat(day), max(page, 1))
        except ValueError as error:
            raise Refused(400, "bad_day") from error


async def _platform(request: AnyRequest, desk: Desk) -> bytes:
    if request.headers.get(CALLER) != PLATFORM:
        raise Refused(401, "platform_only")
    return await desk.doors.admit(request, platform_key(PLATFORM_PURPOSE))


async def _merchant(request: AnyRequest, desk: Desk) -> tuple[Merchant, bytes]:
    merchant = records.find_merchant(desk.db, request.headers.get(CALLER, ""))
    return merchant, await desk.doors.admit(request, merchant.secret)


def _done(desk: Desk, merchant: Merchant, deed: Callable[[], object]) -> Response[object]:
    """Do it, then perhaps pretend it failed: the hardest answer a merchant must cope with."""
    state = deed()
    if desk.luck.strikes(merchant.id, merchant.behavior.seed, merchant.behavior.error_bps):
        return Response({"code": "internal"}, status_code=500)
    return Response(state)
