"""The platform's own entrance to the simulator, and a page for people who want to watch."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
from litestar import Controller, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from infra.crypto import platform_key
from infra.signatures import CALLER, BadSignature
from infra.simulation.doors import AnyRequest
from infra.warehouse.jushuitan_wire import beijing
from infra.warehouse.simulator import pages, records
from infra.warehouse.simulator.desk import Desk
from infra.warehouse.simulator.news import LEGS
from infra.warehouse.simulator.office import (
    PLATFORM,
    PLATFORM_PURPOSE,
    Behavior,
    LogEntry,
    OrderCount,
    RegisterApp,
    Report,
    ReturnCount,
    StockLevel,
)
from infra.warehouse.simulator.report import summarize

T = TypeVar("T")


class Refusal(msgspec.Struct, forbid_unknown_fields=True):
    reference: str
    reason: str


class ControlController(Controller):
    path = "/control"

    @post("/apps", status_code=200)
    async def register(self, request: AnyRequest, desk: NamedDependency[Desk]) -> dict[str, str]:
        app = await _order(request, desk, RegisterApp)
        values = {**msgspec.structs.asdict(app), "names": msgspec.json.encode(app.names)}
        columns = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        moved = ", ".join(f"{name} = :{name}" for name in values if name != "app_key")
        desk.db.execute(
            f"INSERT INTO account ({columns}) VALUES ({marks}) ON CONFLICT (app_key) DO UPDATE SET {moved}",  # noqa: S608
            values,
        )
        return {"app_key": app.app_key}

    @put("/apps/{app_key:str}/behavior")
    async def behave(self, request: AnyRequest, desk: NamedDependency[Desk], app_key: FromPath[str]) -> Behavior:
        behavior = await _order(request, desk, Behavior)
        values = (msgspec.json.encode(behavior), app_key)
        desk.db.execute("UPDATE account SET behavior = ? WHERE app_key = ?", values)
        if not behavior.silent:
            desk.agenda.hurry(app_key)
        return behavior

    @put("/apps/{app_key:str}/stock")
    async def set_stock(
        self, request: AnyRequest, desk: NamedDependency[Desk], app_key: FromPath[str]
    ) -> list[StockLevel]:
        levels = await _order(request, desk, list[StockLevel])
        desk.floor.shelves.count(_known(desk, app_key), levels)
        return levels

    @post("/apps/{app_key:str}/refusals", status_code=200)
    async def refuse(self, request: AnyRequest, desk: NamedDependency[Desk], app_key: FromPath[str]) -> dict[str, bool]:
        refusal = await _order(request, desk, Refusal)
        stopped = desk.floor.cancel(_known(desk, app_key), refusal.reference, refusal.reason, ours=True)
        return {"stopped": stopped}

    @get("/orders")
    async def orders(self, desk: NamedDependency[Desk], app_key: FromQuery[str] = "") -> list[OrderCount]:
        return records.counts(desk.db, app_key)

    @get("/returns")
    async def returns(self, desk: NamedDependency[Desk], app_key: FromQuery[str]) -> list[ReturnCount]:
        return records.return_counts(desk.db, app_key)

    @get("/log")
    async def log(
        self, desk: NamedDependency[Desk], app_key: FromQuery[str], run: FromQuery[str], after: FromQuery[int] = 0
    ) -> list[LogEntry]:
        return desk.log.read(app_key, run, after)

    @get("/report")
    async def report(self, desk: NamedDependency[Desk], app_key: FromQuery[str], run: FromQuery[str]) -> Report:
        entries: list[LogEntry] = []
        while page := desk.log.read(app_key, run, entries[-1].id if entries else 0):
            entries += page
        unheard = desk.log.unheard(_known(desk, app_key), run)
        return summarize(run, entries, records.counts(desk.db, app_key), unheard)


def _known(desk: Desk, app_key: str) -> records.Account:
    account = records.find_account(desk.db, app_key)
    if account is None:
        raise BadSignature("no such account")
    return account


async def _order(request: AnyRequest, desk: Desk, kind: type[T]) -> T:
    if request.headers.get(CALLER) != PLATFORM:
        raise BadSignature("only the platform may do this")
    body = await desk.doors.admit(request, platform_key(PLATFORM_PURPOSE))
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as error:
        raise BadSignature(f"signed, but unreadable: {error}") from error


@get("/")
async def watch(desk: NamedDependency[Desk]) -> Response[str]:
    """The newest orders and where their parcels are; no names and no addresses, for anybody may look."""
    rows = desk.db.execute("SELECT * FROM placed ORDER BY number DESC LIMIT 100").fetchall()
    return pages.show("floor.html", orders=[_shown(desk, row) for row in rows])


def _shown(desk: Desk, row: Any) -> dict[str, Any]:
    words = dict(LEGS.values())
    parcels = desk.db.execute("SELECT * FROM sent WHERE number = ? ORDER BY tracking", (row["number"],)).fetchall()
    return {
        "row": row,
        "placed_at": beijing(datetime.fromtimestamp(row["placed_at"], UTC)),
        "lines": records.lines_of(row),
        "missing": records.missing_of(row),
        "parcels": [{"number": one["tracking"], "where": words.get(one["state"], "已揽收")} for one in parcels],
    }


@get("/floor.css", media_type="text/css", sync_to_thread=False)
def show_style() -> Response[bytes]:
    return Response((pages.TEMPLATES / "floor.css").read_bytes(), media_type="text/css; charset=utf-8")
