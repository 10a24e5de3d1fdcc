"""How far the news of each warehouse were fetched."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import tenants
from app.kernel.ids import new_id

PullKind = Literal["shipments", "stock"]
KEEP = """
INSERT INTO warehouse_cursor (id, warehouse, kind, cursor, pulled_at) VALUES ($1, $2, $3, $4, now())
ON CONFLICT (warehouse, kind) DO UPDATE SET cursor = EXCLUDED.cursor, pulled_at = EXCLUDED.pulled_at
"""


async def cursor_of(warehouse: UUID, kind: PullKind) -> str:
    found: str | None = await tenants.connection().fetchval(
        "SELECT cursor FROM warehouse_cursor WHERE warehouse = $1 AND kind = $2", warehouse, kind
    )
    return found or ""


async def keep_cursor(warehouse: UUID, kind: PullKind, cursor: str) -> None:
    """Everything before it is stored here."""
    await tenants.connection().execute(KEEP, new_id(), warehouse, kind, cursor)


async def last_pulls() -> dict[tuple[UUID, str], float]:
    """By warehouse and kind, how many seconds ago its news were fetched last."""
    rows = await tenants.connection().fetch(
        "SELECT warehouse, kind, extract(epoch FROM now() - pulled_at)::float8 AS ago FROM warehouse_cursor"
    )
    return {(row["warehouse"], row["kind"]): row["ago"] for row in rows}
