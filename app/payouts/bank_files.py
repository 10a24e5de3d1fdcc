"""Transfers by hand taken to the bank in one file: each payout in one file at most, once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from app.kernel.ids import new_id
from app.payouts.payouts import COLUMNS, Payout, read_row

FIRST_NUMBER = 1001
MOST_ROWS = 1000
NUMBER = """INSERT INTO counter (name, value) VALUES ('bank_file', $1)
    ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value"""
# In the order they were asked for; who takes them at the same time gets the others, or nothing.
WAITING = """SELECT id, amount - withheld_amount AS amount FROM payout
    WHERE status = 'approved' AND way = 'bank_transfer' AND bank_file IS NULL AND currency = $1
        AND (not_before IS NULL OR not_before <= $2)
    ORDER BY requested_at, id LIMIT $3"""
ADD = """INSERT INTO bank_file (id, number, payouts, total_amount, currency, made_by, made_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)"""
FILES = """SELECT id, number, payouts, total_amount, currency, made_by, made_at, (SELECT count(*) FROM payout
    WHERE payout.bank_file = bank_file.id AND payout.finished_at IS NULL) AS waiting FROM bank_file"""
ROWS = f"SELECT {COLUMNS} FROM payout WHERE bank_file = $1 ORDER BY requested_at, id"  # noqa: S608 - constants only


class BankFile(msgspec.Struct, frozen=True):
    """`waiting` are those of which nobody has said yet how they ended."""

    id: UUID
    number: str
    payouts: int
    total_amount: int
    currency: str
    made_by: str
    made_at: datetime
    waiting: int = 0


class NothingToTransfer(Refusal):
    """No approved bank transfer waits outside a file."""

    code = "payouts.nothing_to_transfer"
    status = 409
    message = "Every approved bank transfer is in a file already."


async def waiting_for_file(currency: str) -> tuple[int, int]:
    """How many bank transfers wait outside a file, and what they come to."""
    rows = await tenants.connection().fetch(WAITING, currency, now(), MOST_ROWS)
    return len(rows), sum(row["amount"] for row in rows)


async def make_file(currency: str, *, by: str) -> BankFile:
    """Everything that waits. Raises NothingToTransfer."""
    moment, database = now(), tenants.connection()
    rows = await database.fetch(f"{WAITING} FOR UPDATE SKIP LOCKED", currency, moment, MOST_ROWS)
    if not rows:
        raise NothingToTransfer
    number = f"B{await database.fetchval(NUMBER, FIRST_NUMBER)}"
    made = BankFile(new_id(), number, len(rows), sum(row["amount"] for row in rows), currency, by, moment)
    await database.execute(ADD, *msgspec.structs.astuple(made)[:-1])
    await database.execute("UPDATE payout SET bank_file = $1 WHERE id = ANY($2)", made.id, [row["id"] for row in rows])
    return made


async def find_file(file_id: UUID) -> BankFile:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(f"{FILES} WHERE id = $1", file_id)
    if row is None:
        raise NotFound
    return BankFile(**row)


async def recent_files(most: int = 20) -> list[BankFile]:
    rows = await tenants.connection().fetch(f"{FILES} ORDER BY made_at DESC, id DESC LIMIT $1", most)
    return [BankFile(**row) for row in rows]


async def payouts_in(file_id: UUID) -> list[Payout]:
    return [read_row(row) for row in await tenants.connection().fetch(ROWS, file_id)]
