"""Put a row into every table of a store, each text of it a word nobody else says.

The tables are read from the server, so a table that a migration adds is filled without being named here.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

from PIL import Image

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id
from infra.storage.obstore import storage
from tenants import Tenant
from tests.isolation.words import Column, Filled, value_of

RUNNERS_OWN = "schema_version"
# Rows that live without a reference to what they are about.
NEEDS = {
    "ledger_account": ("promoter",), "outbox": ("product",), "attribution_decision": ("click",),
    "material_version": ("variant", "material_file"),
}  # fmt: skip
# Tables of which a row has to name two.
ANOTHER: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "ledger_account": ("another_account", lambda: {"kind": "promoter_available"}),
    "promoter": ("another_promoter", lambda: {"login_id": new_id()}),
    "live_session": ("session_that_is_over", lambda: {"status": "ended", "ended_at": now(), "code": new_id().hex[-8:]}),
}
# A store is born with these; one more row beside them is harmless.
ADDED_TO = {"outbox", "counter"}
# Facts of a row the store was born with: they mean something to the code.
FACTS = {
    "locale", "currency", "time_zone", "selling_mode", "adapter", "base_url", "app_key", "provider", "merchant_id",
    "hero_path", "status", "failure", "last_error",
}  # fmt: skip

_TABLES = """
SELECT relname AS tablename FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1
"""
_COLUMNS = """
SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AND NOT a.atthasdef AS required,
       coalesce((SELECT f.relname FROM pg_constraint c JOIN pg_class f ON f.oid = c.confrelid
                 WHERE c.conrelid = a.attrelid AND c.contype = 'f' AND c.conkey = ARRAY[a.attnum] LIMIT 1), '')
           AS target,
       coalesce((SELECT string_agg(pg_get_constraintdef(c.oid), ' ') FROM pg_constraint c
                 WHERE c.conrelid = a.attrelid AND c.contype = 'c' AND c.conkey = ARRAY[a.attnum]), '') AS checks
FROM pg_attribute a WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""


async def filled(tenant: Tenant) -> Filled:
    """The store with a row in every table, and a stored picture."""
    store = Filled(tenant)
    with tenants.bind(tenant):
        async with tenants.transaction():
            for row in await tenants.connection().fetch(_TABLES):
                if row["tablename"] != RUNNERS_OWN:
                    await _fill(store, row["tablename"])
    await storage().put(store.picture, _picture())
    return store


def _picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "#14603f").save(file, "WEBP")
    return file.getvalue()


async def _fill(store: Filled, table: str) -> None:
    if table in store.rows:
        return
    columns = await _columns(table)
    for needed in (*NEEDS.get(table, ()), *(column.target for column in columns)):
        if needed and needed != table:
            await _fill(store, needed)
    born = table not in ADDED_TO and await tenants.connection().fetchval(f'SELECT count(*) FROM "{table}"')
    row = _row(store, table, columns)
    store.rows[table] = await (_rewrite(table, columns, row) if born else _insert(table, row))
    if table in ANOTHER:
        name, difference = ANOTHER[table]
        store.rows[name] = await _insert(table, _row(store, table, columns) | difference())


def _row(store: Filled, table: str, columns: list[Column]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for column in columns:
        value = value_of(store, table, column, row)
        if value is not None:
            row[column.name] = value
    return row


async def _insert(table: str, row: dict[str, Any]) -> dict[str, Any]:
    places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    sql = f'INSERT INTO "{table}" ({", ".join(row)}) VALUES ({places}) RETURNING *'
    return await _one(sql, *row.values())


async def _rewrite(table: str, columns: list[Column], row: dict[str, Any]) -> dict[str, Any]:
    """The row the store was born with says our words too, and keeps what it means."""
    texts = [column.name for column in columns if column.type == "text" and not column.choices]
    free = [name for name in texts if name in row and name not in FACTS and not name.endswith("_sealed")]
    sets = ", ".join(f"{name} = ${number}" for number, name in enumerate(free, start=1))
    sql = f'UPDATE "{table}" SET {sets} RETURNING *' if free else f'SELECT * FROM "{table}"'
    return await _one(sql, *(row[name] for name in free))


async def _one(sql: str, *values: Any) -> dict[str, Any]:
    row = await tenants.connection().fetchrow(sql, *values)
    assert row is not None
    return dict(row)


async def _columns(table: str) -> list[Column]:
    rows = await tenants.connection().fetch(_COLUMNS, table)
    return [
        Column(row["name"], row["type"], row["required"], row["target"], tuple(_choices(row["checks"]))) for row in rows
    ]


def _choices(checks: str) -> list[str]:
    found: list[str] = re.findall(r"'([^']*)'::text", checks)
    return found
