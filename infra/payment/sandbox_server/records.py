"""The sandbox's books: merchants, payments and refunds in SQLite, and what happened on one day."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, time
from typing import Any

import msgspec

from infra.payment.payouts_port import TransferState
from infra.payment.port import PaymentState, RefundState
from infra.payment.sandbox_wire import Behavior
from infra.payment.statement_port import StatementLine

SCHEMA = """
CREATE TABLE IF NOT EXISTS merchant (
    id TEXT PRIMARY KEY, secret TEXT NOT NULL, webhook_url TEXT NOT NULL, name TEXT NOT NULL,
    behavior BLOB NOT NULL DEFAULT '{}'
);
CREATE TABLE IF NOT EXISTS payment (
    merchant_id TEXT NOT NULL, number TEXT NOT NULL, provider_ref TEXT NOT NULL UNIQUE,
    amount INTEGER NOT NULL CHECK (amount > 0), currency TEXT NOT NULL, description TEXT NOT NULL,
    return_url TEXT NOT NULL, status TEXT NOT NULL DEFAULT 'pending', refunded_amount INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (merchant_id, number),
    CHECK (refunded_amount BETWEEN 0 AND amount)
);
CREATE TABLE IF NOT EXISTS refund (
    merchant_id TEXT NOT NULL, number TEXT NOT NULL, payment_number TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0), currency TEXT NOT NULL, status TEXT NOT NULL,
    PRIMARY KEY (merchant_id, number)
);
CREATE TABLE IF NOT EXISTS transfer (
    merchant_id TEXT NOT NULL, number TEXT NOT NULL, provider_ref TEXT NOT NULL UNIQUE, payee_id TEXT NOT NULL,
    payee_name TEXT NOT NULL, amount INTEGER NOT NULL CHECK (amount > 0), currency TEXT NOT NULL,
    remark TEXT NOT NULL, notify_url TEXT NOT NULL, status TEXT NOT NULL, failure TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (merchant_id, number)
);
"""
# Columns that books of an earlier version lack; what happened before them is on no statement.
ADDED = {
    "payment": (
        "captured_at INTEGER",
        "fee_amount INTEGER NOT NULL DEFAULT 0",
        "payer_id TEXT NOT NULL DEFAULT ''",
    ),
    "refund": ("succeeded_at INTEGER",),
}
STATEMENT = """
SELECT number, 'payment' AS kind, provider_ref, amount, fee_amount, currency, captured_at AS happened_at
FROM payment WHERE merchant_id = :merchant AND captured_at >= :start AND captured_at < :end
UNION ALL
SELECT number, 'refund', number, amount, 0, currency, succeeded_at
FROM refund WHERE merchant_id = :merchant AND succeeded_at >= :start AND succeeded_at < :end
ORDER BY happened_at, kind, number LIMIT :limit OFFSET :skip
"""


class Merchant(msgspec.Struct, frozen=True):
    id: str
    secret: bytes
    webhook_url: str
    name: str
    behavior: Behavior


class Refused(Exception):
    """The sandbox says no: an HTTP status and a code for the adapter."""

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(status, code)
        self.status, self.code, self.message = status, code, message


def upgrade(db: sqlite3.Connection) -> None:
    """Give older books the columns they lack."""
    for table, columns in ADDED.items():
        there = {row["name"] for row in db.execute(f"PRAGMA table_info({table})")}
        for column in columns:
            if column.partition(" ")[0] not in there:
                db.execute(f"ALTER TABLE {table} ADD COLUMN {column}")


def statement(db: sqlite3.Connection, merchant_id: str, day: date, *, skip: int, limit: int) -> list[StatementLine]:
    """What happened to this merchant's money on a day in UTC, in order."""
    start = int(datetime.combine(day, time(), UTC).timestamp())
    place = {"merchant": merchant_id, "start": start, "end": start + 86_400, "skip": skip, "limit": limit}
    return [
        StatementLine(**{**dict(row), "happened_at": datetime.fromtimestamp(row["happened_at"], UTC)})
        for row in db.execute(STATEMENT, place)
    ]


def find_merchant(db: sqlite3.Connection, merchant_id: str) -> Merchant:
    row = db.execute("SELECT * FROM merchant WHERE id = ?", (merchant_id,)).fetchone()
    if row is None:
        raise Refused(401, "unknown_merchant")
    behavior = msgspec.json.decode(row["behavior"], type=Behavior)
    return Merchant(row["id"], row["secret"].encode(), row["webhook_url"], row["name"], behavior)


def find_payment(db: sqlite3.Connection, merchant_id: str, number: str) -> sqlite3.Row:
    return _one(db, "SELECT * FROM payment WHERE merchant_id = ? AND number = ?", merchant_id, number)


def find_payment_by_ref(db: sqlite3.Connection, provider_ref: str) -> sqlite3.Row:
    return _one(db, "SELECT * FROM payment WHERE provider_ref = ?", provider_ref)


def find_refund(db: sqlite3.Connection, merchant_id: str, number: str) -> sqlite3.Row:
    return _one(db, "SELECT * FROM refund WHERE merchant_id = ? AND number = ?", merchant_id, number)


def find_transfer(db: sqlite3.Connection, merchant_id: str, number: str) -> sqlite3.Row:
    return _one(db, "SELECT * FROM transfer WHERE merchant_id = ? AND number = ?", merchant_id, number)


def find_transfer_by_ref(db: sqlite3.Connection, provider_ref: str) -> sqlite3.Row:
    return _one(db, "SELECT * FROM transfer WHERE provider_ref = ?", provider_ref)


def _one(db: sqlite3.Connection, query: str, *values: Any) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute(query, values).fetchone()
    if row is None:
        raise Refused(404, "unknown_number")
    return row


KEPT = ("number", "payment_number", "status", "amount", "currency")


def payment_state(row: sqlite3.Row) -> PaymentState:
    """Who paid is not written here: nobody pays for real."""
    kept = set(row.keys())
    return msgspec.convert({name: row[name] for name in PaymentState.__struct_fields__ if name in kept}, PaymentState)


def refund_state(row: sqlite3.Row) -> RefundState:
    return msgspec.convert({name: row[name] for name in RefundState.__struct_fields__ if name in KEPT}, RefundState)


def transfer_state(row: sqlite3.Row) -> TransferState:
    return TransferState(
        row["number"], row["provider_ref"], row["status"], row["amount"], row["currency"], failure=row["failure"]
    )
