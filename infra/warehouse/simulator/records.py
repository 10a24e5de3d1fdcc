"""The simulator's books: accounts, orders, parcels and shelves in SQLite."""

from __future__ import annotations

import sqlite3

import msgspec

from infra.warehouse.jushuitan_records import Item, QueriedOrder, Shipment, Stock
from infra.warehouse.simulator.office import Behavior, OrderCount

SCHEMA = """
CREATE TABLE IF NOT EXISTS app (
    app_key TEXT PRIMARY KEY, app_secret TEXT NOT NULL, access_token TEXT NOT NULL, callback_url TEXT NOT NULL,
    carrier_url TEXT NOT NULL, carrier_salt TEXT NOT NULL, behavior BLOB NOT NULL DEFAULT '{}'
);
CREATE TABLE IF NOT EXISTS customer_order (
    o_id INTEGER PRIMARY KEY AUTOINCREMENT, app_key TEXT NOT NULL, so_id TEXT NOT NULL, items BLOB NOT NULL,
    status TEXT NOT NULL DEFAULT 'WaitConfirm', received INTEGER NOT NULL DEFAULT 1,
    shipped INTEGER NOT NULL DEFAULT 0 CHECK (shipped <= 1), placed_at TEXT NOT NULL, UNIQUE (app_key, so_id)
);
CREATE TABLE IF NOT EXISTS parcel (
    l_id TEXT PRIMARY KEY, o_id INTEGER NOT NULL REFERENCES customer_order, shipment BLOB NOT NULL,
    state TEXT NOT NULL DEFAULT '', events BLOB NOT NULL DEFAULT '[]'
);
CREATE INDEX IF NOT EXISTS parcel_of_order ON parcel (o_id);
CREATE TABLE IF NOT EXISTS stock (
    app_key TEXT NOT NULL, sku_id TEXT NOT NULL, qty INTEGER NOT NULL DEFAULT 1000,
    order_lock INTEGER NOT NULL DEFAULT 0, modified TEXT NOT NULL, PRIMARY KEY (app_key, sku_id)
);
"""


class App(msgspec.Struct, frozen=True):
    app_key: str
    app_secret: str
    access_token: str
    callback_url: str
    carrier_url: str
    carrier_salt: str
    behavior: Behavior


def find_app(db: sqlite3.Connection, app_key: str) -> App | None:
    row = db.execute("SELECT * FROM app WHERE app_key = ?", (app_key,)).fetchone()
    if row is None:
        return None
    values = {name: row[name] for name in App.__struct_fields__ if name != "behavior"}
    return App(**values, behavior=msgspec.json.decode(row["behavior"], type=Behavior))


def find_order(db: sqlite3.Connection, app_key: str, so_id: str) -> sqlite3.Row | None:
    query = "SELECT * FROM customer_order WHERE app_key = ? AND so_id = ?"
    row: sqlite3.Row | None = db.execute(query, (app_key, so_id)).fetchone()
    return row


def items_of(order: sqlite3.Row) -> list[Item]:
    return msgspec.json.decode(order["items"], type=list[Item])


def shipments_of(db: sqlite3.Connection, o_id: int) -> list[Shipment]:
    rows = db.execute("SELECT shipment FROM parcel WHERE o_id = ? ORDER BY l_id", (o_id,)).fetchall()
    return [msgspec.json.decode(row["shipment"], type=Shipment) for row in rows]


def queried(db: sqlite3.Connection, order: sqlite3.Row) -> QueriedOrder:
    return QueriedOrder(order["so_id"], order["o_id"], order["status"], shipments_of(db, order["o_id"]))


def stock_rows(db: sqlite3.Connection, app_key: str, begin: str, end: str, limit: int, offset: int) -> list[Stock]:
    rows = db.execute(
        "SELECT * FROM stock WHERE app_key = ? AND modified BETWEEN ? AND ? ORDER BY modified, sku_id LIMIT ? OFFSET ?",
        (app_key, begin, end, limit, offset),
    ).fetchall()
    return [Stock(row["sku_id"], row["qty"], row["modified"], row["order_lock"]) for row in rows]


def counts(db: sqlite3.Connection, app_key: str) -> list[OrderCount]:
    rows = db.execute(
        "SELECT o.*, (SELECT count(*) FROM parcel p WHERE p.o_id = o.o_id) AS parcels FROM customer_order o "
        "WHERE ? IN ('', app_key) ORDER BY o_id",
        (app_key,),
    ).fetchall()
    return [
        OrderCount(row["app_key"], row["so_id"], row["received"], row["shipped"], row["status"], row["parcels"])
        for row in rows
    ]
