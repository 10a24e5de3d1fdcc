"""Tracked redirects: how many a second with the click durable, and that none is lost when something is killed."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from uuid import UUID

from app import links
from app.flows.record_clicks import drain_once
from infra import postgres, redis
from tests.load import nginx, wrk
from tests.load.report import Line, compared, exact, in_turns, limited
from tests.load.stack import Stack, answering
from tests.load.stores import Stores, owner
from tests.load.visitors import follow

VISITORS, VISITORS_AT_ONCE = 16, 64


async def speed(stack: Stack, stores: Stores) -> list[Line]:
    await wrk.require("wrk", "nginx")
    await stack.web()
    bare, ceiling = await stack.bare(), await nginx.start(stack)
    slowest = []

    async def ours() -> float:
        load = await wrk.press(
            f"{stack.address}/l/{stores.link_code}", stack.host("window"), connections=VISITORS_AT_ONCE
        )
        slowest.append(load.p99_ms)
        if load.refused:
            raise RuntimeError(f"{load.refused} redirects were refused")
        return load.per_second

    async def static() -> float:
        return (await wrk.press(f"{ceiling}/l/x", "localhost", connections=VISITORS_AT_ONCE)).per_second

    async def smallest() -> float:
        return (await wrk.press(f"{bare}/redirect", "localhost", connections=VISITORS_AT_ONCE)).per_second

    mine, by_nginx, by_litestar = await in_turns(3, ours, static, smallest)
    stack.stop("nginx")
    return [
        compared("tracked redirect, click durable", mine, by_nginx, goal=0.25, of="nginx return 302"),
        compared("tracked redirect, click durable", mine, by_litestar, goal=0.25, of="bare Litestar redirect"),
        limited("tracked redirect, p99 at 64 visitors", max(slowest), 250, "ms"),
    ]


async def kills(stack: Stack, stores: Stores) -> list[Line]:
    """Whoever was sent on has a stored click, whatever dies."""
    await stack.web()
    return [await _web_is_killed(stack, stores), await _backend_is_killed(stack, stores)]


async def _web_is_killed(stack: Stack, stores: Stores) -> Line:
    stop = asyncio.Event()
    visitors = _follow(stack, stores, stop)
    for _ in range(2):
        await asyncio.sleep(1.2)
        stack.kill("web")
        await stack.web()
    await asyncio.sleep(0.5)
    stop.set()
    return await _lost("web process, twice", stores, await visitors)


async def _backend_is_killed(stack: Stack, stores: Stores) -> Line:
    """PostgreSQL ends every other connection too and recovers; meanwhile clicks wait in the stream."""
    logging.getLogger("asyncpg").setLevel(logging.CRITICAL)  # our own pool is told about it too
    stop = asyncio.Event()
    visitors = _follow(stack, stores, stop)
    await asyncio.sleep(1.2)
    watcher = await owner(stores.window)
    pid = await watcher.fetchval(
        "SELECT pid FROM pg_stat_activity WHERE usename = $1 ORDER BY state = 'active' DESC LIMIT 1",
        postgres.app_role(),
    )
    os.kill(pid, signal.SIGKILL)
    await asyncio.sleep(4)
    stop.set()
    acknowledged = await visitors
    await answering(f"{stack.address}/health/ready", seconds=60)
    return await _lost("PostgreSQL backend", stores, acknowledged)


def _follow(stack: Stack, stores: Stores, stop: asyncio.Event) -> asyncio.Task[set[UUID]]:
    path = f"/l/{stores.link_code}"
    return asyncio.create_task(follow(stack.port, stack.host("window"), path, visitors=VISITORS, until=stop))


async def _lost(victim: str, stores: Stores, acknowledged: set[UUID]) -> Line:
    await links.open_stream()
    for _ in range(200):  # what waited in the stream comes home
        await drain_once("bench", wait_ms=10)
        if not await redis.client().xlen("clicks"):
            break
    watcher = await owner(stores.window)
    found = await watcher.fetchval("SELECT count(*) FROM click WHERE id = ANY($1::uuid[])", list(acknowledged))
    await watcher.close()
    lost = len(acknowledged) - int(found)
    return exact(f"clicks lost, kill -9 of a {victim}", lost, 0, note=f"{len(acknowledged):,} acknowledged")
