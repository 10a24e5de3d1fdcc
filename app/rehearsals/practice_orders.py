"""Practice orders, and the news about them.

The state of a practice order follows from the news about it, whatever the order it came in and however often:

    open -> accepted -> partially_shipped -> shipped          incomplete: sent, and something was missing
      +-> rejected (the warehouse will not ship it)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

import tenants
from app.kernel.ids import new_id

SETTLED = ("shipped", "incomplete", "rejected")
Kind = Literal["shipment", "short", "cancel", "progress"]
RANK: Mapping[str, int] = {"progress": 1, "short": 2, "shipment": 3, "cancel": 3}
_ORDER_COLUMNS = (
    "id, rehearsal, reference, lines, status, attempts, asked_at, on_its_way, slowest_ms, trouble, said, handled"
)
_DUE = f"""
SELECT {_ORDER_COLUMNS} FROM rehearsal_order WHERE rehearsal = $1 AND status = 'open' AND trouble = ''
AND (NOT on_its_way OR asked_at <= now() - make_interval(secs => $2)) ORDER BY reference LIMIT $3
"""  # noqa: S608 - constants
_HEAR = """
INSERT INTO rehearsal_news (id, rehearsal, rehearsal_order, notice_id, kind, facts, late, heard_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, now())
ON CONFLICT (rehearsal, notice_id) DO UPDATE SET copies = rehearsal_news.copies + 1 RETURNING copies
"""


class PracticeLine(msgspec.Struct, frozen=True):
    line_id: str
    sku: str
    name: str
    quantity: int


@dataclass(frozen=True, slots=True)
class PracticeOrder:
    """`trouble` is what a person would have to look at, `handled` what was done about it."""

    id: UUID
    rehearsal: UUID
    reference: str
    lines: tuple[PracticeLine, ...]
    status: str
    attempts: int
    asked_at: datetime | None
    on_its_way: bool
    slowest_ms: int
    trouble: str
    said: str
    handled: str


async def orders_of(rehearsal_id: UUID) -> list[PracticeOrder]:
    rows = await tenants.connection().fetch(
        f"SELECT {_ORDER_COLUMNS} FROM rehearsal_order WHERE rehearsal = $1 ORDER BY length(reference), reference",  # noqa: S608
        rehearsal_id,
    )
    return [_order(row) for row in rows]


async def due(rehearsal_id: UUID, horizon_s: int, most: int) -> list[PracticeOrder]:
    """What has to be pushed: never tried, or tried so long ago that the call cannot be on its way any more."""
    return [_order(row) for row in await tenants.connection().fetch(_DUE, rehearsal_id, float(horizon_s), most)]


async def note_attempt(order: UUID) -> None:
    """From here on the warehouse may know of it."""
    await tenants.connection().execute(
        "UPDATE rehearsal_order SET attempts = attempts + 1, asked_at = now(), on_its_way = true WHERE id = $1", order
    )


async def note_answer(order: UUID, took_ms: int, *, accepted: bool, on_its_way: bool = False) -> None:
    """It has the order, or the call failed; what was quicker than our own record stays."""
    await tenants.connection().execute(
        "UPDATE rehearsal_order SET slowest_ms = greatest(slowest_ms, $2), on_its_way = $4,"
        " status = CASE WHEN $3 AND status = 'open' THEN 'accepted' ELSE status END WHERE id = $1",
        order, took_ms, accepted, on_its_way,
    )  # fmt: skip


async def raise_trouble(order: UUID, trouble: str, said: str, handled: str, *, status: str = "") -> None:
    """What a person would find in the queue of exceptions, and what was done about it. The first one stays."""
    await tenants.connection().execute(
        "UPDATE rehearsal_order SET trouble = CASE trouble WHEN '' THEN $2 ELSE trouble END,"
        " said = CASE trouble WHEN '' THEN $3 ELSE said END, handled = CASE trouble WHEN '' THEN $4 ELSE handled END,"
        " status = coalesce(nullif($5, ''), status) WHERE id = $1",
        order, trouble, said[:300], handled, status,
    )  # fmt: skip


async def lock_order(rehearsal_id: UUID, reference: str) -> PracticeOrder | None:
    row = await tenants.connection().fetchrow(
        f"SELECT {_ORDER_COLUMNS} FROM rehearsal_order WHERE rehearsal = $1 AND reference = $2 FOR UPDATE",  # noqa: S608
        rehearsal_id, reference,
    )  # fmt: skip
    return _order(row) if row else None


async def hear(
    rehearsal_id: UUID, order: PracticeOrder | None, notice_id: str, kind: Kind, facts: Mapping[str, Any]
) -> bool:
    """Write news down once; False when it was a copy. News about a stage that is past is marked as late."""
    database = tenants.connection()
    reached, written = await _stage(order.id) if order else 0, msgspec.json.encode(dict(facts)).decode()
    copies = await database.fetchval(
        _HEAR, new_id(), rehearsal_id, order.id if order else None, notice_id, kind, written,
        RANK[kind] < reached,
    )  # fmt: skip
    return bool(copies == 0)


async def _stage(order: UUID) -> int:
    kinds = await tenants.connection().fetch(
        "SELECT DISTINCT kind FROM rehearsal_news WHERE rehearsal_order = $1", order
    )
    return max((RANK[row["kind"]] for row in kinds), default=0)


async def settle(order: PracticeOrder) -> None:
    """The state that follows from all news about it."""
    rows = await tenants.connection().fetch(
        "SELECT kind, facts FROM rehearsal_news WHERE rehearsal_order = $1", order.id
    )
    news = [(row["kind"], msgspec.json.decode(row["facts"])) for row in rows]
    status = state_of(news, sum(line.quantity for line in order.lines))
    if status:
        await tenants.connection().execute("UPDATE rehearsal_order SET status = $2 WHERE id = $1", order.id, status)


def state_of(news: Sequence[tuple[str, Mapping[str, Any]]], pieces: int) -> str:
    """Empty while nothing says more than that it was accepted; never depends on the order of the news."""
    kinds = {kind for kind, _facts in news}
    complete = any(facts.get("complete") for kind, facts in news if kind == "shipment")
    if "shipment" in kinds:
        return ("incomplete" if "short" in kinds else "shipped") if complete else "partially_shipped"
    if "cancel" in kinds:
        return "rejected"
    if sum(facts.get("missing", 0) for kind, facts in news if kind == "short") >= pieces:
        return "incomplete"  # nothing of it was there, so no parcel follows
    return "accepted" if "progress" in kinds or "short" in kinds else ""


def _order(row: Mapping[str, Any]) -> PracticeOrder:
    lines = tuple(msgspec.json.decode(row["lines"], type=list[PracticeLine]))
    return PracticeOrder(**{**row, "lines": lines})
