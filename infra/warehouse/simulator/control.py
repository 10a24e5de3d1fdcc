"""The platform's own entrance to the simulator, and a page for people who want to watch."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Controller, MediaType, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from infra.crypto import platform_key
from infra.signatures import CALLER, BadSignature
from infra.simulation.doors import AnyRequest
from infra.warehouse.simulator import records
from infra.warehouse.simulator.desk import Desk
from infra.warehouse.simulator.news import LEGS
from infra.warehouse.simulator.office import (
    PLATFORM,
    PLATFORM_PURPOSE,
    Behavior,
    OrderCount,
    RegisterApp,
    StockLevel,
)

T = TypeVar("T")
TEMPLATES = Path(__file__).parent / "templates"
_pages = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
_CSP = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


class ControlController(Controller):
    path = "/control"

    @post("/apps", status_code=200)
    async def register(self, request: AnyRequest, desk: NamedDependency[Desk]) -> dict[str, str]:
        app = await _order(request, desk, RegisterApp)
        values = msgspec.structs.asdict(app)
        desk.db.execute(
            "INSERT INTO app (app_key, app_secret, access_token, callback_url, carrier_url, carrier_salt) VALUES "
            "(:app_key, :app_secret, :access_token, :callback_url, :carrier_url, :carrier_salt) ON CONFLICT (app_key) "
            "DO UPDATE SET app_secret = :app_secret, access_token = :access_token, callback_url = :callback_url, "
            "carrier_url = :carrier_url, carrier_salt = :carrier_salt",
            values,
        )
        return {"app_key": app.app_key}

    @put("/apps/{app_key:str}/behavior")
    async def behave(self, request: AnyRequest, desk: NamedDependency[Desk], app_key: FromPath[str]) -> Behavior:
        behavior = await _order(request, desk, Behavior)
        values = (msgspec.json.encode(behavior), app_key)
        desk.db.execute("UPDATE app SET behavior = ? WHERE app_key = ?", values)
        return behavior

    @put("/apps/{app_key:str}/stock")
    async def set_stock(
        self, request: AnyRequest, desk: NamedDependency[Desk], app_key: FromPath[str]
    ) -> list[StockLevel]:
        levels = await _order(request, desk, list[StockLevel])
        app = records.find_app(desk.db, app_key)
        if app is None:
            raise BadSignature("no such account")
        desk.floor.count_shelves(app, levels)
        return levels

    @get("/orders")
    async def orders(self, desk: NamedDependency[Desk], app_key: FromQuery[str] = "") -> list[OrderCount]:
        return records.counts(desk.db, app_key)


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
    rows = desk.db.execute("SELECT * FROM customer_order ORDER BY o_id DESC LIMIT 100").fetchall()
    html = _pages.get_template("floor.html").render(orders=[_shown(desk, row) for row in rows])
    headers = {"Content-Security-Policy": _CSP, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    return Response(html, media_type=MediaType.HTML, headers=headers)


def _shown(desk: Desk, row: Any) -> dict[str, Any]:
    words = dict(LEGS.values())
    parcels = desk.db.execute("SELECT * FROM parcel WHERE o_id = ? ORDER BY l_id", (row["o_id"],)).fetchall()
    return {
        "row": row,
        "items": records.items_of(row),
        "parcels": [{"number": parcel["l_id"], "where": words.get(parcel["state"], "已揽收")} for parcel in parcels],
    }


@get("/floor.css", media_type="text/css", sync_to_thread=False)
def show_style() -> Response[bytes]:
    return Response((TEMPLATES / "floor.css").read_bytes(), media_type="text/css; charset=utf-8")
