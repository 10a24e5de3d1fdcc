"""Payouts: opened once, moved along legal steps, found by id, number and state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.ids import new_id
from app.payouts.states import OVER, require_legal

BY_HAND = "bank_transfer"
FIRST_NUMBER = 100_001
TIME_TO_CONFIRM = timedelta(hours=24)


class Payout(msgspec.Struct, frozen=True):
    """`confirm` is what the promoter's wallet needs to ask them, while the money waits for their yes."""

    id: UUID
    number: str
    promoter: UUID
    way: str
    amount: int
    currency: str
    status: str
    payee_name: str
    payee_sealed: str
    payee_hint: str
    provider_ref: str
    confirm: dict[str, str]
    failure: str
    words: str
    requested_at: datetime
    decided_at: datetime | None
    confirm_until: datetime | None
    finished_at: datetime | None
    withheld_amount: int
    not_before: datetime | None
    bank_file: UUID | None

    @property
    def net_amount(self) -> int:
        """What reaches the promoter."""
        return self.amount - self.withheld_amount

    @property
    def cools(self) -> bool:
        """The account is new, so the money waits for somebody to notice."""
        return self.not_before is not None and self.not_before > now()

    @property
    def by_hand(self) -> bool:
        return self.way == BY_HAND

    @property
    def is_over(self) -> bool:
        return self.status in OVER


class Event(msgspec.Struct, frozen=True):
    """One step."""

    from_status: str
    to_status: str
    cause: str
    actor: str
    words: str
    at: datetime


class Statement(msgspec.Struct, frozen=True):
    """What reached one promoter within a time."""

    promoter: UUID
    payouts: int
    gross: int
    withheld: int

    @property
    def net(self) -> int:
        return self.gross - self.withheld


class Totals(msgspec.Struct, frozen=True):
    """What a promoter asked for: paid, and on its way."""

    paid: int
    pending: int


class Payee(msgspec.Struct, frozen=True):
    """Who gets it. What `sealed` holds opens only in this row; `hint` is what pages may show of it."""

    name: str
    sealed: str
    hint: str


COLUMNS = ", ".join(field.name for field in msgspec.structs.fields(Payout))
ONE = f"SELECT {COLUMNS} FROM payout WHERE id = $1"  # noqa: S608 - constants only
BY_NUMBER = f"SELECT {COLUMNS} FROM payout WHERE number = $1"  # noqa: S608 - constants only
OF_PROMOTER = f"SELECT {COLUMNS} FROM payout WHERE promoter = $1 ORDER BY requested_at DESC, id DESC LIMIT $2"  # noqa: S608
OPEN = f"""INSERT INTO payout (id, number, promoter, way, amount, currency, status, payee_name, payee_sealed,
        payee_hint, requested_at, updated_at, withheld_amount, not_before)
    VALUES ($1, $2, $3, $4, $5, $6, 'requested', $7, $8, $9, $10, $10, $11, $12) RETURNING {COLUMNS}"""  # noqa: S608
MOVE = """UPDATE payout SET status = $2, event_seq = event_seq + 1, updated_at = $3,
        decided_at = CASE WHEN status = 'requested' THEN $3 ELSE decided_at END,
        sent_at = CASE WHEN $2 = 'submitting' THEN $3 ELSE sent_at END,
        confirm_until = CASE WHEN $2 = 'awaiting_confirmation' THEN coalesce(confirm_until, $6) ELSE confirm_until END,
        finished_at = CASE WHEN $4 THEN $3 END, words = CASE WHEN $5 = '' THEN words ELSE $5 END
    WHERE id = $1 RETURNING event_seq"""
EVENT = """INSERT INTO payout_event (id, payout, seq, from_status, to_status, cause, actor, words, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"""
NUMBER = """INSERT INTO counter (name, value) VALUES ('payout', $1)
    ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value"""
TOTALS = """SELECT coalesce(sum(amount) FILTER (WHERE status = 'succeeded'), 0)::bigint AS paid,
        coalesce(sum(amount) FILTER (WHERE finished_at IS NULL), 0)::bigint AS pending
    FROM payout WHERE promoter = $1 AND currency = $2"""
STATEMENTS = """SELECT promoter, count(*) AS payouts, sum(amount)::bigint AS gross,
        sum(withheld_amount)::bigint AS withheld
    FROM payout WHERE status = 'succeeded' AND finished_at >= $1 AND finished_at < $2
        AND ($3::uuid IS NULL OR promoter = $3) GROUP BY promoter ORDER BY gross DESC, promoter"""
PAID_WITHIN = f"""SELECT {COLUMNS} FROM payout WHERE promoter = $1 AND status = 'succeeded' AND finished_at >= $2
    AND finished_at < $3 ORDER BY finished_at, id LIMIT $4"""  # noqa: S608 - constants only
