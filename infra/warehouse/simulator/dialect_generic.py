"""Our own protocol as the simulator answers it, below `/generic`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from litestar import Controller, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath

from infra.signatures import BadSignature, UntrustedNotice, lowered
from infra.simulation.doors import AnyRequest
from infra.warehouse import generic_records as wire
from infra.warehouse import generic_wire
from infra.warehouse.simulator import manners, news_generic, records
from infra.warehouse.simulator.desk import Desk
from infra.warehouse.simulator.floor import Incoming, Taken
from infra.warehouse.simulator.records import Account, Line

PREFIX = "/generic"
PAGE = 100
EVENTS = ("shipment", "cancel", "progress", "short", "return")
STATUS = {records.SENT: "shipped", records.CANCELED: "canceled", records.SHORT: "canceled"}

Deed = Callable[[Account, bytes], object]


class Trouble(Exception):
    """A no of the protocol: a status and a code."""

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(status, code, message)
        self.status, self.no = status, wire.No(code, message)


class GenericController(Controller):
    path = PREFIX

    @put("/orders/{reference:str}", status_code=200)
    async def take(self, request: AnyRequest, desk: NamedDependency[Desk], reference: FromPath[str]) -> Response[bytes]:
        def deed(account: Account, body: bytes) -> object:
            order = msgspec.json.decode(body, type=wire.PutOrder)
            to = order.receiver
            lines = [Line(line.line_id, line.sku, line.quantity, line.name) for line in order.lines]
            return _accepted(
                desk.floor.take_in(account, Incoming(reference, lines, to.name, to.address, to.phone)), "order_refused"
            )

        return await _answer(request, desk, "push", reference, deed)

    @get("/orders/{reference:str}")
    async def show(self, request: AnyRequest, desk: NamedDependency[Desk], reference: FromPath[str]) -> Response[bytes]:
        def deed(account: Account, body: bytes) -> object:
            return _state(desk, account, reference)

        return await _answer(request, desk, "query", reference, deed)

    @post("/orders/{reference:str}/cancel", status_code=200)
    async def cancel(
        self, request: AnyRequest, desk: NamedDependency[Desk], reference: FromPath[str]
    ) -> Response[bytes]:
        def deed(account: Account, body: bytes) -> object:
            state, reason = _state(desk, account, reference), msgspec.json.decode(body, type=wire.Cancel).reason
            if not desk.floor.cancel(account, reference, reason):
                raise Trouble(409, "already_shipped" if state.parcels else "cancel_refused", "不能取消")
            return _state(desk, account, reference)

        return await _answer(request, desk, "cancel", reference, deed)

    @get("/stock")
    async def stock(self, request: AnyRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
        def deed(account: Account, body: bytes) -> object:
            begin, _, skip = (request.query_params.get("cursor") or "0|0").partition("|")
            end, skipped = int(datetime.now(UTC).timestamp()), int(skip or 0)
            rows = records.shelves(desk.db, account.app_key, int(begin), end, PAGE + 1, skipped)
            more = len(rows) > PAGE
            cursor = f"{begin}|{skipped + PAGE}" if more else f"{end}|0"
            return wire.StockPageRecord([news_generic.stock(row) for row in rows[:PAGE]], cursor, more)

        return await _answer(request, desk, "stock", "", deed)

    @get("/news")
    async def news(self, request: AnyRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
        def deed(account: Account, body: bytes) -> object:
            rows = desk.news.since(account, EVENTS, int(request.query_params.get("cursor") or 0), PAGE + 1)
            page = rows[:PAGE]
            cursor = str(max((row["id"] for row in page), default=request.query_params.get("cursor") or "0"))
            desk.news.heard(account, [row["id"] for row in page])
            bodies = [msgspec.json.decode(row["body"], type=records.KINDS[row["kind"]]) for row in page]
            return wire.NewsPage([news_generic.worded(one) for one in bodies], cursor, len(rows) > PAGE)

        return await _answer(request, desk, "news", "", deed)

    @put("/returns/{reference:str}", status_code=200)
    async def announce(
        self, request: AnyRequest, desk: NamedDependency[Desk], reference: FromPath[str]
    ) -> Response[bytes]:
        def deed(account: Account, body: bytes) -> object:
            said = msgspec.json.decode(body, type=wire.PutReturn)
            lines = [Line(line.line_id, line.sku, line.quantity, line.name) for line in said.lines]
            taken = desk.floor.announce(account, reference, said.order_reference, lines)
            return _accepted(taken, "return_refused")

        return await _answer(request, desk, "return", reference, deed)


async def _answer(request: AnyRequest, desk: Desk, what: str, subject: str, deed: Deed) -> Response[bytes]:
    """Check who asks, then let it be done with the manners of the day."""
    body = await request.body()
    try:
        account = _believed(request, desk, body)
    except UntrustedNotice as error:
        return _said(wire.No("untrusted", str(error)), 401)

    def done() -> Response[bytes]:
        try:
            return _said(deed(account, body))
        except Trouble as trouble:
            return _said(trouble.no, trouble.status)
        except (msgspec.DecodeError, ValueError) as error:
            return _said(wire.No("bad_request", str(error)), 400)

    return await manners.attend(
        desk, account, what, subject, done, lambda: _said(wire.No("too_often", "slow down"), 429)
    )  # fmt: skip


def _believed(request: AnyRequest, desk: Desk, body: bytes) -> Account:
    headers = lowered(dict(request.headers))
    account = records.find_account(desk.db, headers.get(generic_wire.KEY, ""))
    if account is None or account.dialect != "generic":
        raise BadSignature("no such key")
    query = request.scope["query_string"].decode("ascii")
    path = request.scope["raw_path"].decode("ascii") + (f"?{query}" if query else "")
    now = datetime.now(UTC)
    nonce = generic_wire.verify(
        account.app_secret, account.app_key, headers, method=request.method, path=path, body=body, now=now
    )
    desk.doors.remember(f"generic:{account.app_key}:{nonce}", now.timestamp())
    return account


def _state(desk: Desk, account: Account, reference: str) -> wire.State:
    row = records.find_order(desk.db, account.app_key, reference)
    if row is None:
        raise Trouble(404, "unknown_order", reference)
    parcels = [news_generic.parcel(sent) for sent in records.parcels_of(desk.db, row["number"])]
    status: Any = STATUS.get(row["status"], "partially_shipped" if parcels else "accepted")
    return wire.State(reference, str(row["number"]), status, parcels)


def _accepted(taken: Taken, code: str) -> wire.Accepted:
    if taken.fault:
        raise Trouble(422, code, taken.fault)
    return wire.Accepted(taken.reference, str(taken.number))


def _said(record: object, status: int = 200) -> Response[bytes]:
    return Response(msgspec.json.encode(record), media_type="application/json", status_code=status)
