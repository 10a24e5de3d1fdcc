"""Running parts for tests: a relay and workers in this process, and what became of jobs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import uvicorn

import tenants
from app import fulfillment
from infra import redis, wiring
from infra.settings import settings
from infra.warehouse.simulator.app import build_app
from infra.warehouse.simulator.office import Behavior, OrderCount, SimulatorOffice
from tenants import lifecycle, outbox
from workers.context import Handlers
from workers.forever import end
from workers.main import serve
from workers.queues import PLANS
from workers.registry import HANDLERS
from workers.relay import Relay

PATIENCE_SECONDS = 120.0  # finds what never happens; how slow a machine is says nothing


async def eventually(look: Callable[[], Awaitable[Any]], *, within: float = PATIENCE_SECONDS) -> Any:
    """The first true answer of `look`; fails when there is none in time."""
    end = asyncio.get_running_loop().time() + within
    while True:
        found = await look()
        if found:
            return found
        assert asyncio.get_running_loop().time() < end, "it did not happen in time"
        await asyncio.sleep(0.02)


@asynccontextmanager
async def relaying() -> AsyncIterator[Relay]:
    """A real relay of its own; the test's stores are among those it looks after."""
    relay = Relay()
    task = asyncio.create_task(relay.run())
    try:
        yield relay
    finally:
        await end([task])


@asynccontextmanager
async def working(handlers: Handlers, queue: str = "critical") -> AsyncIterator[None]:
    """A real arq worker on one queue."""
    stop = asyncio.Event()
    task = asyncio.create_task(serve(replace(PLANS[queue]), stop, handlers))
    try:
        yield
    finally:
        stop.set()
        await task


async def post(kind: str, **more: Any) -> UUID:
    """A job of the bound store, committed; on `critical` unless said otherwise."""
    async with tenants.transaction():
        return await outbox.post(kind, **{"queue": "critical", **more})


async def job(job_id: UUID) -> Any:
    async with tenants.transaction():
        return await tenants.connection().fetchrow(
            "SELECT status, attempts, last_error, run_at, lease_until FROM outbox WHERE id = $1", job_id
        )


async def finished(job_id: UUID, status: str = "done", *, within: float = PATIENCE_SECONDS) -> Any:
    """Wait until the job has come to this end."""

    async def look() -> Any:
        row = await job(job_id)
        return row if row["status"] == status else None

    return await eventually(look, within=within)


async def listened_to(channel: str) -> None:
    """Wait until somebody hears what is told on this channel."""

    async def look() -> bool:
        return bool(dict(await redis.client().pubsub_numsub(channel))[channel.encode()])

    await eventually(look)


@asynccontextmanager
async def serving(app: Any, port: int, *, lifespan: Any = "off") -> AsyncIterator[None]:
    """An ASGI application on a real socket of this process. Our own needs no lifespan: the test's pools are open."""
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, lifespan=lifespan, log_level="warning", access_log=False)
    )
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn offers nothing to wait for
        await asyncio.sleep(0.02)
    try:
        yield
    finally:
        server.should_exit = True
        await task


@dataclass
class Rehearsal:
    """The built-in warehouse and our own web server, relay and workers, all answering; one store is registered."""

    office: SimulatorOffice
    app_key: str

    async def behave(self, **behavior: Any) -> None:
        quick = {"ship_ms": 50, "transit_ms": 50, "out_ms": 100, "delivered_ms": 150}
        await self.office.behave(self.app_key, Behavior(**{**quick, **behavior}))

    async def count(self, reference: str) -> OrderCount | None:
        """How often the warehouse got and shipped the order with this reference."""
        found = [one for one in await self.office.counts(self.app_key) if one.reference == reference]
        return found[0] if found else None


@asynccontextmanager
async def rehearsing(folder: Path) -> AsyncIterator[Rehearsal]:
    """Everything between a paid order and a parcel, for the bound store."""
    from app.main import create_app

    base_url = f"http://127.0.0.1:{settings().simulator_port}"
    async with (
        serving(build_app(folder / "floor.sqlite3"), settings().simulator_port, lifespan="on"),
        serving(create_app(), settings().port),
    ):
        async with tenants.transaction():
            warehouse = (await fulfillment.warehouses())[0]
        tenant = tenants.current()
        secrets = [lifecycle.webhook_secret(tenant.id, kind) for kind in ("warehouse", "carrier")]
        await wiring.register_warehouse(
            warehouse, tenant_id=tenant.id, callback_secret=secrets[0], carrier_secret=secrets[1]
        )
        rehearsal = Rehearsal(SimulatorOffice(base_url, wiring.outside(base_url)), warehouse.app_key)
        await rehearsal.behave()
        async with relaying(), working(HANDLERS):
            yield rehearsal
    await wiring.close()
