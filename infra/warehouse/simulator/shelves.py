"""What lies on the shelves, what of it is held for orders, and what a count finds."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import msgspec

from infra.simulation.store import transaction
from infra.warehouse.simulator import records
from infra.warehouse.simulator.news import News
from infra.warehouse.simulator.office import StockLevel
from infra.warehouse.simulator.records import Account, Line, now

FULL = 1_000  # pieces of goods nobody has counted yet


class Shelves:
    def __init__(self, db: sqlite3.Connection, news: News) -> None:
        self._db, self._news = db, news

    def count(self, account: Account, levels: Sequence[StockLevel]) -> None:
        """Count anew and tell."""
        with transaction(self._db):
            for level in levels:
                before = self._quantity(account, level.sku)
                row = self._db.execute(
                    "INSERT INTO shelf (account, sku, quantity, modified_at) VALUES (?, ?, ?, ?) ON CONFLICT"
                    " (account, sku) DO UPDATE SET quantity = excluded.quantity, changes = changes + 1,"
                    " modified_at = excluded.modified_at RETURNING *",
                    (account.app_key, level.sku, level.quantity, now()),
                ).fetchall()[0]
                shelf = msgspec.structs.replace(records.shelf_of(row), change=level.quantity - before)
                self._news.tell(account, "stock", level.sku, shelf)

    def _quantity(self, account: Account, sku: str) -> int:
        row = self._db.execute(
            "SELECT quantity FROM shelf WHERE account = ? AND sku = ?", (account.app_key, sku)
        ).fetchone()
        return row["quantity"] if row else 0

    def hold(self, account: Account, lines: Sequence[Line], *, held: int = 0, left: int = 0) -> None:
        """Hold or free the pieces of an order, and take them off the shelf when they leave; in the caller's deed."""
        self._db.executemany(
            "INSERT INTO shelf (account, sku, held, quantity, modified_at) VALUES (?, ?, max(?, 0), ? - ?, ?)"
            " ON CONFLICT (account, sku) DO UPDATE SET held = held + ?, quantity = quantity - ?,"
            " changes = changes + 1, modified_at = ?",
            [
                (
                    account.app_key, line.sku, held * line.quantity, FULL, left * line.quantity, now(),
                    held * line.quantity, left * line.quantity, now(),
                )
                for line in lines
            ],
        )  # fmt: skip
