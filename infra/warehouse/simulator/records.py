"""What the simulator's books hold: accounts, orders, parcels, returns, shelves and news, in nobody's dialect."""

from __future__ import annotations

import sqlite3
import time

import msgspec
from msgspec import Struct

from infra.warehouse.simulator.office import Behavior, OrderCount, ReturnCount

# The first dialect's words for where an order is; the counts have said them from the beginning.
WAITING, SENT, CANCELED, SHORT = "WaitConfirm", "Sent", "Cancelled", "Short"


class Account(Struct, frozen=True):
    """`names` is what else the dialect asks for: a seller's number, a shop, an owner."""

    app_key: str
    app_secret: str
    access_token: str
    callback_url: str
    carrier_url: str
    carrier_salt: str
    dialect: str
    names: dict[str, str]
    behavior: Behavior


class Line(Struct, omit_defaults=True):
    line_id: str
    sku: str
    quantity: int
    name: str = ""
    referrer_id: str = ""


class Missing(Struct, omit_defaults=True):
    line_id: str
    sku: str
    missing: int
    found_sku: str = ""


class Found(Struct, omit_defaults=True):
    line_id: str
    sku: str
    good: int
    damaged: int = 0


class Sent(Struct, omit_defaults=True):
    """One parcel; `last` says nothing more follows. Carriers are named as the tracking service names them."""

    number: int
    reference: str
    tracking: str
    carrier: str
    carrier_name: str
    at: int
    lines: list[Line]
    last: bool = True


class Stopped(Struct, omit_defaults=True):
    number: int
    reference: str
    at: int
    remark: str = ""


class Step(Struct, omit_defaults=True):
    number: int
    reference: str
    at: int
    picked: int
    packed: bool


class Lacked(Struct, omit_defaults=True):
    number: int
    reference: str
    at: int
    lines: list[Missing]
    remark: str = ""


class Back(Struct, omit_defaults=True):
    number: int
    reference: str
    order_reference: str
    at: int
    lines: list[Found]
    remark: str = ""


class Shelf(Struct, omit_defaults=True):
    """What lies there, what of it is held for orders, how often that changed, and by how much at the last count."""

    id: int
    sku: str
    quantity: int
    held: int
    changes: int
    at: int
    change: int = 0


Body = Sent | Stopped | Step | Lacked | Back | Shelf
KINDS: dict[str, type[Body]] = {
    "shipment": Sent, "cancel": Stopped, "progress": Step, "short": Lacked, "return": Back, "stock": Shelf,
}  # fmt: skip


def find_account(db: sqlite3.Connection, app_key: str) -> Account | None:
    row = db.execute("SELECT * FROM account WHERE app_key = ?", (app_key,)).fetchone()
    if row is None:
        return None
    values = {name: row[name] for name in Account.__struct_fields__ if name not in ("behavior", "names")}
    names = msgspec.json.decode(row["names"], type=dict[str, str])
    return Account(**values, names=names, behavior=msgspec.json.decode(row["behavior"], type=Behavior))


def find_order(db: sqlite3.Connection, account: str, reference: str) -> sqlite3.Row | None:
    query = "SELECT * FROM placed WHERE account = ? AND reference = ?"
    row: sqlite3.Row | None = db.execute(query, (account, reference)).fetchone()
    return row


def lines_of(row: sqlite3.Row) -> list[Line]:
    return msgspec.json.decode(row["lines"], type=list[Line])


def missing_of(order: sqlite3.Row) -> list[Missing]:
    return msgspec.json.decode(order["missing"], type=list[Missing])


def parcels_of(db: sqlite3.Connection, number: int) -> list[Sent]:
    rows = db.execute("SELECT body FROM sent WHERE number = ? ORDER BY tracking", (number,)).fetchall()
    return [msgspec.json.decode(row["body"], type=Sent) for row in rows]


def orders_changed(
    db: sqlite3.Connection, account: str, begin: int, end: int, limit: int, offset: int
) -> list[sqlite3.Row]:
    return db.execute(
        "SELECT * FROM placed WHERE account = ? AND modified_at BETWEEN ? AND ?"
        " ORDER BY modified_at, number LIMIT ? OFFSET ?",
        (account, begin, end, limit, offset),
    ).fetchall()


def parcels_sent(db: sqlite3.Connection, account: str, begin: int, end: int, limit: int, offset: int) -> list[Sent]:
    rows = db.execute(
        "SELECT body FROM sent WHERE account = ? AND sent_at BETWEEN ? AND ?"
        " ORDER BY sent_at, tracking LIMIT ? OFFSET ?",
        (account, begin, end, limit, offset),
    ).fetchall()
    return [msgspec.json.decode(row["body"], type=Sent) for row in rows]


def returns_received(db: sqlite3.Connection, account: str, begin: int, end: int, limit: int, offset: int) -> list[Back]:
    rows = db.execute(
        "SELECT body FROM coming_back WHERE account = ? AND received_at BETWEEN ? AND ?"
        " ORDER BY received_at, number LIMIT ? OFFSET ?",
        (account, begin, end, limit, offset),
    ).fetchall()
    return [msgspec.json.decode(row["body"], type=Back) for row in rows]


def shelf_of(row: sqlite3.Row) -> Shelf:
    return Shelf(row["id"], row["sku"], row["quantity"], row["held"], row["changes"], row["modified_at"])


def shelves(db: sqlite3.Connection, account: str, begin: int, end: int, limit: int, offset: int) -> list[Shelf]:
    rows = db.execute(
        "SELECT * FROM shelf WHERE account = ? AND modified_at BETWEEN ? AND ?"
        " ORDER BY modified_at, sku LIMIT ? OFFSET ?",
        (account, begin, end, limit, offset),
    ).fetchall()
    return [shelf_of(row) for row in rows]


def counts(db: sqlite3.Connection, account: str) -> list[OrderCount]:
    rows = db.execute(
        "SELECT o.*, (SELECT count(*) FROM sent p WHERE p.number = o.number) AS parcels FROM placed o "
        "WHERE ? IN ('', account) ORDER BY number",
        (account,),
    ).fetchall()
    return [
        OrderCount(row["account"], row["reference"], row["received"], row["shipped"], row["status"], row["parcels"])
        for row in rows
    ]


def return_counts(db: sqlite3.Connection, account: str) -> list[ReturnCount]:
    rows = db.execute("SELECT * FROM coming_back WHERE account = ? ORDER BY number", (account,)).fetchall()
    return [ReturnCount(row["reference"], row["announced"], row["received_at"] is not None) for row in rows]


def now() -> int:
    """The books count whole seconds, as the vendors do."""
    return int(time.time())
