"""What a store holds, as one number per table: equal before and after, or somebody wrote."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import tenants
from tenants import Tenant, platform
from tests.architecture.route_table import Operation

_TABLES = """
SELECT relname AS tablename FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1
"""
# Rows of the directory that belong to one store.
PLATFORM = {
    "tenant": "id",
    "merchant_user": "tenant",
    "webhook_endpoint": "tenant",
    "promoter_membership": "tenant",
    "domain": "tenant",
}


async def snapshot(tenant: Tenant) -> dict[str, tuple[int, int]]:
    """(rows, sum of their hashes) of every table of the store, and of its rows in the directory."""
    with tenants.bind(tenant):
        async with tenants.transaction():
            names = [row["tablename"] for row in await tenants.connection().fetch(_TABLES)]
            parts = " UNION ALL ".join(_sum(name) for name in names)
            rows = await tenants.connection().fetch(parts)
    async with platform.transaction() as database:
        for name, column in PLATFORM.items():
            sql = f"{_sum(name)} WHERE t.{column} = $1"
            rows += await database.fetch(sql.replace(f"'{name}'", f"'platform.{name}'"), tenant.id)
    return {row["name"]: (row["rows"], row["sum"]) for row in rows}


def _sum(table: str) -> str:
    return (
        f"SELECT '{table}' AS name, count(*) AS rows, coalesce(sum(hashtextextended(t::text, 0)), 0)::text AS sum"
        f' FROM "{table}" t'
    )


def changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


async def writers(
    tenant: Tenant, operations: Sequence[Operation], ask: Callable[[Operation], Awaitable[None]]
) -> dict[str, list[str]]:
    """Which operations change which tables of the store when they are asked.

    All are asked between two snapshots; one by one, to learn who it was, only when these differ.
    """
    before = await snapshot(tenant)
    for operation in operations:
        await ask(operation)
    together = changed(before, await snapshot(tenant))
    if not together:
        return {}
    alone = {operation.name: await _written_by(tenant, operation, ask) for operation in operations}
    return {name: tables for name, tables in alone.items() if tables} or {"all of them together": together}


async def _written_by(tenant: Tenant, operation: Operation, ask: Callable[[Operation], Awaitable[None]]) -> list[str]:
    before = await snapshot(tenant)
    await ask(operation)
    return changed(before, await snapshot(tenant))
