"""Things to do later, at least once, kept in SQLite so that a restart forgets nothing."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

SCHEMA = """
CREATE TABLE IF NOT EXISTS agenda (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    payload BLOB NOT NULL,
    due_at REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    taken INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS agenda_due ON agenda (taken, due_at);
"""
WIDTH = 64
FIRST_BACKOFF_S = 0.2
LONGEST_BACKOFF_S = 30.0
GIVE_UP_S = 72 * 3600

Act = Callable[[str, dict[str, Any]], Awaitable[bool]]


class Agenda:
    """`act(kind, payload)` answers True when done; anything else, or an error, is tried again with growing pauses."""

    def __init__(self, db: sqlite3.Connection, act: Act) -> None:
        self._db = db
        self._act = act
        self._wake = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        db.executescript(SCHEMA)
        db.execute("UPDATE agenda SET taken = 0")  # Whoever held them died with the last process.

    def add(self, kind: str, payload: dict[str, Any], *, delay_s: float = 0.0) -> None:
        """Joins the caller's transaction, so the promise to act is kept exactly when the deed is."""
        self._db.execute(
            "INSERT INTO agenda (kind, payload, due_at) VALUES (?, ?, ?)",
            (kind, msgspec.json.encode(payload), time.time() + delay_s),
        )
        self._wake.set()

    def hurry(self, account: str) -> None:
        """What was put off for this account is tried again at once."""
        self._db.execute(
            "UPDATE agenda SET due_at = ? WHERE attempts > 0 AND json_extract(CAST(payload AS TEXT), '$.account') = ?",
            (time.time(), account),
        )
        self._wake.set()

    async def run(self) -> None:
        """Until canceled; whatever was under way then is tried again after the next start."""
        try:
            while True:
                self._wake.clear()
                for row in self._due():
                    task = asyncio.create_task(self._attempt(row))
                    self._running.add(task)
                    task.add_done_callback(self._make_room)
                await self._pause()
        finally:
            under_way = list(self._running)
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    def _due(self) -> list[sqlite3.Row]:
        rows: list[sqlite3.Row] = self._db.execute(
            "UPDATE agenda SET taken = 1 WHERE id IN "
            "(SELECT id FROM agenda WHERE taken = 0 AND due_at <= ? ORDER BY due_at LIMIT ?) RETURNING *",
            (time.time(), WIDTH - len(self._running)),
        ).fetchall()
        return rows

    async def _pause(self) -> None:
        """Until the next thing is due, something is added, or a place in the running set is free."""
        soonest = self._db.execute("SELECT min(due_at) FROM agenda WHERE taken = 0").fetchone()[0]
        full = len(self._running) >= WIDTH
        wait_s = None if full or soonest is None else max(soonest - time.time(), 0.001)
        try:
            await asyncio.wait_for(self._wake.wait(), wait_s)
        except TimeoutError:
            return

    def _make_room(self, task: asyncio.Task[None]) -> None:
        """Wake whoever waits for a place only once the place is free."""
        self._running.discard(task)
        self._wake.set()

    async def _attempt(self, row: sqlite3.Row) -> None:
        try:
            done = await self._act(row["kind"], msgspec.json.decode(row["payload"]))
        except Exception:  # Whatever went wrong, the answer is to try again later.
            done = False
        if done:
            self._db.execute("DELETE FROM agenda WHERE id = ?", (row["id"],))
        else:
            self._put_off(row)

    def _put_off(self, row: sqlite3.Row) -> None:
        pause_s = min(FIRST_BACKOFF_S * 2 ** min(row["attempts"], 20), LONGEST_BACKOFF_S)
        if row["attempts"] * LONGEST_BACKOFF_S > GIVE_UP_S:
            self._db.execute("DELETE FROM agenda WHERE id = ?", (row["id"],))
            return
        self._db.execute(
            "UPDATE agenda SET taken = 0, attempts = attempts + 1, due_at = ? WHERE id = ?",
            (time.time() + pause_s * random.uniform(0.75, 1.25), row["id"]),  # noqa: S311 - jitter, not a secret
        )
