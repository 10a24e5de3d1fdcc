"""A warehouse that works with files: a real SFTP server, and somebody who takes orders and writes confirmations."""

from __future__ import annotations

import asyncio
import csv
import io
import shutil
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import asyncssh

from infra.http import Outside
from infra.warehouse.drop import CsvDrop
from infra.warehouse.drop_wire import DropAccount
from infra.warehouse.port import Notice, WarehouseGateway, WarehouseUnavailable
from infra.warehouse.simulator.office import Behavior, OrderCount, ReturnCount, SimulatorOffice, StockLevel
from tests.contract.conftest import Listener
from tests.contract.conftest import Server as Listening

PASSWORD, SENT = "s3cret", "Sent"
STORE = "store-7"


@dataclass
class Floor:
    """What the warehouse knows, and how it behaves."""

    home: Path
    behavior: Behavior = field(default_factory=Behavior)
    arrived: dict[str, int] = field(default_factory=dict)
    shipped: dict[str, int] = field(default_factory=dict)
    stepped: set[str] = field(default_factory=set)
    returned: dict[str, int] = field(default_factory=dict)
    unsaid: list[list[dict[str, str]]] = field(default_factory=list)
    shelf: dict[str, int] = field(default_factory=dict)

    def folder(self, name: str) -> Path:
        folder = self.home / STORE / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def note_arrival(self, path: str) -> None:
        """Count each time somebody writes an order or a return."""
        name = path.rpartition("/")[2].removeprefix(".").removesuffix(".part")
        for folder, counted in (("/orders/", self.arrived), ("/returns/", self.returned)):
            if folder in path:
                counted[name[:-4]] = counted.get(name[:-4], 0) + 1

    def work(self) -> None:
        """Take what is due, send it, and write down what happened."""
        self._take_orders()
        self._take_returns()
        self._speak()

    def _take_orders(self) -> None:
        for file in sorted(self.folder("orders").glob("[!.]*.csv")):
            rows, age_ms = _rows(file), (time.time() - file.stat().st_mtime) * 1000
            self._step(file.stem, rows, age_ms)
            if self.behavior.intercept_fails:
                file.rename(self.folder("orders/taken") / file.name)
            elif age_ms >= self.behavior.ship_ms:
                file.rename(self.folder("orders/taken") / file.name)
                self._ship(file.stem, rows)

    def _step(self, reference: str, rows: list[dict[str, str]], age_ms: float) -> None:
        pieces = sum(int(row["quantity"]) for row in rows)
        if self.behavior.progress and reference not in self.stepped and age_ms > 20:
            self.stepped.add(reference)
            for picked, packed in ((pieces // 2, ""), (pieces, "yes")):
                row = {"type": "progress", "reference": reference, "quantity": str(picked), "packed": packed}
                self._confirm([row])

    def _ship(self, reference: str, rows: list[dict[str, str]]) -> None:
        short = [row for row in rows if row["sku"] in self.behavior.short_skus]
        wrong = [row for row in rows if row["sku"] in self.behavior.found_skus]
        if short or wrong:
            self._confirm([_said("short", reference, row, found_sku=self.behavior.found_skus.get(row["sku"], ""))
                           for row in short + wrong])  # fmt: skip
        leaving = [row for row in rows if row not in short and row not in wrong]
        groups = _split(leaving) if self.behavior.split else [leaving]
        self.shipped[reference] = self.shipped.get(reference, 0) + 1
        for at, group in enumerate(groups, 1):
            tracking = f"SF{uuid.uuid4().int % 10**12:012d}"
            self._confirm([
                _said(
                    "shipment", reference, row, tracking_number=tracking, carrier="shunfeng", carrier_name="顺丰速运",
                    sku=self.behavior.swapped_skus.get(row["sku"], row["sku"]),
                    complete="yes" if at == len(groups) else "no",
                )
                for row in group
            ])  # fmt: skip

    def _take_returns(self) -> None:
        for file in sorted(self.folder("returns").glob("[!.]*.csv")):
            rows = _rows(file)
            file.rename(self.folder("returns/taken") / file.name)
            damaged = self.behavior.damaged_skus
            self._confirm([
                _said("return", file.stem, row, quantity="0" if row["sku"] in damaged else row["quantity"],
                      damaged=row["quantity"] if row["sku"] in damaged else "0")
                for row in rows
            ])  # fmt: skip

    def refuse(self, reference: str, reason: str) -> None:
        file = self.folder("orders") / f"{reference}.csv"
        file.rename(self.folder("orders/taken") / file.name)
        self._confirm([{"type": "cancel", "reference": reference, "reason": reason}])

    def count(self, levels: Sequence[StockLevel]) -> None:
        self.shelf |= {level.sku: level.quantity for level in levels}

    def write_stock(self) -> None:
        waiting = [row for file in self.folder("orders").glob("[!.]*.csv") for row in _rows(file)]
        held = {sku: sum(int(row["quantity"]) for row in waiting if row["sku"] == sku) for sku in self.shelf}
        rows = [
            {"sku": sku, "available": str(quantity - held[sku]), "at": _now()} for sku, quantity in self.shelf.items()
        ]
        for at in range(0, len(rows), 10):
            _write(self.folder("stock"), f"stock-{at:05}.csv", rows[at : at + 10])
        self.shelf = {}

    def _confirm(self, rows: list[dict[str, str]]) -> None:
        self.unsaid.append([{"at": _now(), **row} for row in rows])

    def _speak(self) -> None:
        for rows in () if self.behavior.silent else self.unsaid:
            for copy in range(1 + self.behavior.duplicate):
                _write(self.folder("confirmations"), f"{time.time_ns()}-{copy}.csv", rows)
        self.unsaid = self.unsaid if self.behavior.silent else []


class Server(asyncssh.SSHServer):  # type: ignore[misc, unused-ignore] # untyped where it is not installed
    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return password == PASSWORD


def files_of(floor: Floor) -> type[asyncssh.SFTPServer]:
    """An SFTP server with the manners of the day."""

    class Files(asyncssh.SFTPServer):  # type: ignore[misc, unused-ignore] # untyped where it is not installed
        def __init__(self, channel: Any) -> None:
            super().__init__(channel, chroot=str(floor.home).encode())
            self.wrote = False

        def _before(self) -> None:
            if floor.behavior.error_bps or floor.behavior.limit_bps:
                raise asyncssh.SFTPFailure("busy")

        def _after(self) -> None:
            if floor.behavior.error_after_done_bps or floor.behavior.truncate_bps:
                raise asyncssh.SFTPConnectionLost("gone")

        async def stat(self, path: bytes) -> Any:
            self._before()
            await asyncio.sleep(floor.behavior.slow_ms / 1000)
            if path.endswith(b".csv") and not self.wrote:
                self._after()
            return super().stat(path)

        def scandir(self, path: bytes) -> Any:
            """Whoever looks finds the work done up to this moment."""
            floor.work()
            floor.write_stock()
            return super().scandir(path)

        def open(self, path: bytes, pflags: int, attrs: Any) -> Any:
            self._before()
            if pflags & asyncssh.FXF_WRITE:
                self.wrote = True
                floor.note_arrival(path.decode())
            return super().open(path, pflags, attrs)

        def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
            self._before()
            super().posix_rename(oldpath, newpath)
            if floor.behavior.intercept_fails:
                floor.work()
            self._after()

    return Files


@dataclass
class Dropped:
    """A party that works with files; nothing is ever told, everything is fetched."""

    floor: Floor
    gateway: WarehouseGateway
    stranger: WarehouseGateway
    server: Any
    fetched: list[Notice] = field(default_factory=list)

    async def close(self) -> None:
        self.server.close()
        await self.server.wait_closed()
        shutil.rmtree(self.floor.home)

    async def behave(self, behavior: Behavior) -> None:
        self.floor.behavior = behavior

    async def set_stock(self, levels: Sequence[StockLevel]) -> None:
        self.floor.count(levels)

    async def refuse(self, reference: str, reason: str) -> None:
        self.floor.refuse(reference, reason)

    async def counts(self) -> list[OrderCount]:
        self.floor.work()
        return [
            OrderCount("drop", reference, count, self.floor.shipped.get(reference, 0), SENT, 1)
            for reference, count in self.floor.arrived.items()
        ]

    async def returns(self) -> list[ReturnCount]:
        self.floor.work()
        return [ReturnCount(reference, count, True) for reference, count in self.floor.returned.items()]

    async def heard(self) -> list[Notice]:
        more = True
        while more:
            try:
                page = await self.gateway.pull_shipments()
                await self.gateway.ack_shipments(page.receipts)
            except WarehouseUnavailable:
                break
            more = page.more
            self.fetched += page.notices
        return self.fetched


@dataclass(frozen=True)
class FileWay:
    """How to build the party that works with files."""

    cannot: Mapping[str, str]

    async def open(
        self, simulator: Listening, office: SimulatorOffice, listener: Listener, outside: Outside
    ) -> Dropped:
        floor = Floor(Path(mkdtemp(prefix="drop-")))
        key = asyncssh.generate_private_key("ssh-ed25519")
        server = await asyncssh.listen(
            "127.0.0.1", 0, server_host_keys=[key], server_factory=Server, sftp_factory=files_of(floor)
        )
        port = server.get_port()
        pinned = key.export_public_key().decode().strip()
        allowed = frozenset({f"127.0.0.1:{port}"})
        gateway, stranger = (
            CsvDrop(DropAccount("127.0.0.1", port, "qinghe", "/", pinned, password=secret), STORE, allowed)
            for secret in (PASSWORD, "guess")
        )
        return Dropped(floor, gateway, stranger, server)


def _said(kind: str, reference: str, row: dict[str, str], **other: str) -> dict[str, str]:
    named = {name: row[name] for name in ("line_id", "sku", "quantity")}
    return {"type": kind, "reference": reference, **named, **other}


def _split(rows: list[dict[str, str]]) -> list[list[dict[str, str]]]:
    """One piece of the first line apart from the rest."""
    first, *rest = rows
    left = int(first["quantity"]) - 1
    return [[{**first, "quantity": "1"}], [{**first, "quantity": str(left)}, *rest] if left else rest]


def _rows(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"), newline="")))


def _write(folder: Path, name: str, rows: list[dict[str, str]]) -> None:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, columns)
    writer.writeheader()
    writer.writerows(rows)
    hidden = folder / f".{name}"
    hidden.write_text(file.getvalue(), "utf-8")
    hidden.rename(folder / name)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
