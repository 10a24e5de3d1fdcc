"""The log of a rehearsal: every exchange between the warehouse and one account, while a run has a name."""

from __future__ import annotations

import sqlite3
import time

from infra.warehouse.simulator.office import LogEntry
from infra.warehouse.simulator.records import KINDS, Account

PAGE = 1_000
QUEUED = {"wangdiantong": ("shipment",)}  # other news of this dialect is found by looking, and nobody says it was heard
KEPT = 20_000  # per account; the oldest go first


class RunLog:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def asked(self, account: Account, what: str, subject: str, outcome: str, begin: float) -> None:
        """We were asked to do something; `outcome` is what we answered."""
        self._add(account, ("asked", what, subject, 0, 0, outcome), begin, 0)

    def told(self, account: Account, news: sqlite3.Row, copy: int, outcome: str, begin: float) -> None:
        """We told something; `outcome` is what was answered, and how long after the news happened is noted."""
        since_ms = int((time.time() - news["at"]) * 1000)
        self._add(account, ("told", news["kind"], news["subject"], news["id"], copy, outcome), begin, since_ms)

    def _add(self, account: Account, values: tuple[object, ...], begin: float, since_ms: int) -> None:
        if not account.behavior.run:
            return
        took_ms = int((time.time() - begin) * 1000)
        number = self._db.execute(
            "INSERT INTO run_log (account, run, at, way, what, subject, news, copy, outcome, took_ms, since_ms)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (account.app_key, account.behavior.run, begin, *values, took_ms, since_ms),
        ).lastrowid
        if number and number % 1_000 == 0:
            self._prune(account)

    def _prune(self, account: Account) -> None:
        self._db.execute(
            "DELETE FROM run_log WHERE account = ? AND id <="
            " (SELECT id FROM run_log WHERE account = ? ORDER BY id DESC LIMIT 1 OFFSET ?)",
            (account.app_key, account.app_key, KEPT),
        )

    def unheard(self, account: Account, run: str) -> int:
        """News since the run began that nobody has taken."""
        kinds = QUEUED.get(account.dialect, tuple(KINDS))
        begin = self._db.execute(
            "SELECT min(at) FROM run_log WHERE account = ? AND run = ?", (account.app_key, run)
        ).fetchone()[0]
        marks = ",".join("?" * len(kinds))
        found: int = self._db.execute(
            f"SELECT count(*) FROM news WHERE account = ? AND heard_at IS NULL AND kind IN ({marks}) AND at >= ?",  # noqa: S608
            (account.app_key, *kinds, begin or 0),
        ).fetchone()[0]
        return found

    def read(self, app_key: str, run: str, after: int) -> list[LogEntry]:
        rows = self._db.execute(
            "SELECT * FROM run_log WHERE account = ? AND run = ? AND id > ? ORDER BY id LIMIT ?",
            (app_key, run, after, PAGE),
        ).fetchall()
        return [LogEntry(**{name: row[name] for name in LogEntry.__struct_fields__}) for row in rows]
