"""How fast the rehearsal warehouse itself takes orders and tells news, so that nobody takes its limits for ours."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import cast
from urllib.parse import urlencode

from infra import wiring
from infra.simulation.caller import Caller
from infra.warehouse import jushuitan_wire
from infra.warehouse.jushuitan_upload import upload_form
from infra.warehouse.port import Receiver, WarehouseLine, WarehouseOrder
from infra.warehouse.simulator.office import Behavior, RegisterApp, SimulatorOffice, StockLevel
from tests.load.report import Line, beside
from tests.load.stack import Stack
from tests.load.stores import Stores

ORDERS, COUNTS, CLIENTS, WANTED = 1_500, 2_000, 16, 300
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
HEARD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Ear(asyncio.Protocol):
    """Hears callbacks as cheaply as can be, and counts them."""

    heard = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport, self._said = cast("asyncio.WriteTransport", transport), b""

    def data_received(self, data: bytes) -> None:
        self._said += data
        while b"\r\n\r\n" in self._said:
            head, _, rest = self._said.partition(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            if len(rest) < length:
                return
            self._said = rest[length:]
            Ear.heard += 1
            self._transport.write(HEARD)


async def own_pace(stack: Stack, _: Stores) -> list[Line]:
    there = await stack.simulator()
    office = SimulatorOffice(there, wiring.outside(there))
    async with _listening() as address:
        key = f"pace-{time.time_ns()}"
        await office.register(RegisterApp(key, "s", "t", address, address, "salt"))
        await office.behave(key, Behavior(ship_ms=3_600_000, tracking="off"))
        pushes = ORDERS / await _pushed(there, _forms(key, range(ORDERS)))
        await office.behave(key, Behavior(ship_ms=0, tracking="off"))
        begin = time.monotonic()
        await _pushed(there, _forms(key, range(ORDERS, 2 * ORDERS)))
        rounds = ORDERS / await _until_heard(ORDERS, begin)
        begin = time.monotonic()
        await office.set_stock(key, [StockLevel(f"SKU-{number}", number) for number in range(COUNTS)])
        news = COUNTS / await _until_heard(ORDERS + COUNTS, begin)
    return [
        beside("stand-in: pushes taken", pushes, WANTED, of="wanted"),
        beside("stand-in: news told", news, WANTED, of="wanted"),
        beside("stand-in: from push to parcel told", rounds, WANTED, of="wanted"),
    ]


@asynccontextmanager
async def _listening() -> AsyncIterator[str]:
    Ear.heard = 0
    server = await asyncio.get_running_loop().create_server(Ear, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/news"
    server.close()


async def _until_heard(wanted: int, begin: float) -> float:
    while Ear.heard < wanted:  # noqa: ASYNC110 - counted in a protocol, which has nobody to tell
        await asyncio.sleep(0.005)
    return time.monotonic() - begin


async def _pushed(there: str, forms: Sequence[bytes]) -> float:
    """Seconds until all are answered, by so many clients at a time."""
    caller, address = Caller(), there + jushuitan_wire.UPLOAD

    async def client(mine: Sequence[bytes]) -> None:
        for form in mine:
            assert await caller.post(address, form, FORM) == 200

    begin = time.monotonic()
    await asyncio.gather(*(client(forms[at::CLIENTS]) for at in range(CLIENTS)))
    await caller.aclose()
    return time.monotonic() - begin


def _forms(key: str, numbers: Sequence[int]) -> list[bytes]:
    now, params = datetime.now(UTC), {"app_key": key, "access_token": "t"}
    to = Receiver("王小明", "13800000000", "文一路1号")
    line = WarehouseLine("0d8a4a44-6f60-4a1b-9a3c-111111111111", "TEA-1", "高山烏龍", 2, 9_900)
    orders = (WarehouseOrder(f"S{number}", now, now, "c-1", to, (line,), "CNY", 9_900) for number in numbers)
    return [
        urlencode(jushuitan_wire.signed_params("s", params, [upload_form(order, 1)], now)).encode() for order in orders
    ]
