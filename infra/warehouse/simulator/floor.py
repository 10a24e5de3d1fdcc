"""The warehouse floor: takes an order in once, sends it out once, and lets its parcels travel."""

from __future__ import annotations

import secrets
import sqlite3

import msgspec
from msgspec import Struct

from infra.simulation.agenda import Agenda
from infra.simulation.luck import Luck
from infra.simulation.store import transaction
from infra.warehouse.simulator import picking, records
from infra.warehouse.simulator.news import News
from infra.warehouse.simulator.records import CANCELED, SENT, SHORT, WAITING, Account, Line, now
from infra.warehouse.simulator.shelves import Shelves

CARRIERS = (("SF", "shunfeng", "顺丰速运"), ("ZTO", "zhongtong", "中通快递"), ("YTO", "yuantong", "圆通速递"))
JOURNEY = ("transit", "out", "delivered")


class Incoming(Struct):
    """An order as the floor wants to know it; where it goes is looked at and not kept."""

    reference: str
    lines: list[Line]
    receiver: str
    address: str
    phone: str


class Taken(Struct):
    """Our number of an order or a return, or why it cannot be taken in."""

    reference: str
    number: int = 0
    fault: str = ""


class Floor:
    def __init__(self, db: sqlite3.Connection, agenda: Agenda, news: News, luck: Luck) -> None:
        self._db, self._agenda, self._news, self._luck = db, agenda, news, luck
        self.shelves = Shelves(db, news)

    def take_in(self, account: Account, order: Incoming) -> Taken:
        """The same number again is the same order, whatever else it says."""
        fault = _fault(account, order)
        if fault:
            return Taken(order.reference, fault=fault)
        with transaction(self._db):
            known = self._db.execute(
                "UPDATE placed SET received = received + 1 WHERE account = ? AND reference = ? RETURNING number",
                (account.app_key, order.reference),
            ).fetchall()
            if known:
                return Taken(order.reference, known[0]["number"])
            number = self._db.execute(
                "INSERT INTO placed (account, reference, lines, placed_at, modified_at) VALUES (?, ?, ?, ?, ?)",
                (account.app_key, order.reference, msgspec.json.encode(order.lines), now(), now()),
            ).lastrowid
            self.shelves.hold(account, order.lines, held=1)
            self._plan(account, order.reference)
        return Taken(order.reference, number or 0)

    def _plan(self, account: Account, reference: str) -> None:
        due, manners = {"account": account.app_key, "reference": reference}, account.behavior
        if manners.progress:
            self._agenda.add("pick", due, delay_s=(manners.pick_ms or manners.ship_ms / 3) / 1000)
            self._agenda.add("pack", due, delay_s=(manners.pack_ms or manners.ship_ms * 2 / 3) / 1000)
        self._agenda.add("ship", due, delay_s=manners.ship_ms / 1000)

    def cancel(self, account: Account, reference: str, remark: str, *, ours: bool = False) -> bool:
        """Intercept, if the order has not gone; canceling again changes nothing. `ours`: nobody asked for it."""
        if account.behavior.intercept_fails and not ours:
            return False
        with transaction(self._db):
            row = records.find_order(self._db, account.app_key, reference)
            if row is None or row["status"] != WAITING:
                return row is not None and row["status"] == CANCELED
            self._db.execute(
                "UPDATE placed SET status = ?, remark = ?, modified_at = ? WHERE number = ?",
                (CANCELED, remark, now(), row["number"]),
            )
            self.shelves.hold(account, records.lines_of(row), held=-1)
            stopped = records.Stopped(row["number"], reference, now(), remark)
            self._news.tell(account, "cancel", reference, stopped)
        return True

    def progress(self, account: Account, reference: str, *, packed: bool) -> None:
        """Half of it is picked, then all of it is packed."""
        with transaction(self._db):
            row = records.find_order(self._db, account.app_key, reference)
            if row is None or row["status"] != WAITING:
                return
            pieces = sum(line.quantity for line in records.lines_of(row))
            picked = pieces if packed else (pieces + 1) // 2
            self._db.execute(
                "UPDATE placed SET picked = ?, packed = ?, modified_at = ? WHERE number = ?",
                (picked, packed, now(), row["number"]),
            )
            step = records.Step(row["number"], reference, now(), picked, packed)
            self._news.tell(account, "progress", reference, step)

    def ship(self, account: Account, reference: str) -> None:
        """Pack what is there and hand it to a carrier. An order that was canceled or has gone stays as it is."""
        with transaction(self._db):
            row = records.find_order(self._db, account.app_key, reference)
            if row is None or row["status"] != WAITING:
                return
            lines = records.lines_of(row)
            missing = picking.missing(account, lines, self._luck)
            leaving = picking.leaving(account, lines, missing)
            self._db.execute(
                "UPDATE placed SET status = ?, shipped = shipped + ?, missing = ?, modified_at = ? WHERE number = ?",
                (SENT if leaving else SHORT, bool(leaving), msgspec.json.encode(missing), now(), row["number"]),
            )
            self.shelves.hold(account, lines, held=-1)
            self.shelves.hold(account, leaving, left=1)
            if missing:
                lacked = records.Lacked(row["number"], reference, now(), missing, "库存不足")
                self._news.tell(account, "short", reference, lacked)
            parcels = picking.parcels(account, leaving, self._luck)
            for at, group in enumerate(parcels, 1):
                self._send(account, row, group, last=at == len(parcels))

    def _send(self, account: Account, order: sqlite3.Row, lines: list[Line], *, last: bool) -> None:
        code, carrier, name = CARRIERS[order["number"] % len(CARRIERS)]
        tracking = f"{code}{secrets.randbelow(10**12):012d}"
        parcel = records.Sent(order["number"], order["reference"], tracking, carrier, name, now(), lines, last)
        self._db.execute(
            "INSERT INTO sent (tracking, number, account, body, sent_at) VALUES (?, ?, ?, ?, ?)",
            (tracking, parcel.number, account.app_key, msgspec.json.encode(parcel), parcel.at),
        )
        self._news.tell(account, "shipment", parcel.reference, parcel)
        if account.behavior.tracking == "off":
            return
        for leg in JOURNEY[:1] if account.behavior.tracking == "stuck" else JOURNEY:
            due = {"account": account.app_key, "tracking": tracking, "leg": leg}
            self._agenda.add("move", due, delay_s=getattr(account.behavior, f"{leg}_ms") / 1000)

    def move(self, account: Account, tracking: str, leg: str) -> None:
        """One leg of a parcel's journey, told by the carrier's tracking service."""
        with transaction(self._db):
            row = self._db.execute("SELECT * FROM sent WHERE tracking = ?", (tracking,)).fetchone()
            self._news.tell_tracking(account, row, leg)

    def announce(self, account: Account, reference: str, order_reference: str, lines: list[Line]) -> Taken:
        """Goods that will come back; the same number again is the same return."""
        if not 0 < len(reference) <= 50 or not lines or any(line.quantity <= 0 for line in lines):
            return Taken(reference, fault="退货单内容不正确")
        with transaction(self._db):
            known = self._db.execute(
                "UPDATE coming_back SET announced = announced + 1 WHERE account = ? AND reference = ? RETURNING number",
                (account.app_key, reference),
            ).fetchall()
            if known:
                return Taken(reference, known[0]["number"])
            number = self._db.execute(
                "INSERT INTO coming_back (account, reference, order_reference, lines) VALUES (?, ?, ?, ?)",
                (account.app_key, reference, order_reference, msgspec.json.encode(lines)),
            ).lastrowid
            due = {"account": account.app_key, "reference": reference}
            self._agenda.add("receive", due, delay_s=account.behavior.return_ms / 1000)
        return Taken(reference, number or 0)

    def receive(self, account: Account, reference: str) -> None:
        """A return arrived and was looked at: what is good goes back to the shelf."""
        with transaction(self._db):
            row = self._db.execute(
                "SELECT * FROM coming_back WHERE account = ? AND reference = ? AND received_at IS NULL",
                (account.app_key, reference),
            ).fetchone()
            if row is None:
                return
            found = picking.inspected(account, records.lines_of(row), self._luck)
            back = records.Back(row["number"], reference, row["order_reference"], now(), found)
            self._db.execute(
                "UPDATE coming_back SET received_at = ?, body = ? WHERE number = ?",
                (back.at, msgspec.json.encode(back), back.number),
            )
            self.shelves.hold(account, [Line(one.line_id, one.sku, one.good) for one in found], left=-1)
            self._news.tell(account, "return", reference, back)


def _fault(account: Account, order: Incoming) -> str:
    """Why an order cannot be taken in, in the vendors' language; empty if it can."""
    if not 0 < len(order.reference) <= 50:
        return "线上单号长度不正确"
    if not (order.receiver and order.address and order.phone):
        return "收件人信息不完整"
    if not order.lines or any(line.quantity <= 0 for line in order.lines):
        return "商品明细不正确"
    if any(line.sku in account.behavior.unknown_skus for line in order.lines):
        return "商品编码不存在"
    return ""
