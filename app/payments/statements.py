"""Statements of payment providers: kept line by line, read page by page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal, Protocol
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.ids import new_id
from app.kernel.paging import Page, cut, decode_cursor

Outcome = Literal["unchecked", "matched", "missing_here", "missing_there", "amount_differs"]
OUTCOMES: tuple[Outcome, ...] = ("missing_here", "missing_there", "amount_differs", "matched")
PER_PAGE = 100


class Statement(msgspec.Struct, frozen=True):
    """One provider's day, from `starts_at` until just before `ends_at`."""

    id: UUID
    provider: str
    day: date
    starts_at: datetime
    ends_at: datetime
    source: str
    loaded_at: datetime
    checked_at: datetime | None
    matched: int
    missing_here: int
    missing_there: int
    amount_differs: int

    @property
    def differences(self) -> int:
        return self.missing_here + self.missing_there + self.amount_differs


class Line(msgspec.Struct, frozen=True):
    """`subject_id` is the payment or refund of ours; `here_amount` what we booked for it."""

    id: UUID
    number: str
    kind: str
    copy: int
    provider_ref: str
    currency: str
    amount: int
    fee_amount: int
    happened_at: datetime
    outcome: str
    subject_id: UUID | None
    here_amount: int | None


class Stated(Protocol):
    """A line as a provider or a file says it."""

    @property
    def number(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def provider_ref(self) -> str: ...
    @property
    def amount(self) -> int: ...
    @property
    def fee_amount(self) -> int: ...
    @property
    def currency(self) -> str: ...
    @property
    def happened_at(self) -> datetime: ...


COLUMNS = (
    "id, provider, day, starts_at, ends_at, source, loaded_at, checked_at, matched, missing_here, missing_there,"
    " amount_differs"
)
LINE = (
    "id, number, kind, copy, provider_ref, currency, amount, fee_amount, happened_at, outcome, subject_id, here_amount"
)
RECENT = (
    f"SELECT {COLUMNS} FROM psp_statement WHERE $1::date IS NULL OR (day, id) < ($1, $2) ORDER BY day DESC, id DESC"  # noqa: S608
)
LINES = f"""SELECT {LINE} FROM psp_statement_line
    WHERE psp_statement = $1 AND outcome = $2 AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4"""  # noqa: S608
BY_ID = f"SELECT {COLUMNS} FROM psp_statement WHERE id = $1"  # noqa: S608 - constants only
SAVE = """
INSERT INTO psp_statement (id, provider, day, starts_at, ends_at, source, loaded_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (provider, day) DO UPDATE SET starts_at = excluded.starts_at, ends_at = excluded.ends_at,
    source = excluded.source, loaded_at = excluded.loaded_at
RETURNING id
"""
FILL = """
INSERT INTO psp_statement_line
    (id, psp_statement, number, kind, copy, provider_ref, currency, amount, fee_amount, happened_at)
SELECT line.id, $1, line.number, line.kind, line.copy, line.provider_ref, line.currency, line.amount, line.fee_amount,
    line.happened_at
FROM unnest($2::uuid[], $3::text[], $4::text[], $5::integer[], $6::text[], $7::text[], $8::bigint[], $9::bigint[],
    $10::timestamptz[])
    AS line (id, number, kind, copy, provider_ref, currency, amount, fee_amount, happened_at)
"""
# Days of the last week that a provider's statement should be there for, and is not.
AWAITED = """
SELECT account.provider, asked.day::date AS day
FROM payment_account AS account CROSS JOIN generate_series($1::date - 7, $1::date - 1, interval '1 day') AS asked (day)
WHERE account.enabled AND account.provider = ANY($2)
    AND account.created_at < (asked.day + interval '1 day') AT TIME ZONE 'UTC'
    AND NOT EXISTS (SELECT 1 FROM psp_statement AS kept WHERE kept.provider = account.provider AND kept.day = asked.day)
ORDER BY day, account.provider
"""


async def save_statement(
    provider: str, day: date, span: tuple[datetime, datetime], lines: Sequence[Stated], *, source: str
) -> UUID:
    """Keep a day's statement, in place of what was known of that day; its row is locked until COMMIT."""
    database = tenants.connection()
    statement: UUID = await database.fetchval(SAVE, new_id(), provider, day, *span, source, now())
    await database.execute("DELETE FROM psp_statement_line WHERE psp_statement = $1", statement)
    seen: Counter[tuple[str, str]] = Counter()
    copies = []
    for line in lines:
        seen[line.kind, line.number] += 1
        copies.append(seen[line.kind, line.number])
    await database.execute(
        FILL, statement, [new_id() for _line in lines], [line.number for line in lines], [line.kind for line in lines],
        copies, [line.provider_ref for line in lines], [line.currency for line in lines],
        [line.amount for line in lines], [line.fee_amount for line in lines], [line.happened_at for line in lines],
    )  # fmt: skip
    return statement


async def lock_statement(statement_id: UUID) -> Statement:
    """Raises NotFound."""
    return await _one(f"{BY_ID} FOR UPDATE", statement_id)


async def find_statement(statement_id: UUID) -> Statement:
    """Raises NotFound."""
    return await _one(BY_ID, statement_id)


async def _one(query: str, statement_id: UUID) -> Statement:
    row = await tenants.connection().fetchrow(query, statement_id)
    if row is None:
        raise NotFound
    return Statement(**row)


async def statements(*, after: str = "", limit: int = 31) -> Page[Statement]:
    """The newest day first."""
    place = decode_cursor(after, date, UUID)
    rows = await tenants.connection().fetch(f"{RECENT} LIMIT $3", *(place or (None, None)), limit + 1)
    return cut([Statement(**row) for row in rows], limit, lambda one: (one.day, one.id), started=place is not None)


async def statement_lines(statement_id: UUID, outcome: str, *, after: str = "", limit: int = PER_PAGE) -> Page[Line]:
    place = decode_cursor(after, UUID)
    rows = await tenants.connection().fetch(LINES, statement_id, outcome, place[0] if place else None, limit + 1)
    return cut([Line(**row) for row in rows], limit, lambda one: (one.id,), started=place is not None)


async def awaited_statements(today: date, providers: Sequence[str]) -> list[tuple[str, date]]:
    """Provider and day of every statement of the last week that nobody has loaded yet."""
    rows = await tenants.connection().fetch(AWAITED, today, list(providers))
    return [(row["provider"], row["day"]) for row in rows]
