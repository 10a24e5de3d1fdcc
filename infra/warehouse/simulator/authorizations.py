"""Authorizations in the simulator's books: a code that is good once, a token until when, and what renews it."""

from __future__ import annotations

import secrets
import sqlite3
import time

from infra.simulation.store import transaction
from infra.warehouse.port import Tokens
from infra.warehouse.simulator.records import Account

CODE_S = 15 * 60
ALLOW = """
INSERT INTO authorized (account, code, code_until) VALUES (?, ?, ?)
ON CONFLICT (account) DO UPDATE SET code = excluded.code, code_until = excluded.code_until
"""
SPEND = {
    "code": "UPDATE authorized SET code = '' WHERE account = ? AND code = ? AND code <> '' AND code_until >= ?",
    "refresh_token": (
        "UPDATE authorized SET refresh_token = '' WHERE account = ? AND refresh_token = ? AND refresh_token <> ''"
        " AND ? > 0"
    ),
}


def allow(db: sqlite3.Connection, account: Account) -> str:
    """Somebody said yes; the code is good once, for a quarter of an hour."""
    code = secrets.token_hex(8)
    db.execute(ALLOW, (account.app_key, code, int(time.time()) + CODE_S))
    return code


def spend(db: sqlite3.Connection, account: Account, what: str, secret: str) -> Tokens | None:
    """New tokens for a code or a refresh token, which is gone then; the token of before is no longer believed."""
    good_for, now = account.behavior.token_s, int(time.time())
    tokens = Tokens(secrets.token_hex(16), secrets.token_hex(16), good_for)
    with transaction(db):
        if not db.execute(SPEND[what], (account.app_key, secret, now)).rowcount:
            return None
        db.execute(
            "UPDATE authorized SET refresh_token = ?, expires_at = ? WHERE account = ?",
            (tokens.refresh_token, now + good_for, account.app_key),
        )
        db.execute("UPDATE account SET access_token = ? WHERE app_key = ?", (tokens.access_token, account.app_key))
    return tokens


def is_over(db: sqlite3.Connection, account: Account) -> bool:
    """Whether the account's token was given out here and its time is up."""
    row = db.execute("SELECT expires_at FROM authorized WHERE account = ?", (account.app_key,)).fetchone()
    return bool(row and row["expires_at"] is not None and row["expires_at"] <= time.time())
