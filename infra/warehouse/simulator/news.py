"""What the simulator tells others: news by callback or to be fetched, and the carrier's tracking pushes."""

from __future__ import annotations

import sqlite3
import time
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from infra.carrier.kuaidi100 import push_form
from infra.simulation.agenda import Agenda
from infra.simulation.caller import Caller
from infra.simulation.luck import Luck
from infra.warehouse.jushuitan_wire import beijing
from infra.warehouse.simulator import records
from infra.warehouse.simulator.log import RunLog
from infra.warehouse.simulator.records import Account, Body
from infra.warehouse.simulator.voices import FORM, VOICES, Call

SHUFFLE_S = 0.5
LEGS = {  # leg: (Kuaidi100 state, what the courier writes)
    "transit": ("0", "快件已发往下一站"),
    "out": ("5", "快递员正在派件"),
    "delivered": ("3", "已签收，感谢使用"),
}


class News:
    def __init__(self, db: sqlite3.Connection, luck: Luck, log: RunLog) -> None:
        self._db, self._luck, self._log = db, luck, log
        self._caller = Caller()
        self.agenda: Agenda  # Set once the agenda exists, which in turn needs us to act.

    def tell(self, account: Account, kind: str, subject: str, body: Body) -> None:
        """Write news down in the transaction of what it tells, and promise to call unless it will be fetched."""
        copies, delay_s, at = self._copies(account), self._delay_s(account), time.time()
        number = self._db.execute(
            "INSERT INTO news (account, kind, subject, body, at, visible_at, copies) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (account.app_key, kind, subject, msgspec.json.encode(body), at, at + delay_s, copies),
        ).lastrowid
        if account.dialect not in VOICES:
            return
        for copy in range(1 + copies):
            payload = {"account": account.app_key, "news": number, "copy": copy}
            self.agenda.add("tell", payload, delay_s=self._delay_s(account) if copy else delay_s)

    def waiting(self, account: Account, kinds: Sequence[str], limit: int) -> list[sqlite3.Row]:
        """News nobody has acknowledged, to be fetched. A silent warehouse shows none."""
        if account.behavior.silent:
            return []
        shuffled, backwards = account.behavior.shuffle, account.behavior.reverse_ms > 0
        order = "random()" if shuffled else "id DESC" if backwards else "id"
        marks = ",".join("?" * len(kinds))
        return self._db.execute(
            f"SELECT * FROM news WHERE account = ? AND kind IN ({marks}) AND heard_at IS NULL AND visible_at <= ?"  # noqa: S608
            f" ORDER BY {order} LIMIT ?",
            (account.app_key, *kinds, time.time(), limit),
        ).fetchall()

    def since(self, account: Account, kinds: Sequence[str], after: int, limit: int) -> list[sqlite3.Row]:
        """All news after this one, heard or not, as far as nothing before it is held back. A silent one shows none."""
        if account.behavior.silent:
            return []
        marks = ",".join("?" * len(kinds))
        rows = self._db.execute(
            f"SELECT * FROM news WHERE account = ? AND kind IN ({marks}) AND id > ? AND id < coalesce((SELECT min(id)"  # noqa: S608
            " FROM news WHERE account = ? AND visible_at > ?), 1 << 62) ORDER BY id LIMIT ?",
            (account.app_key, *kinds, after, account.app_key, time.time(), limit),
        ).fetchall()
        return rows[::-1] if account.behavior.reverse_ms else rows

    def heard(self, account: Account, numbers: Sequence[int]) -> None:
        """Acknowledged; with copies left it comes again all the same."""
        moment = time.time()
        for number in numbers:
            row = self._db.execute(
                "UPDATE news SET told = told + 1, heard_at = CASE WHEN told >= copies THEN ? END"
                " WHERE id = ? AND account = ? AND heard_at IS NULL RETURNING *",
                (moment, number, account.app_key),
            ).fetchall()
            if row:
                self._log.told(account, row[0], row[0]["told"] - 1, "acknowledged", moment)

    def tell_tracking(self, account: Account, parcel: sqlite3.Row, leg: str) -> None:
        """Add an event to the parcel and promise the push. A leg that overtook a later one never moves it back."""
        state, text = LEGS[leg]
        moment = beijing(datetime.now(UTC))
        events = [{"context": text, "ftime": moment, "statusCode": state}, *msgspec.json.decode(parcel["events"])]
        latest = "3" if parcel["state"] == "3" else state
        self._db.execute(
            "UPDATE sent SET state = ?, events = ? WHERE tracking = ?",
            (latest, msgspec.json.encode(events), parcel["tracking"]),
        )
        sent = msgspec.json.decode(parcel["body"], type=records.Sent)
        result = {
            "message": "ok",
            "state": state,
            "status": "200",
            "ischeck": "1" if state == "3" else "0",
            "com": sent.carrier,
            "nu": sent.tracking,
            "data": events,
        }
        param = {"status": "shutdown" if state == "3" else "polling", "message": "", "lastResult": result}
        payload = {"account": account.app_key, "param": msgspec.json.encode(param).decode()}
        for _ in range(1 + self._copies(account)):
            self.agenda.add("tracking", payload, delay_s=self._delay_s(account))

    async def send(self, account: Account, payload: dict[str, Any]) -> bool:
        """Signed at each attempt, so that a late retry is still fresh. Silence keeps it for later."""
        if account.behavior.silent:
            return False
        row = self._db.execute("SELECT * FROM news WHERE id = ?", (payload["news"],)).fetchone()
        body = msgspec.json.decode(row["body"], type=records.KINDS[row["kind"]])
        call = VOICES[account.dialect](account, body, datetime.now(UTC))
        heard = await self._told(account, call, row, payload["copy"])
        if heard and account.behavior.replay_ms:
            again = {**payload, **_packed(call)}
            self.agenda.add("again", again, delay_s=account.behavior.replay_ms / 1000)
        return heard

    async def send_again(self, account: Account, payload: dict[str, Any]) -> bool:
        """A recording: the very bytes of before. Whatever is answered, once is enough."""
        row = self._db.execute("SELECT * FROM news WHERE id = ?", (payload["news"],)).fetchone()
        await self._told(account, _unpacked(payload), row, payload["copy"] + 1)
        return True

    async def _told(self, account: Account, call: Call, row: sqlite3.Row, copy: int) -> bool:
        begin = time.time()
        try:
            status = await self._post(call)
        except (OSError, EOFError, TimeoutError) as error:
            self._log.told(account, row, copy, type(error).__name__, begin)
            return False
        self._log.told(account, row, copy, str(status), begin)
        if status < 300 and row["heard_at"] is None:
            self._db.execute("UPDATE news SET told = told + 1, heard_at = ? WHERE id = ?", (time.time(), row["id"]))
        return status < 300

    async def send_tracking(self, account: Account, payload: dict[str, Any]) -> bool:
        form = push_form(payload["param"], account.carrier_salt)
        return await self._post(Call(account.carrier_url, form, FORM)) < 300

    async def _post(self, call: Call) -> int:
        return await self._caller.post(call.url, call.content, call.headers)

    def _copies(self, account: Account) -> int:
        manners = account.behavior
        struck = self._luck.strikes(account.app_key, manners.seed, manners.duplicate_bps if manners.duplicate else 0)
        return manners.duplicate if struck else 0

    def _delay_s(self, account: Account) -> float:
        """Backwards: what happens in one stretch of time is told after its end, the latest first."""
        manners = account.behavior
        delay_s = manners.delay_ms / 1000
        if manners.shuffle:
            delay_s += self._luck.spread(account.app_key, manners.seed, SHUFFLE_S)
        if manners.reverse_ms:
            stretch = manners.reverse_ms / 1000
            delay_s += 2 * (stretch - time.time() % stretch)
        return delay_s

    async def aclose(self) -> None:
        await self._caller.aclose()


def _packed(call: Call) -> dict[str, Any]:
    return {"url": call.url, "content": b64encode(call.content).decode(), "headers": dict(call.headers)}


def _unpacked(payload: dict[str, Any]) -> Call:
    return Call(payload["url"], b64decode(payload["content"]), payload["headers"])
