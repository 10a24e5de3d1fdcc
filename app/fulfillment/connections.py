"""A merchant's own acts on its warehouses: connected, described, paused, made the default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

import tenants
from app.fulfillment.warehouses import WarehouseFacts
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal

OpenWork = Literal["wait", "people"]
PAUSED = "warehouse.paused"

_CONNECT = """
INSERT INTO warehouse (id, name, adapter, base_url, app_key, secret_sealed, credentials_sealed, carrier_salt_sealed,
    settings, is_default, position, created_at)
VALUES ($1, $2, $3, $4, $5, '', $6, $7, $8, NOT EXISTS (SELECT FROM warehouse WHERE is_default),
    (SELECT coalesce(max(position), 0) + 1 FROM warehouse), $9)
"""
_RECONNECT = """
UPDATE warehouse SET base_url = $2, app_key = $3, credentials_sealed = $4, settings = $5, last_error = '',
    last_error_at = NULL, last_ok_at = NULL WHERE id = $1 RETURNING id
"""
_DESCRIBE = """
UPDATE warehouse SET name = $2, code = $3, country = $4, region = $5, position = $6, parcel_amount = $7,
    cutoff_minute = $8 WHERE id = $1 RETURNING id
"""
_WORK = """
SELECT warehouse, count(*) FILTER (WHERE status IN ('scheduled', 'open')) AS waiting,
    count(*) FILTER (WHERE status = 'submitted') AS sent, count(*) FILTER (WHERE status = 'accepted') AS there,
    count(*) FILTER (WHERE status IN ('rejected', 'incomplete') OR status = 'on_hold'
        AND status_reason NOT IN ('group_buying.waits', 'group_buying.by_leader', 'held.cooling')) AS trouble
