"""A test's store gives its schema back: emptying one takes a few milliseconds, making one takes over a hundred.

A schema whose shape a test has changed is left alone, and so is a store whose schema another connection still holds.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import asyncpg

from infra.settings import settings
from migrations import runner
from tenants import Tenant, directory

_SHAPE = """
SELECT md5(string_agg(line, ',' ORDER BY line)) FROM (
    SELECT c.relname || a.attname || a.atttypid || a.attnotnull AS line
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = $1::regnamespace AND a.attnum > 0 AND c.relkind IN ('r', 'p', 'i')
    UNION ALL SELECT conname || conrelid::regclass::text FROM pg_constraint WHERE connamespace = $1::regnamespace
) shape
"""
_TABLES = (
    "SELECT relname FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'p')"
    " AND NOT relispartition"
)


@cache
def _known() -> dict[str, Any]:
    """What an untouched schema looks like, read once per process: its tables and its shape."""
    return {}


async def give_back(tenant: Tenant) -> None:
    """Forget the store and let the next one have its schema.

    This process forgets it too: a hint left in Valkey would otherwise lead the relay into the schema under the old
    store's name, and the next store's jobs would run as the old one's.
    """
    owner: asyncpg.Connection[Any] = await asyncpg.connect(str(settings().database_url), statement_cache_size=0)
    try:
        if await _untouched(owner, tenant.schema_name):
            await _empty(owner, tenant)
    except asyncpg.exceptions.LockNotAvailableError:
        pass
    finally:
        directory.forget(tenant.id)
        await owner.close()


async def _untouched(owner: asyncpg.Connection[Any], schema: str) -> bool:
    known = _known()
    if not known:
        fresh = await owner.fetchval("SELECT schema_name FROM platform.schema_pool LIMIT 1") or (
            await runner.create_schema()
        )
        known["tables"] = [row["relname"] for row in await owner.fetch(_TABLES, fresh)]
        known["shape"] = await _shape(owner, fresh)
    return bool(await _shape(owner, schema) == known["shape"])


async def _shape(owner: asyncpg.Connection[Any], schema: str) -> str:
    async with owner.transaction():
        await owner.execute(f'SET LOCAL search_path TO "{schema}"')
        return str(await owner.fetchval(_SHAPE, schema))


async def _empty(owner: asyncpg.Connection[Any], tenant: Tenant) -> None:
    tables = [table for table in _known()["tables"] if table != "schema_version"]
    async with owner.transaction():
        await owner.execute(
            # Foreign keys are not asked, so the order of the tables does not matter.
            f"SET LOCAL lock_timeout = '200ms'; SET LOCAL session_replication_role = replica;"
            f'SET LOCAL search_path TO "{tenant.schema_name}";' + "".join(f'DELETE FROM "{t}";' for t in tables)
        )
        await owner.execute("SET LOCAL session_replication_role = origin")
        await owner.execute("DELETE FROM platform.tenant WHERE id = $1", tenant.id)
        await owner.execute(
            "INSERT INTO platform.schema_pool (schema_name, cluster, schema_version, created_at)"
            " VALUES ($1, $2, $3, now())",
            tenant.schema_name, tenant.cluster, runner.latest("tenant"),
        )  # fmt: skip
