"""Orders that are not sent yet although they are paid: for which reasons, since when, and who let them go.

An order may be held for several reasons at once. Its unsent work orders stand `on_hold` for the oldest of them, and are
open again when the last one is released.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from asyncpg import Record

import tenants
from app.fulfillment import causes
from app.kernel.clock import now
from app.kernel.ids import new_id

HOLDS = ("address", "blocked_region", "fraud", "amount", "first_order", "cooling", "manual")
ABOUT_ADDRESS = ("address", "blocked_region")
HELD = "held."  # how the reason of a held work order begins; the kind of its hold follows
LONGEST_WORDS = 300
_COLUMNS = "id, order_id, kind, params, words, until, opened_by, opened_at, released_by, released_at"


class Hold(msgspec.Struct, frozen=True):
    """`words` are somebody's own, `params` what a rule found; `until` is when the clock releases it."""

    id: UUID
    order_id: UUID
    kind: str
    params: dict[str, str]
    words: str
    until: datetime | None
    opened_by: str
    opened_at: datetime
    released_by: str
    released_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.released_at is None


OPEN = """
INSERT INTO fulfillment_hold (id, order_id, kind, params, words, until, opened_by, opened_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (order_id, kind) WHERE released_at IS NULL DO NOTHING RETURNING id
"""
RELEASE = """
UPDATE fulfillment_hold SET released_by = $3, released_at = $4
WHERE order_id = $1 AND released_at IS NULL AND ($2::text[] IS NULL OR kind = ANY($2::text[])) RETURNING kind
"""
# Somebody's hold outweighs the clock's: the page shows what needs a person.
FIRST_HOLD = """
SELECT 'held.' || kind AS reason FROM fulfillment_hold
WHERE order_id = $1 AND released_at IS NULL ORDER BY kind = 'cooling', opened_at, id LIMIT 1
"""
SETTLE = f"""
WITH held AS ({FIRST_HOLD})
UPDATE fulfillment_order SET status = CASE WHEN EXISTS (SELECT 1 FROM held) THEN 'on_hold' ELSE 'open' END,
    status_reason = coalesce((SELECT reason FROM held), ''), updated_at = now(),
    released_at = CASE WHEN EXISTS (SELECT 1 FROM held) THEN NULL ELSE now() END
WHERE order_id = $1 AND ((status = 'on_hold' AND status_reason LIKE 'held.%')
    OR (status = 'open' AND submitted_at IS NULL AND EXISTS (SELECT 1 FROM held)))
RETURNING id, status
"""  # noqa: S608 - constants


async def open_hold(
    order_id: UUID, kind: str, *, by: str, words: str = "", until: datetime | None = None,
    params: Mapping[str, str] | None = None,
) -> bool:  # fmt: skip
    """False when the order is held for this already."""
    values = (msgspec.json.encode(dict(params or {})).decode(), words.strip()[:LONGEST_WORDS], until, by, now())
    return await tenants.connection().fetchval(OPEN, new_id(), order_id, kind, *values) is not None


async def release_holds(order_id: UUID, kinds: Sequence[str] | None = None, *, by: str) -> list[str]:
    """Which were open; without `kinds`, all of them."""
    rows = await tenants.connection().fetch(RELEASE, order_id, None if kinds is None else list(kinds), by, now())
    return sorted(row["kind"] for row in rows)


async def settle_holds(order_id: UUID) -> list[UUID]:
    """Work orders follow the holds; answers those that may be sent now. What a warehouse may have is left alone."""
    rows = await tenants.connection().fetch(SETTLE, order_id)
    for row in rows:
        await causes.look_at(row["id"])
    return [row["id"] for row in rows if row["status"] == "open"]


async def first_hold(order_id: UUID) -> str:
    """The reason that work orders of the order are planned on hold for; nothing if it is not held."""
    return await tenants.connection().fetchval(FIRST_HOLD, order_id) or ""


async def holds_of(order_id: UUID) -> list[Hold]:
    """Every hold of the order, the open ones first."""
    rows = await tenants.connection().fetch(
        f"SELECT {_COLUMNS} FROM fulfillment_hold WHERE order_id = $1"  # noqa: S608 - a constant
        " ORDER BY released_at IS NOT NULL, opened_at, id",
        order_id,
    )
    return [_hold(row) for row in rows]


async def orders_whose_hold_is_over(at: datetime, *, limit: int = 200) -> list[UUID]:
    """Orders that only waited for the time."""
    rows = await tenants.connection().fetch(
        "SELECT DISTINCT order_id FROM fulfillment_hold WHERE released_at IS NULL AND until <= $1 LIMIT $2", at, limit
    )
    return [row["order_id"] for row in rows]


async def release_timed(order_id: UUID, at: datetime) -> None:
    """The time is over."""
    await tenants.connection().execute(
        "UPDATE fulfillment_hold SET released_by = 'clock', released_at = $2"
        " WHERE order_id = $1 AND released_at IS NULL AND until <= $2",
        order_id, at,
    )  # fmt: skip


def _hold(row: Record) -> Hold:
    return Hold(**{**row, "params": msgspec.json.decode(row["params"], type=dict[str, str])})