FROM fulfillment_order WHERE status NOT IN ('closed', 'canceled') GROUP BY warehouse
"""
_NEXT_TRY = """
SELECT f.warehouse, min(b.run_at) AS at FROM outbox b JOIN fulfillment_order f ON b.dedupe_key = 'push:' || f.id
WHERE b.kind = 'fulfillment.push_order' AND b.status = 'due' AND b.attempts > 0 GROUP BY f.warehouse
"""


class LastWarehouse(Refusal):
    """Somebody has to get the orders that fit nowhere else."""

    code = "fulfillment.default_cannot_pause"
    status = 409
    message = "Make another warehouse the default first; new orders need one that is at work."


class NotAtWork(Refusal):
    """A paused warehouse cannot be the one that gets what fits nowhere else."""

    code = "fulfillment.paused_cannot_be_default"
    status = 409
    message = "This warehouse is paused. Let it go on first."


@dataclass(frozen=True, slots=True)
class Described:
    """What the merchant says about a warehouse: for people and for the choice which one ships."""

    name: str
    code: str
    country: str
    region: str
    position: int
    parcel_amount: int
    cutoff_minute: int | None


@dataclass(frozen=True, slots=True)
class Queue:
    """How much work stands where, and when the next failed push is tried again."""

    waiting: int = 0
    sent: int = 0
    there: int = 0
    trouble: int = 0
    next_try_at: datetime | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Reached:
    """How it is reached; secrets are sealed already."""

    base_url: str
    app_key: str
    credentials_sealed: str
    settings: Mapping[str, str]


async def connect_warehouse(
    warehouse_id: UUID, name: str, adapter: str, reached: Reached, carrier_salt_sealed: str
) -> None:
    """A new warehouse, behind the others; the first one of a store is its default."""
    await tenants.connection().execute(
        _CONNECT, warehouse_id, name, adapter, reached.base_url, reached.app_key, reached.credentials_sealed,
        carrier_salt_sealed, _json(reached.settings), now(),
    )  # fmt: skip


async def reconnect_warehouse(warehouse_id: UUID, reached: Reached) -> None:
    """Reached in another way from now on; what was known of its health is gone. Raises NotFound."""
    found = await tenants.connection().fetchval(
        _RECONNECT, warehouse_id, reached.base_url, reached.app_key, reached.credentials_sealed, _json(reached.settings)
    )
    if found is None:
        raise NotFound


async def keep_credentials(warehouse_id: UUID, credentials_sealed: str) -> None:
    """Tokens were renewed; everything else about it stays."""
    await tenants.connection().execute(
        "UPDATE warehouse SET credentials_sealed = $2 WHERE id = $1", warehouse_id, credentials_sealed
    )


async def describe_warehouse(warehouse_id: UUID, facts: Described) -> None:
    """Raises NotFound."""
    found = await tenants.connection().fetchval(
        _DESCRIBE, warehouse_id, facts.name, facts.code, facts.country, facts.region, facts.position,
        facts.parcel_amount, facts.cutoff_minute,
    )  # fmt: skip
    if found is None:
        raise NotFound


async def make_default(warehouse_id: UUID) -> None:
    """Gets what fits nowhere else. Raises NotFound, NotAtWork."""
    database = tenants.connection()
    status = await database.fetchval("SELECT status FROM warehouse WHERE id = $1 FOR NO KEY UPDATE", warehouse_id)
    if status is None:
        raise NotFound
    if status != "active":
        raise NotAtWork
    await database.execute("UPDATE warehouse SET is_default = false WHERE is_default AND id <> $1", warehouse_id)
    await database.execute("UPDATE warehouse SET is_default = true WHERE id = $1", warehouse_id)


async def pause_warehouse(warehouse_id: UUID, open_work: OpenWork) -> int:
    """Nothing new goes there. What was not sent yet waits for it, or for a person; answers how much that is.

    What the warehouse has, or may have, goes on: its parcels are still recorded. Raises NotFound, LastWarehouse.
    """
    database = tenants.connection()
    row = await database.fetchrow("SELECT is_default FROM warehouse WHERE id = $1 FOR NO KEY UPDATE", warehouse_id)
    if row is None:
        raise NotFound
    if row["is_default"]:
        raise LastWarehouse
    await database.execute("UPDATE warehouse SET status = 'paused' WHERE id = $1", warehouse_id)
    unsent = "warehouse = $1 AND status = 'open' AND submitted_at IS NULL"
    if open_work == "people":
        statement = (
            f"UPDATE fulfillment_order SET status = 'on_hold', status_reason = '{PAUSED}', updated_at = now()"  # noqa: S608 - constants
            f" WHERE {unsent} RETURNING id"
        )
    else:
        statement = f"SELECT id FROM fulfillment_order WHERE {unsent}"  # noqa: S608 - a constant
    return len(await database.fetch(statement, warehouse_id))


async def resume_warehouse(warehouse_id: UUID) -> list[UUID]:
    """It is at work again; answers the work orders that waited for it and have to be sent. Raises NotFound."""
    database = tenants.connection()
    if not await database.fetchval("UPDATE warehouse SET status = 'active' WHERE id = $1 RETURNING id", warehouse_id):
        raise NotFound
    rows = await database.fetch(
        "SELECT id FROM fulfillment_order WHERE warehouse = $1 AND status = 'open' ORDER BY created_at, id",
        warehouse_id,
    )
    return [row["id"] for row in rows]


async def keep_manner(warehouse_id: UUID, manner: str) -> None:
    """How a practice warehouse behaves from now on."""
    await tenants.connection().execute(
        "UPDATE warehouse SET settings = settings || jsonb_build_object('manner', $2::text) WHERE id = $1",
        warehouse_id, manner,
    )  # fmt: skip


def manner_of(warehouse: WarehouseFacts) -> str:
    return warehouse.settings.get("manner", "calm")


async def queues() -> dict[UUID, Queue]:
    """The open work of every warehouse that has any."""
    database = tenants.connection()
    tries = {row["warehouse"]: row["at"] for row in await database.fetch(_NEXT_TRY)}
    return {
        row["warehouse"]: Queue(
            row["waiting"], row["sent"], row["there"], row["trouble"], tries.get(row["warehouse"])
        )
        for row in await database.fetch(_WORK)
    }  # fmt: skip


async def references_at(warehouse_id: UUID, most: int = 100) -> list[str]:
    """What this warehouse was sent and has not settled, the oldest first."""
    rows = await tenants.connection().fetch(
        "SELECT reference FROM fulfillment_order WHERE warehouse = $1 AND status IN ('submitted', 'accepted',"
        " 'incomplete') ORDER BY created_at, id LIMIT $2",
        warehouse_id,
        most,
    )
    return [row["reference"] for row in rows]


def _json(settings: Mapping[str, str]) -> str:
    return msgspec.json.encode(dict(settings)).decode()
