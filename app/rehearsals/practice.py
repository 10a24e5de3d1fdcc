"""Rehearsals: practice orders at the simulator, kept apart from everything real.

The state of a practice order follows from the news about it, whatever the order it came in and however often:

    open -> accepted -> partially_shipped -> shipped          incomplete: sent, and something was missing
      +-> rejected (the warehouse will not ship it)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec
from asyncpg import UniqueViolationError

import tenants
from app.kernel.errors import NotFound, Refusal
from app.kernel.ids import new_id

LASTS = timedelta(minutes=5)
KEPT = 50
SIZES = (10, 20, 50)
SETTLED = ("shipped", "incomplete", "rejected")
Kind = Literal["shipment", "short", "cancel", "progress"]
RANK: Mapping[str, int] = {"progress": 1, "short": 2, "shipment": 3, "cancel": 3}

_COLUMNS = (
    "id, adapter, scenario, status, base_url, app_key, secret_sealed, credentials_sealed, settings,"
    " carrier_salt_sealed, cursor, started_by, started_at, ends_at, ended_at, figures"
)
_ORDER_COLUMNS = (
    "id, rehearsal, reference, lines, status, attempts, asked_at, on_its_way, slowest_ms, trouble, said, handled"
)
_START = """
INSERT INTO rehearsal (id, adapter, scenario, base_url, app_key, credentials_sealed, settings, carrier_salt_sealed,
    started_by, started_at, ends_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now(), now() + $10)
"""
_DUE = f"""
SELECT {_ORDER_COLUMNS} FROM rehearsal_order WHERE rehearsal = $1 AND status = 'open' AND trouble = ''
AND (NOT on_its_way OR asked_at <= now() - make_interval(secs => $2)) ORDER BY reference LIMIT $3
"""  # noqa: S608 - constants
_HEAR = """
INSERT INTO rehearsal_news (id, rehearsal, rehearsal_order, notice_id, kind, facts, late, heard_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, now())
ON CONFLICT (rehearsal, notice_id) DO UPDATE SET copies = rehearsal_news.copies + 1 RETURNING copies
"""
_SUMS = """
SELECT (SELECT coalesce(sum(copies), 0) FROM rehearsal_news WHERE rehearsal = $1)::bigint AS copies,
    (SELECT count(*) FROM rehearsal_news WHERE rehearsal = $1 AND late) AS late,
    (SELECT count(*) FROM rehearsal_news WHERE rehearsal = $1) AS heard,
    (SELECT count(*) FROM rehearsal_news WHERE rehearsal = $1 AND facts ->> 'fetched' = 'true') AS fetched,
    (SELECT count(*) FROM rehearsal_news WHERE rehearsal = $1 AND kind = 'shipment') AS parcels
"""


class AlreadyRehearsing(Refusal):
    """One rehearsal at a time, so that its news is not mixed up with another's."""

    code = "fulfillment.already_rehearsing"
    status = 409
    message = "A rehearsal is running. Wait until it has ended, or end it."


@dataclass(frozen=True, slots=True, repr=False)
class Rehearsal:
    """One rehearsal; it answers by column name as a warehouse does, because the adapter is built from it."""

    id: UUID
    adapter: str
    scenario: str
    status: str
    base_url: str
    app_key: str
    secret_sealed: str
    credentials_sealed: str
    settings: Mapping[str, str]
    carrier_salt_sealed: str
    cursor: str
    started_by: str
    started_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    figures: Mapping[str, Any]

    def __getitem__(self, key: str, /) -> Any:
        return getattr(self, key)


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


@dataclass(frozen=True, slots=True)
class Connected:
    """The account of a rehearsal at the simulator; secrets are sealed already."""

    base_url: str
    app_key: str
    credentials_sealed: str
    settings: Mapping[str, str]
    carrier_salt_sealed: str


