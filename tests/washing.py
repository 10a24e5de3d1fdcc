"""A test's store gives its schema back: emptying one takes a few milliseconds, making one takes over a hundred.

A schema whose shape a test has changed is left alone, and so is a store whose schema another connection still holds.
What was given back last is taken first, and one connection empties them all: servers that have met a schema before
know its tables already.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import asyncpg

from infra.settings import settings
from migrations import runner
from tenants import Tenant, directory

# A schema is made whole by one transaction, so whatever another one added or changed in it says so itself.
_SHAPE = """
SELECT
    (SELECT array[count(*), count(*) FILTER (WHERE c.xmin = n.xmin)] FROM pg_class c WHERE relnamespace = n.oid),
    (SELECT array[count(*), count(*) FILTER (WHERE k.xmin = n.xmin)] FROM pg_constraint k WHERE connamespace = n.oid),
    (SELECT count(*) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'p') AND a.xmin = n.xmin)
FROM pg_namespace n WHERE n.nspname = $1
"""
# The later, the earlier: whoever claims a schema takes the one that was made first.
_TAKEN_NEXT = "timestamptz '2020-01-01' - (clock_timestamp() - timestamptz '2020-01-01')"
_TABLES = (
    "SELECT relname FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'p')"
    " AND NOT relispartition"
)


@cache
def _known() -> dict[str, Any]:
    """What is read once per process: the tables and the shape of an untouched schema. And who empties them."""
    return {}


async def give_back(tenant: Tenant) -> None:
    """Forget the store and let the next one have its schema.

    This process forgets it too: a hint left in Valkey would otherwise lead the relay into the schema under the old
    store's name, and the next store's jobs would run as the old one's.
    """
    owner = await _owner()
    try:
        if await _untouched(owner, tenant.schema_name):
            await _empty(owner, tenant)
    except asyncpg.exceptions.LockNotAvailableError:
        pass
    finally:
        directory.forget(tenant.id)


async def _owner() -> asyncpg.Connection[Any]:
    """The connection of this process, or another one when the server was restarted under it."""
    known = _known()
    if "owner" not in known or known["owner"].is_closed():
        known["owner"] = await asyncpg.connect(str(settings().database_url), statement_cache_size=0)
    owner: asyncpg.Connection[Any] = known["owner"]
    return owner


async def _untouched(owner: asyncpg.Connection[Any], schema: str) -> bool:
    known = _known()
    if "shape" not in known:
        fresh = await owner.fetchval("SELECT schema_name FROM platform.schema_pool LIMIT 1") or (
            await runner.create_schema()
        )
        known["tables"] = [row["relname"] for row in await owner.fetch(_TABLES, fresh)]
        known["shape"] = await owner.fetchrow(_SHAPE, fresh)
    return bool(await owner.fetchrow(_SHAPE, schema) == known["shape"])


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
            f" VALUES ($1, $2, $3, {_TAKEN_NEXT})",
            tenant.schema_name, tenant.cluster, runner.latest("tenant"),
        )  # fmt: skip
