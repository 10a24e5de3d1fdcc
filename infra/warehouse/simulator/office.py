"""What the platform may do at the simulator: open accounts, set stock, spoil the weather, and read the counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeVar
from urllib.parse import quote

import msgspec
from msgspec import Struct

from infra import clock
from infra.crypto import platform_key
from infra.http import Answer, Outside, OutsideUnavailable
from infra.signatures import sign_request
from infra.warehouse.port import WarehouseRejected, WarehouseUnavailable
from infra.warehouse.simulator.behavior import Behavior

__all__ = [
    "PLATFORM", "PLATFORM_PURPOSE", "Asked", "Behavior", "LogEntry", "OrderCount", "RegisterApp", "Report",
    "ReturnCount", "SimulatorOffice", "StockLevel", "Told",
]  # fmt: skip

PLATFORM = "platform"
PLATFORM_PURPOSE = "warehouse-simulator"

T = TypeVar("T")


class RegisterApp(Struct, frozen=True, forbid_unknown_fields=True):
    """An account: keys for our calls, addresses for callbacks and for tracking pushes, and the salt of the latter.

    `names` is what else its dialect asks for, as the adapter's settings name it.
    """

    app_key: str
    app_secret: str
    access_token: str
    callback_url: str
    carrier_url: str
    carrier_salt: str
    dialect: str = "jushuitan"
    names: dict[str, str] = {}


class StockLevel(Struct, frozen=True, forbid_unknown_fields=True):
    sku: str
    quantity: int


class OrderCount(Struct, frozen=True):
    """How often an order came in, and how often it went out: the second must never pass one."""

    app_key: str
    reference: str
    received: int
    shipped: int
    status: str
    parcels: int


class ReturnCount(Struct, frozen=True):
    reference: str
    announced: int
    received: bool


class LogEntry(Struct, frozen=True):
    """One exchange of a rehearsal: `asked` of the warehouse by us, or `told` to us by the warehouse.

    `what` names the deed or the kind of news, `subject` the reference or SKU, `news` numbers news in the order it
    happened, `copy` counts how often that one was told before. `outcome` is what was answered, by us for what is told;
    `since_ms` is how long after the news happened that was.
    """

    id: int
    at: float
    way: Literal["asked", "told"]
    what: str
    subject: str
    news: int
    copy: int
    outcome: str
    took_ms: int
    since_ms: int


class Asked(Struct, frozen=True):
    """How often we asked for one kind of deed, and how often the answer was none or spoilt."""

    what: str
    times: int
    unanswered: int
    slowest_ms: int


class Told(Struct, frozen=True):
    """One kind of news: how much of it, told how often with copies, refused by us how often, and heard how late."""

    what: str
    news: int
    times: int
    refused: int
    usual_ms: int
    longest_ms: int


class Report(Struct, frozen=True):
    """A rehearsal in figures. `orders` are those pushed in it: `sent_again` more than once, and each shipped once.

    `backwards` counts news heard after later news about the same order, `unheard` news nobody has taken yet.
    """

    run: str
    asked: tuple[Asked, ...]
    told: tuple[Told, ...]
    orders: int
    sent_again: int
    shipped: int
    parcels: int
    backwards: int
    unheard: int


class SimulatorOffice:
    def __init__(self, base_url: str, outside: Outside) -> None:
        self._base_url = base_url.rstrip("/")
        self._outside = outside

    async def register(self, app: RegisterApp) -> None:
        """Open an account, or move an existing one to new keys and addresses."""
        await self._call("POST", "/control/apps", app)

    async def behave(self, app_key: str, behavior: Behavior) -> None:
        await self._call("PUT", f"/control/apps/{quote(app_key, safe='')}/behavior", behavior)

    async def set_stock(self, app_key: str, levels: Sequence[StockLevel]) -> None:
        """Count the shelves anew; tells the account."""
        await self._call("PUT", f"/control/apps/{quote(app_key, safe='')}/stock", levels)

    async def refuse(self, app_key: str, reference: str, reason: str) -> None:
        """The warehouse itself calls an order off, if it has not left; tells the account."""
        path = f"/control/apps/{quote(app_key, safe='')}/refusals"
        await self._call("POST", path, {"reference": reference, "reason": reason})

    async def counts(self, app_key: str) -> list[OrderCount]:
        return await self._read(f"/control/orders?app_key={quote(app_key, safe='')}", list[OrderCount])

    async def returns(self, app_key: str) -> list[ReturnCount]:
        return await self._read(f"/control/returns?app_key={quote(app_key, safe='')}", list[ReturnCount])

    async def log(self, app_key: str, run: str, after: int = 0) -> list[LogEntry]:
        """The exchanges of one rehearsal after the one with this number, at most a thousand."""
        path = f"/control/log?app_key={quote(app_key, safe='')}&run={quote(run, safe='')}&after={after}"
        return await self._read(path, list[LogEntry])

    async def report(self, app_key: str, run: str) -> Report:
        """What happened in a rehearsal, so far."""
        return await self._read(f"/control/report?app_key={quote(app_key, safe='')}&run={quote(run, safe='')}", Report)

    async def _read(self, path: str, kind: type[T]) -> T:
        answer = await self._call("GET", path, None)
        return msgspec.json.decode(answer.body, type=kind)

    async def _call(self, method: str, path: str, body: object) -> Answer:
        content = msgspec.json.encode(body) if body is not None else b""
        key, signed_path = platform_key(PLATFORM_PURPOSE), path.partition("?")[0]
        headers = sign_request(key, caller=PLATFORM, method=method, path=signed_path, body=content, now=clock.now())
        try:
            answer = await self._outside.request(method, self._base_url + path, content=content, headers=headers)
        except OutsideUnavailable as error:
            raise WarehouseUnavailable(str(error)) from error
        if answer.status >= 500:
            raise WarehouseUnavailable(f"answered {answer.status}")
        if answer.status >= 300:
            raise WarehouseRejected(str(answer.status), answer.body.decode("utf-8", "replace"))
        return answer
