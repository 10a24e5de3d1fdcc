"""The simulator as one small Litestar application with its own SQLite file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import uvicorn
from litestar import Litestar, Response, get
from litestar.di import Provide

from infra.settings import settings
from infra.signatures import UntrustedNotice
from infra.simulation.doors import AnyRequest
from infra.warehouse.simulator.control import ControlController, show_style, watch
from infra.warehouse.simulator.desk import Desk
from infra.warehouse.simulator.dialects import CONTROLLERS


@get("/health", sync_to_thread=False)
def health() -> dict[str, str]:
    return {"status": "ok"}


def _untrusted(_: AnyRequest, error: UntrustedNotice) -> Response[dict[str, str]]:
    return Response({"code": "untrusted", "message": str(error)}, status_code=401)


def build_app(path: Path) -> Litestar:
    """The simulator with its books at `path`."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        app.state.desk = desk = Desk(path)
        diary = asyncio.create_task(desk.agenda.run())
        yield
        diary.cancel()
        with suppress(asyncio.CancelledError):
            await diary
        await desk.news.aclose()
        desk.db.close()

    async def desk(request: AnyRequest) -> Desk:
        found: Desk = request.app.state.desk
        return found

    return Litestar(
        [*CONTROLLERS, ControlController, watch, show_style, health],
        dependencies={"desk": Provide(desk)},
        exception_handlers={UntrustedNotice: _untrusted},
        lifespan=[lifespan],
        openapi_config=None,
        logging_config=None,  # Litestar would turn on a line per outgoing request.
        request_max_body_size=1_000_000,
    )


def serve(host: str = "127.0.0.1", port: int | None = None) -> None:
    """Run until told to stop; one process, because SQLite and the diary have one writer."""
    app = build_app(settings().var / "warehouse-simulator" / "floor.sqlite3")
    uvicorn.run(app, host=host, port=port or settings().simulator_port, access_log=False, log_level="warning")