QUIET = """SELECT id FROM payout WHERE way <> 'bank_transfer'
    AND status IN ('approved', 'submitting', 'unknown', 'awaiting_confirmation')
    AND (not_before IS NULL OR not_before <= $3)
    AND coalesce(asked_at, updated_at) < $1 ORDER BY coalesce(asked_at, updated_at) LIMIT $2"""


def read_row(row: Mapping[str, object] | None) -> Payout:
    if row is None:
        raise NotFound
    return msgspec.convert(dict(row) | {"confirm": msgspec.json.decode(str(row["confirm"]))}, Payout)


async def open_payout(
    payout_id: UUID, promoter: UUID, *, way: str, amount: int, currency: str, payee: Payee, actor: str,
    withheld: int = 0, not_before: datetime | None = None,
) -> Payout:  # fmt: skip
    """The caller has set the money aside. The number is ours and the provider's, for ever."""
    number = await tenants.connection().fetchval(NUMBER, FIRST_NUMBER)
    row = await tenants.connection().fetchrow(
        OPEN, payout_id, f"W{number}", promoter, way, amount, currency, payee.name, payee.sealed, payee.hint, now(),
        withheld, not_before,
    )  # fmt: skip
    await _note(payout_id, 0, "", "requested", cause="requested", actor=actor, words="")
    return read_row(row)


async def find(payout_id: UUID) -> Payout:
    """Raises NotFound."""
    return read_row(await tenants.connection().fetchrow(ONE, payout_id))


async def find_by_number(number: str) -> Payout:
    """Raises NotFound."""
    return read_row(await tenants.connection().fetchrow(BY_NUMBER, number))


async def lock(payout_id: UUID) -> Payout:
    """Nobody else moves it until COMMIT. Lock its promoter first. Raises NotFound."""
    return read_row(await tenants.connection().fetchrow(f"{ONE} FOR UPDATE", payout_id))


async def payouts_of(promoter: UUID, *, most: int = 50) -> list[Payout]:
    return [read_row(row) for row in await tenants.connection().fetch(OF_PROMOTER, promoter, most)]


async def totals_of(promoter: UUID, currency: str) -> Totals:
    row = await tenants.connection().fetchrow(TOTALS, promoter, currency)
    return Totals(**dict(row or {}))


async def statements_of(start: datetime, end: datetime, promoter: UUID | None = None) -> list[Statement]:
    """What reached promoters from `start` until before `end`, most first."""
    rows = await tenants.connection().fetch(STATEMENTS, start, end, promoter)
    return [Statement(**row) for row in rows]


async def paid_within(promoter: UUID, start: datetime, end: datetime, *, most: int = 1000) -> list[Payout]:
    """Each payout that reached the promoter then, the oldest first."""
    return [read_row(row) for row in await tenants.connection().fetch(PAID_WITHIN, promoter, start, end, most)]


async def quiet_since(moment: datetime, limit: int = 200) -> list[UUID]:
    """Those that a provider has, or should have, and that nobody told us about since."""
    return [row["id"] for row in await tenants.connection().fetch(QUIET, moment, limit, now())]


async def move(payout: Payout, to: str, *, cause: str, actor: str, words: str = "") -> None:
    """Take one step of a locked payout. Raises IllegalMove."""
    require_legal(payout.status, to)
    moment = now()
    seq = await tenants.connection().fetchval(MOVE, payout.id, to, moment, to in OVER, words, moment + TIME_TO_CONFIRM)
    await _note(payout.id, seq, payout.status, to, cause=cause, actor=actor, words=words)


async def note_answer(payout_id: UUID, *, provider_ref: str, confirm: Mapping[str, str], failure: str) -> None:
    """What the provider said beside the state. What it does not repeat stays."""
    await tenants.connection().execute(
        "UPDATE payout SET provider_ref = CASE WHEN $2 = '' THEN provider_ref ELSE $2 END, asked_at = $5,"
        " confirm = CASE WHEN $3::jsonb = '{}' THEN confirm ELSE $3::jsonb END, failure = $4 WHERE id = $1",
        payout_id, provider_ref, msgspec.json.encode(dict(confirm)).decode(), failure[:300], now(),
    )  # fmt: skip


async def note_asked(payout_id: UUID) -> None:
    await tenants.connection().execute("UPDATE payout SET asked_at = $2 WHERE id = $1", payout_id, now())


async def events_of(payout_id: UUID) -> list[Event]:
    rows = await tenants.connection().fetch(
        "SELECT from_status, to_status, cause, actor, words, at FROM payout_event WHERE payout = $1 ORDER BY seq",
        payout_id,
    )
    return [Event(**row) for row in rows]


async def _note(payout_id: UUID, seq: int, at: str, to: str, *, cause: str, actor: str, words: str) -> None:
    await tenants.connection().execute(EVENT, new_id(), payout_id, seq, at, to, cause, actor, words, now())
