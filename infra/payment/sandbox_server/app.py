"""The sandbox as one small Litestar application with its own SQLite file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import uvicorn
from litestar import Litestar, Response, get
from litestar.di import Provide

from infra.payment.sandbox_server.api import PaymentController
from infra.payment.sandbox_server.desk import Desk
from infra.payment.sandbox_server.pages import PayController, TransferController, show_style
from infra.payment.sandbox_server.phones import PhoneController
from infra.payment.sandbox_server.records import Refused
from infra.payment.sandbox_wire import Problem
from infra.settings import settings
from infra.signatures import UntrustedNotice
from infra.simulation.doors import AnyRequest


@get("/health", sync_to_thread=False)
def health() -> dict[str, str]:
    return {"status": "ok"}


def _refused(_: AnyRequest, error: Refused) -> Response[Problem]:
    return Response(Problem(error.code, error.message), status_code=error.status)


def _untrusted(_: AnyRequest, error: UntrustedNotice) -> Response[Problem]:
    return Response(Problem("untrusted", str(error)), status_code=401)


def build_app(path: Path) -> Litestar:
    """The sandbox with its books at `path`."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        app.state.desk = desk = Desk(path)
        diary = asyncio.create_task(desk.agenda.run())
        yield
        diary.cancel()
        with suppress(asyncio.CancelledError):
            await diary
        await desk.http.aclose()
        desk.db.close()

    async def desk(request: AnyRequest) -> Desk:
        found: Desk = request.app.state.desk
        return found

    return Litestar(
        [PaymentController, PayController, TransferController, PhoneController, show_style, health],
        dependencies={"desk": Provide(desk)},
        exception_handlers={Refused: _refused, UntrustedNotice: _untrusted},
        lifespan=[lifespan],
        openapi_config=None,
        logging_config=None,  # Litestar would turn on a line per outgoing request.
        request_max_body_size=100_000,
    )


def serve(host: str = "127.0.0.1", port: int | None = None) -> None:
    """Run until told to stop; one process, because SQLite and the diary have one writer."""
    app = build_app(settings().var / "payment-sandbox" / "books.sqlite3")
    uvicorn.run(app, host=host, port=port or settings().sandbox_port, access_log=False, log_level="warning")
