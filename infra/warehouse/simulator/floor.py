"""The warehouse floor: takes an order in once, sends it out once, and lets its parcels travel."""

from __future__ import annotations

import secrets
import sqlite3
from datetime import UTC, datetime

import msgspec

from infra.simulation.agenda import Agenda
from infra.simulation.store import transaction
from infra.warehouse import jushuitan_wire
from infra.warehouse.jushuitan_records import Canceled, Item, Shipment, Stock, Uploaded, UploadOrder
from infra.warehouse.jushuitan_wire import beijing
from infra.warehouse.simulator import records
from infra.warehouse.simulator.news import News
from infra.warehouse.simulator.office import StockLevel
from infra.warehouse.simulator.records import App

CARRIERS = (("SF", "顺丰速运"), ("ZTO", "中通快递"), ("YTO", "圆通速递"))
JOURNEY = ("transit", "out", "delivered")


class Floor:
    def __init__(self, db: sqlite3.Connection, agenda: Agenda, news: News) -> None:
        self._db, self._agenda, self._news = db, agenda, news

    def take_in(self, app: App, order: UploadOrder) -> Uploaded:
        """The same number again is the same order, whatever else it says."""
        fault = _fault(app, order)
        if fault:
            return Uploaded(order.so_id, issuccess=False, msg=fault)
        with transaction(self._db):
            known = self._db.execute(
                "UPDATE customer_order SET received = received + 1 WHERE app_key = ? AND so_id = ? RETURNING o_id",
                (app.app_key, order.so_id),
            ).fetchall()
            if known:
                return Uploaded(order.so_id, known[0]["o_id"])
            o_id = self._db.execute(
                "INSERT INTO customer_order (app_key, so_id, items, placed_at) VALUES (?, ?, ?, ?)",
                (app.app_key, order.so_id, msgspec.json.encode(order.items), _now()),
            ).lastrowid
            self._hold(app, order.items, locked=1)
            due = {"app_key": app.app_key, "so_id": order.so_id}
            self._agenda.add("ship", due, delay_s=app.behavior.ship_ms / 1000)
        return Uploaded(order.so_id, o_id or 0)

    def cancel(self, app: App, o_id: int, remark: str) -> bool:
        """Intercept, if the order has not gone; canceling again changes nothing."""
        with transaction(self._db):
            row = self._db.execute(
                "SELECT * FROM customer_order WHERE app_key = ? AND o_id = ?", (app.app_key, o_id)
            ).fetchone()
            if row is None or row["status"] != "WaitConfirm":
                return row is not None and row["status"] == "Cancelled"
            self._db.execute("UPDATE customer_order SET status = 'Cancelled' WHERE o_id = ?", (o_id,))
            self._hold(app, records.items_of(row), locked=-1)
            canceled = Canceled(row["so_id"], o_id, _now(), remark)
            self._news.tell(app, jushuitan_wire.PUSH_CANCEL, [canceled])
        return True

    def ship(self, app: App, so_id: str) -> None:
        """Pack and hand to a carrier. An order that was canceled or has gone stays as it is."""
        with transaction(self._db):
            gone = self._db.execute(
                "UPDATE customer_order SET status = 'Sent', shipped = shipped + 1 WHERE app_key = ? AND so_id = ? "
                "AND status = 'WaitConfirm' RETURNING *",
                (app.app_key, so_id),
            ).fetchall()
            if not gone:
                return
            items = records.items_of(gone[0])
            self._hold(app, items, locked=-1, left=1)
            groups = _split(items) if app.behavior.split else [items]
            for at, group in enumerate(groups, 1):
                self._send(app, gone[0], group, last=at == len(groups))

    def _send(self, app: App, order: sqlite3.Row, items: list[Item], *, last: bool) -> None:
        code, name = CARRIERS[order["o_id"] % len(CARRIERS)]
        parcel = Shipment(
            so_id=order["so_id"],
            o_id=order["o_id"],
            l_id=f"{code}{secrets.randbelow(10**12):012d}",
            lc_id=code,
            logistics_company=name,
            send_date=_now(),
            items=items,
            is_send_all=last,
        )
        self._db.execute(
            "INSERT INTO parcel (l_id, o_id, shipment) VALUES (?, ?, ?)",
            (parcel.l_id, parcel.o_id, msgspec.json.encode(parcel)),
        )
        self._news.tell(app, jushuitan_wire.PUSH_SHIPMENT, [parcel])
        for leg in JOURNEY:
            delay_ms = getattr(app.behavior, f"{leg}_ms")
            self._agenda.add("move", {"app_key": app.app_key, "l_id": parcel.l_id, "leg": leg}, delay_s=delay_ms / 1000)

    def move(self, app: App, l_id: str, leg: str) -> None:
        """One leg of a parcel's journey, told by the carrier's tracking service."""
        with transaction(self._db):
            row = self._db.execute("SELECT * FROM parcel WHERE l_id = ?", (l_id,)).fetchone()
            self._news.tell_tracking(app, row, leg, _now())

    def count_shelves(self, app: App, levels: list[StockLevel]) -> None:
        with transaction(self._db):
            for level in levels:
                self._db.execute(
                    "INSERT INTO stock (app_key, sku_id, qty, modified) VALUES (?, ?, ?, ?) "
                    "ON CONFLICT (app_key, sku_id) DO UPDATE SET qty = excluded.qty, modified = excluded.modified",
                    (app.app_key, level.sku, level.quantity, _now()),
                )
                row = self._db.execute(
                    "SELECT * FROM stock WHERE app_key = ? AND sku_id = ?", (app.app_key, level.sku)
                ).fetchone()
                stock = Stock(row["sku_id"], row["qty"], row["modified"], row["order_lock"])
                self._news.tell(app, jushuitan_wire.PUSH_STOCK, [stock])

    def _hold(self, app: App, items: list[Item], *, locked: int, left: int = 0) -> None:
        """Lock or free the pieces of an order, and take them off the shelf when they leave."""
        for item in items:
            self._db.execute(
                "INSERT INTO stock (app_key, sku_id, order_lock, modified) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (app_key, sku_id) DO UPDATE SET order_lock = order_lock + ?, qty = qty - ?, modified = ?",
                (app.app_key, item.sku_id, item.qty, _now(), locked * item.qty, left * item.qty, _now()),
            )


def _fault(app: App, order: UploadOrder) -> str:
    """Why an order cannot be taken in, in the vendor's language; empty if it can."""
    if not 0 < len(order.so_id) <= 50:
        return "线上单号长度不正确"
    if not (order.receiver_name and order.receiver_address and order.receiver_phone):
        return "收件人信息不完整"
    if not order.items or any(item.qty <= 0 for item in order.items):
        return "商品明细不正确"
    if any(item.sku_id in app.behavior.unknown_skus for item in order.items):
        return "商品编码不存在"
    return ""


def _split(items: list[Item]) -> list[list[Item]]:
    """Two parcels where there is more than one piece to pack."""
    if len(items) > 1:
        return [items[:1], items[1:]]
    (item,) = items
    if item.qty == 1:
        return [items]
    one = msgspec.structs.replace(item, qty=1)
    return [[one], [msgspec.structs.replace(item, qty=item.qty - 1)]]


def _now() -> str:
    return beijing(datetime.now(UTC))
