"""A warehouse that takes CSV files from an SFTP server and puts its own there.

The files are ours to define: docs/integrations/csv-drop.md. An order is one file named by its reference, written under
a hidden name and renamed. The warehouse moves what it takes to `orders/taken/` and never deletes it, so "is my file
there, or was it taken" always has an answer. What still lies in `orders/` can be withdrawn in one step, which either
side wins.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from infra.signatures import UntrustedNotice
from infra.warehouse import drop_files, drop_wire
from infra.warehouse.drop_files import NotOurs
from infra.warehouse.drop_wire import MAX_BYTES, Drop, DropAccount
from infra.warehouse.port import (
    CancelNotice,
    Notice,
    Receipt,
    ReturnOrder,
    ShipmentNotice,
    ShipmentPage,
    StockNotice,
    StockPage,
    WarehouseOrder,
    WarehouseOrderState,
    WarehouseRejected,
)

HORIZON_S = 60  # longer than a whole session may last
AT_ONCE = 10  # files of news in one page
LOOKED_BACK = 100  # newest files of news that are read again when somebody asks about one order
ORDERS, TAKEN, WITHDRAWN = "orders", "orders/taken", "orders/withdrawn"
RETURNS, CONFIRMATIONS, STOCK = "returns", "confirmations", "stock"
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class CsvDrop:
    """Keeps the promises of `WarehouseGateway` with files."""

    acknowledgment = b""
    pulls = True
    horizon_s = HORIZON_S

    def __init__(self, account: DropAccount, store: str, allowed: frozenset[str] = frozenset()) -> None:
        self._account, self._store, self._allowed = account, store, allowed

    async def push_order(self, order: WarehouseOrder) -> Receipt:
        name = _file(order.reference)
        async with self._opened() as drop:
            hidden = await drop.write_hidden(f"{ORDERS}/{name}", drop_files.order_file(order))
            if await _place_of(drop, order.reference) is None:
                await drop.move(hidden, f"{ORDERS}/{name}")
        return Receipt(order.reference, name)

    async def cancel_order(self, reference: str, reason: str = "") -> None:
        async with self._opened() as drop:
            if await _place_of(drop, reference) is None:
                raise WarehouseRejected("unknown_order", reference)
            name = _file(reference)
            if await drop.move(f"{ORDERS}/{name}", f"{WITHDRAWN}/{name}"):
                return
            state = await self._state(drop, reference)
        if state is None or state.status != "canceled":
            shipped = state is not None and state.parcels
            raise WarehouseRejected("already_shipped" if shipped else "cancel_refused", "the file was taken")

    async def query_order(self, reference: str) -> WarehouseOrderState | None:
        async with self._opened() as drop:
            return await self._state(drop, reference)

    async def push_return(self, order: ReturnOrder) -> Receipt:
        """A file that was taken is written again only when it says more: the number of the parcel."""
        name, content = _file(order.reference), drop_files.return_file(order)
        taken = f"{RETURNS}/taken/{name}"
        async with self._opened() as drop:
            if not await drop.exists(taken) or (order.tracking_number and await drop.read(taken) != content):
                await drop.write(f"{RETURNS}/{name}", content)
        return Receipt(order.reference, name)

    async def pull_stock(self, cursor: str = "") -> StockPage:
        async with self._opened() as drop:
            names = await drop.names(STOCK)
            levels: list[StockNotice] = []
            for name in names[:AT_ONCE]:
                levels += await _read_stock(drop, name)
        return StockPage(tuple(levels), "", len(names) > AT_ONCE, tuple(names[:AT_ONCE]))

    async def ack_stock(self, receipts: Sequence[str]) -> None:
        await self._put_away(STOCK, receipts)

    async def pull_shipments(self, cursor: str = "") -> ShipmentPage:
        async with self._opened() as drop:
            names = await drop.names(CONFIRMATIONS)
            notices: list[Notice] = []
            for name in names[:AT_ONCE]:
                notices += await _read_news(drop, name)
        return ShipmentPage(tuple(notices), "", len(names) > AT_ONCE, tuple(names[:AT_ONCE]))

    async def ack_shipments(self, receipts: Sequence[str]) -> None:
        await self._put_away(CONFIRMATIONS, receipts)

    def parse_callback(self, *, headers: Mapping[str, str], query: str, body: bytes, now: datetime) -> list[Notice]:
        raise UntrustedNotice("files tell nothing by themselves")

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[Drop]:
        async with drop_wire.opened(self._account, self._store, self._allowed) as drop:
            yield drop

    async def _put_away(self, folder: str, receipts: Sequence[str]) -> None:
        if not receipts:
            return
        async with self._opened() as drop:
            for name in receipts:
                await drop.move(f"{folder}/{name}", f"{folder}/done/{name}")

    async def _state(self, drop: Drop, reference: str) -> WarehouseOrderState | None:
        place = await _place_of(drop, reference)
        if place is None:
            return None
        news = await _news_of(drop, reference)
        parcels = {one.parcel.tracking_number: one.parcel for one in news if isinstance(one, ShipmentNotice)}
        complete = any(one.complete for one in news if isinstance(one, ShipmentNotice))
        canceled = place == WITHDRAWN or any(isinstance(one, CancelNotice) for one in news)
        status = "shipped" if complete else "partially_shipped" if parcels else "canceled" if canceled else "accepted"
        return WarehouseOrderState(reference, _file(reference), status, tuple(parcels.values()))  # type: ignore[arg-type] # one of four words


async def _place_of(drop: Drop, reference: str) -> str | None:
    for folder in (ORDERS, TAKEN, WITHDRAWN):
        if await drop.exists(f"{folder}/{_file(reference)}"):
            return folder
    return None


async def _news_of(drop: Drop, reference: str) -> list[Notice]:
    """What the newest files say about one order, waiting and done ones."""
    found: list[Notice] = []
    for folder in (f"{CONFIRMATIONS}/done", CONFIRMATIONS):
        for name in (await drop.names(folder))[-LOOKED_BACK:]:
            content = await drop.read(f"{folder}/{name}")
            if reference.encode() in content and len(content) <= MAX_BYTES:
                found += [one for one in drop_files.read_news(content).notices if _about(one) == reference]
    return found


def _about(notice: Notice) -> str:
    return "" if isinstance(notice, StockNotice) else notice.reference


async def _read_news(drop: Drop, name: str) -> list[Notice]:
    content = await drop.read(f"{CONFIRMATIONS}/{name}")
    try:
        if len(content) > MAX_BYTES:
            raise NotOurs("too long")
        notices, bad = drop_files.read_news(content)
    except NotOurs as error:
        await _reject_whole(drop, CONFIRMATIONS, name, str(error))
        return []
    if bad:
        await drop.write(f"{CONFIRMATIONS}/rejected/{name}", drop_files.rejected_file(bad))
    return notices


async def _read_stock(drop: Drop, name: str) -> list[StockNotice]:
    content = await drop.read(f"{STOCK}/{name}")
    try:
        if len(content) > MAX_BYTES:
            raise NotOurs("too long")
        levels, bad = drop_files.read_stock(content)
    except NotOurs as error:
        await _reject_whole(drop, STOCK, name, str(error))
        return []
    if bad:
        await drop.write(f"{STOCK}/rejected/{name}", drop_files.rejected_file(bad))
    return levels


async def _reject_whole(drop: Drop, folder: str, name: str, reason: str) -> None:
    """The reason first, so that no file lies there without one."""
    await drop.write(f"{folder}/rejected/{name}.reason.txt", reason.encode())
    await drop.move(f"{folder}/{name}", f"{folder}/rejected/{name}")


def _file(reference: str) -> str:
    if not _REFERENCE.fullmatch(reference):
        raise WarehouseRejected("bad_reference", "this reference cannot be the name of a file")
    return f"{reference}.csv"
