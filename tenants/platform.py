"""The platform schema: its own login, pool and transactions; no statement names both it and a store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from infra import postgres
from infra.settings import settings
from tenants.scope import QuietEngine

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

PLATFORM = QuietEngine(config={"database": "platform"})


async def open_pool(size: int = 4) -> None:
    if PLATFORM.pool is None:
        dsn = settings().platform_database_url
        PLATFORM.pool = await postgres.open_pool(dsn, postgres.platform_role(), size=size, search_path="platform")


async def close_pool() -> None:
    if PLATFORM.pool is not None:
        await PLATFORM.pool.close()
        PLATFORM.pool = None


@asynccontextmanager
async def transaction() -> AsyncIterator[PoolConnectionProxy[Any]]:
    """One transaction on the platform's rows. Never hold it open around a store's transaction."""
    if PLATFORM.pool is None:
        raise RuntimeError("the platform pool is not open")
    async with PLATFORM.pool.acquire(timeout=postgres.PATIENCE_SECONDS) as connection, connection.transaction():
        yield connection
