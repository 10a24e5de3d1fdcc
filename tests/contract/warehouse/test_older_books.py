"""A simulator that ran before there were several dialects keeps its accounts and orders."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from infra.simulation.store import open_store
from infra.warehouse.simulator import records
from infra.warehouse.simulator.desk import Desk

OLD = """
CREATE TABLE app (app_key TEXT PRIMARY KEY, app_secret TEXT, access_token TEXT, callback_url TEXT, carrier_url TEXT,
    carrier_salt TEXT, behavior BLOB DEFAULT '{}');
CREATE TABLE customer_order (o_id INTEGER PRIMARY KEY AUTOINCREMENT, app_key TEXT, so_id TEXT, items BLOB,
    status TEXT DEFAULT 'WaitConfirm', received INTEGER DEFAULT 1, shipped INTEGER DEFAULT 0, placed_at TEXT);
CREATE TABLE parcel (l_id TEXT PRIMARY KEY, o_id INTEGER, shipment BLOB, state TEXT, events BLOB);
CREATE TABLE stock (app_key TEXT, sku_id TEXT, qty INTEGER, order_lock INTEGER, modified TEXT);
INSERT INTO app VALUES ('a', 's', 't', 'http://x', 'http://y', 'z', '{"ship_ms":7}');
INSERT INTO customer_order VALUES (41, 'a', 'S1', '[{"sku_id":"TEA","qty":2,"outer_oi_id":"1"}]', 'Sent', 2, 1,
    '2026-11-01 08:00:00');
INSERT INTO customer_order VALUES (42, 'a', 'S2', '[{"sku_id":"TEA","qty":1}]', 'WaitConfirm', 1, 0,
    '2026-11-01 08:00:00');
"""


async def test_orders_of_an_older_file_keep_their_numbers_and_what_has_not_left_leaves(tmp_path: Path) -> None:
    open_store(tmp_path / "floor.sqlite3", OLD).close()

    desk = Desk(tmp_path / "floor.sqlite3")

    account = records.find_account(desk.db, "a")
    assert account
    assert (account.dialect, account.behavior.ship_ms) == ("jushuitan", 7)
    orders: list[sqlite3.Row] = desk.db.execute("SELECT * FROM placed ORDER BY number").fetchall()
    assert [(row["number"], row["reference"], row["received"], row["shipped"]) for row in orders] == [
        (41, "S1", 2, 1), (42, "S2", 1, 0),
    ]  # fmt: skip
    assert records.lines_of(orders[0]) == [records.Line("1", "TEA", 2)]
    assert desk.db.execute("SELECT payload FROM agenda").fetchall()[0]["payload"] == b'{"account":"a","reference":"S2"}'
    await desk.news.aclose()
    desk.db.close()
