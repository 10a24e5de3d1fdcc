"""Rehearsals: one at a time, at the simulator, kept apart from everything real."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from asyncpg import UniqueViolationError

import tenants
from app.kernel.errors import NotFound, Refusal
from app.kernel.ids import new_id
from app.rehearsals.practice_orders import PracticeLine

LASTS = timedelta(minutes=5)
KEPT = 50
SIZES = (10, 20, 50)
_COLUMNS = (
    "id, adapter, scenario, status, base_url, app_key, secret_sealed, credentials_sealed, settings,"
    " carrier_salt_sealed, cursor, started_by, started_at, ends_at, ended_at, figures"
)
_START = """
INSERT INTO rehearsal (id, adapter, scenario, base_url, app_key, credentials_sealed, settings, carrier_salt_sealed,
    started_by, started_at, ends_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now(), now() + $10)
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


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
