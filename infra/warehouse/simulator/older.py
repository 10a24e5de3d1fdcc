"""A file from before there were several dialects: its accounts and orders move into the new books, once."""

from __future__ import annotations

import sqlite3
import time

import msgspec

from infra.simulation.store import transaction
from infra.warehouse.jushuitan_records import Item
from infra.warehouse.jushuitan_wire import from_beijing
from infra.warehouse.simulator.records import WAITING, Line

ACCOUNTS = """
INSERT INTO account (app_key, app_secret, access_token, callback_url, carrier_url, carrier_salt, dialect, behavior)
SELECT app_key, app_secret, access_token, callback_url, carrier_url, carrier_salt, 'jushuitan', behavior FROM app
"""
ORDER = """
INSERT INTO placed (number, account, reference, lines, status, received, shipped, placed_at, modified_at)
VALUES (:o_id, :app_key, :so_id, :lines, :status, :received, :shipped, :at, :at)
"""
LEAVES_NOW = "INSERT INTO agenda (kind, payload, due_at) VALUES ('ship', ?, ?)"


def adopt(db: sqlite3.Connection) -> None:
    """Orders keep their numbers and what has not left leaves now. Parcels that left are not told of again."""
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'customer_order'").fetchone():
        return
    with transaction(db):
        db.execute("DELETE FROM agenda")
        db.execute(ACCOUNTS)
        for row in db.execute("SELECT * FROM customer_order").fetchall():
            at = int(from_beijing(row["placed_at"]).timestamp())
            db.execute(ORDER, {**dict(row), "lines": msgspec.json.encode(_lines(row["items"])), "at": at})
            if row["status"] == WAITING:
                due = {"account": row["app_key"], "reference": row["so_id"]}
                db.execute(LEAVES_NOW, (msgspec.json.encode(due), time.time()))
        for table in ("parcel", "customer_order", "app", "stock"):
            db.execute(f"DROP TABLE {table}")


def _lines(items: bytes) -> list[Line]:
    return [
        Line(item.outer_oi_id, item.sku_id, item.qty, item.name, item.referrer_id)
        for item in msgspec.json.decode(items, type=list[Item])
    ]