async def start(rehearsal_id: UUID, adapter: str, scenario: str, connected: Connected, orders: int, *, by: str) -> None:
    """Raises AlreadyRehearsing."""
    database = tenants.connection()
    if await database.fetchval("SELECT 1 FROM rehearsal WHERE status = 'running'"):
        raise AlreadyRehearsing
    try:
        await database.execute(
            _START, rehearsal_id, adapter, scenario, connected.base_url, connected.app_key,
            connected.credentials_sealed, _json(dict(connected.settings)), connected.carrier_salt_sealed, by, LASTS,
        )  # fmt: skip
    except UniqueViolationError as error:
        raise AlreadyRehearsing from error
    mark = rehearsal_id.hex[-6:].upper()
    await database.executemany(
        "INSERT INTO rehearsal_order (id, rehearsal, reference, lines) VALUES ($1, $2, $3, $4)",
        [
            (new_id(), rehearsal_id, f"PRACTICE-{mark}-{number}", _json(_lines(number)))
            for number in range(1, orders + 1)
        ],
    )


def _lines(number: int) -> list[PracticeLine]:
    """One, two or three pieces of made-up goods, so that splitting and missing pieces have something to bite on."""
    goods = (("PRACTICE-TEA", "Practice tea"), ("PRACTICE-CUP", "Practice cup"))
    return [
        PracticeLine(f"{number}-{at}", sku, name, 1 + (number + at) % 2)
        for at, (sku, name) in enumerate(goods[: 1 + number % 2], 1)
    ]


async def newest() -> list[Rehearsal]:
    """The newest first."""
    rows = await tenants.connection().fetch(
        f"SELECT {_COLUMNS} FROM rehearsal ORDER BY started_at DESC, id LIMIT {KEPT}"  # noqa: S608 - constants
    )
    return [_rehearsal(row) for row in rows]


async def find(rehearsal_id: UUID) -> Rehearsal:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(
        f"SELECT {_COLUMNS} FROM rehearsal WHERE id = $1",  # noqa: S608 - constants
        rehearsal_id,
    )
    if row is None:
        raise NotFound
    return _rehearsal(row)


async def listening() -> list[Rehearsal]:
    """The running one and those that ended lately, whose last news may still be on its way; the newest first."""
    rows = await tenants.connection().fetch(
        f"SELECT {_COLUMNS} FROM rehearsal WHERE status = 'running' OR ended_at > now() - interval '1 day'"  # noqa: S608
        " ORDER BY started_at DESC, id LIMIT 5"
    )
    return [_rehearsal(row) for row in rows]


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
    reached = await _stage(order.id) if order else 0
    copies = await database.fetchval(
        _HEAR, new_id(), rehearsal_id, order.id if order else None, notice_id, kind, _json(dict(facts)),
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


async def keep_place(rehearsal_id: UUID, cursor: str) -> None:
    await tenants.connection().execute("UPDATE rehearsal SET cursor = $2 WHERE id = $1", rehearsal_id, cursor)


async def sums(rehearsal_id: UUID) -> dict[str, int]:
    """How much news there was, how much of it came again, and how much was about a past stage."""
    row = await tenants.connection().fetchrow(_SUMS, rehearsal_id)
    return dict(row or {})


async def end(rehearsal_id: UUID, figures: Mapping[str, Any]) -> bool:
    """False when it has ended already."""
    ended = await tenants.connection().fetchval(
        "UPDATE rehearsal SET status = 'ended', ended_at = now(), figures = $2 WHERE id = $1 AND status = 'running'"
        " RETURNING id",
        rehearsal_id, _json(dict(figures)),
    )  # fmt: skip
    return ended is not None


async def hurry_end(rehearsal_id: UUID) -> None:
    """It ends at the next look. Raises NotFound."""
    found = await tenants.connection().fetchval(
        "UPDATE rehearsal SET ends_at = greatest(now(), started_at + interval '1 second')"
        " WHERE id = $1 RETURNING id",
        rehearsal_id,
    )  # fmt: skip
    if found is None:
        raise NotFound


def _rehearsal(row: Mapping[str, Any]) -> Rehearsal:
    texts = {"settings": dict[str, str], "figures": dict[str, Any]}
    return Rehearsal(**{**row, **{name: msgspec.json.decode(row[name], type=kind) for name, kind in texts.items()}})


def _order(row: Mapping[str, Any]) -> PracticeOrder:
    lines = tuple(msgspec.json.decode(row["lines"], type=list[PracticeLine]))
    return PracticeOrder(**{**row, "lines": lines})


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
