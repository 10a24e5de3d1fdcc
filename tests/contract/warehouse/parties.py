"""Who takes part in the contract: one party per dialect, each with an account of its own at somebody real."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

from infra.http import Outside
from infra.warehouse.generic import Generic
from infra.warehouse.jushuitan import Jushuitan
from infra.warehouse.jushuitan_wire import beijing
from infra.warehouse.port import Notice, WarehouseAccount, WarehouseGateway, WarehouseUnavailable
from infra.warehouse.qimen import Qimen, QimenAccount
from infra.warehouse.simulator.office import (
    Behavior,
    OrderCount,
    RegisterApp,
    ReturnCount,
    SimulatorOffice,
    StockLevel,
)
from infra.warehouse.wangdiantong import Wangdiantong
from infra.warehouse.wangdiantong_calls import WangdiantongAccount
from tests.contract.conftest import Listener, Server, eventually
from tests.contract.warehouse.drop_stand_in import FileWay

N = TypeVar("N")


class Party(Protocol):
    """One warehouse that speaks one dialect, and everything a test may do to it.

    What a dialect cannot say or a way of connecting cannot suffer is named in `PARTIES`, and only tests of that leave
    the party out.
    """

    gateway: WarehouseGateway
    stranger: WarehouseGateway
    """The same account with a wrong secret."""

    async def behave(self, behavior: Behavior) -> None: ...

    async def set_stock(self, levels: Sequence[StockLevel]) -> None: ...

    async def refuse(self, reference: str, reason: str) -> None:
        """The warehouse itself calls an order off."""
        ...

    async def counts(self) -> list[OrderCount]: ...

    async def returns(self) -> list[ReturnCount]: ...

    async def heard(self) -> list[Notice]:
        """All news so far, copies and all, in the order it came; what is fetched is acknowledged."""
        ...


async def told(party: Party, kind: type[N], count: int = 1) -> list[N]:
    """Wait for so many notices of a kind."""

    async def look() -> list[N] | None:
        found: list[N] = [one for one in await party.heard() if isinstance(one, kind)]
        return found if len(found) >= count else None

    return await eventually(look)


@dataclass
class Simulated:
    """A party at the simulator: callbacks come to the listener, queues are fetched."""

    office: SimulatorOffice
    app_key: str
    gateway: WarehouseGateway
    stranger: WarehouseGateway
    listener: Listener
    cursor: str
    fetched: list[Notice] = field(default_factory=list)

    async def behave(self, behavior: Behavior) -> None:
        await self.office.behave(self.app_key, behavior)

    async def set_stock(self, levels: Sequence[StockLevel]) -> None:
        await self.office.set_stock(self.app_key, levels)

    async def refuse(self, reference: str, reason: str) -> None:
        await self.office.refuse(self.app_key, reference, reason)

    async def counts(self) -> list[OrderCount]:
        return await self.office.counts(self.app_key)

    async def returns(self) -> list[ReturnCount]:
        return await self.office.returns(self.app_key)

    async def heard(self) -> list[Notice]:
        if self.gateway.pulls:
            await self.fetch()
            return self.fetched
        now = datetime.now(UTC)
        calls = [call for call in self.listener.received if call.path.startswith("/webhooks/warehouse")]
        parsed = (
            self.gateway.parse_callback(headers=call.headers, query=call.query, body=call.body, now=now)
            for call in calls
        )
        return [notice for notices in parsed for notice in notices]

    async def fetch(self) -> None:
        """One round of fetching and acknowledging, to the end of the queues."""
        more = True
        while more:
            try:
                page = await self.gateway.pull_shipments(self.cursor)
                await self.gateway.ack_shipments(page.receipts)
                stock = await self.gateway.pull_stock("")
                await self.gateway.ack_stock(stock.receipts)
            except WarehouseUnavailable:
                return
            self.cursor, more = page.cursor, page.more
            self.fetched += [*page.notices, *stock.levels]


@dataclass(frozen=True)
class Way:
    """How to build a party of one dialect, and what it cannot say or suffer."""

    dialect: str
    names: dict[str, str]
    build: Callable[[str, str, str, Outside], WarehouseGateway]
    cannot: Mapping[str, str] = field(default_factory=dict)

    async def open(self, simulator: Server, office: SimulatorOffice, listener: Listener, outside: Outside) -> Party:
        key = f"app-{uuid.uuid4().hex}"
        addresses = (f"{listener.url}/webhooks/warehouse/x", f"{listener.url}/webhooks/carrier/x")
        await office.register(
            RegisterApp(key, "s3cret", "token", *addresses, "salt", dialect=self.dialect, names=self.names)
        )
        gateway, stranger = (self.build(key, secret, simulator.url, outside) for secret in ("s3cret", "guess"))
        since = beijing(datetime.now(UTC) - timedelta(minutes=2))
        return Simulated(office, key, gateway, stranger, listener, f"{since}|0")


def _jushuitan(key: str, secret: str, url: str, outside: Outside) -> WarehouseGateway:
    return Jushuitan(WarehouseAccount(key, secret, "token", url, 1), outside)


def _wangdiantong(key: str, secret: str, url: str, outside: Outside) -> WarehouseGateway:
    return Wangdiantong(WangdiantongAccount("shop2", key, secret, "web-1", url), outside)


def _generic(key: str, secret: str, url: str, outside: Outside) -> WarehouseGateway:
    return Generic(f"{url}/generic", key, secret, outside)


def _qimen(key: str, secret: str, url: str, outside: Outside) -> WarehouseGateway:
    return Qimen(QimenAccount(key, secret, "c-1", "owner-1", url), outside)


# What a party cannot promise by its nature, and why.
PARTIES: dict[str, Way | FileWay] = {
    "drop": FileWay({
        "callbacks": "files tell nothing by themselves",
        "counting": "counts are files as well",
        "tracking": "no tracking service belongs to a file server",
        "windows of time": "files are put away when they are acknowledged, and there is no cursor",
        "a no at once": "a file is not answered; what cannot be sent comes back as a row of type cancel",
        "told of our own stop": "we take the file away ourselves, so nobody has to tell us",
    }),
    "generic": Way("generic", {}, _generic, {"windows of time": "its cursor is its own, and nothing is acknowledged"}),
    "jushuitan": Way("jushuitan", {}, _jushuitan),
    "wangdiantong": Way("wangdiantong", {"sid": "shop2"}, _wangdiantong, {
        "callbacks": "it is asked for its news",
        "found": "it has no word for what lies on the shelf instead",
        "half picked": "it does not say how much of an order is picked",
        "counting": "its counts are asked for",
    }),
    "qimen": Way("qimen", {"customer_id": "c-1"}, _qimen, {
        "asking": "it cannot be asked for what it should have told",
        "counting": "its counts are asked for",
        "found": "it has no word for what lies on the shelf instead",
        "lines": "a short pick names the goods and no line",
    }),
}  # fmt: skip


def those_with(*needed: str) -> list[str]:
    """The parties that can do all of this."""
    return [name for name, way in PARTIES.items() if not set(way.cannot) & set(needed)]
