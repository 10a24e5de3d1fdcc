"""What the simulator tells others: signed callbacks to the shop, and the carrier's tracking pushes."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import httpx
import msgspec

from infra.carrier.kuaidi100 import push_form
from infra.simulation.agenda import Agenda
from infra.simulation.luck import Luck
from infra.warehouse.jushuitan_records import Shipment
from infra.warehouse.jushuitan_wire import CARRIERS, signed_params
from infra.warehouse.simulator.records import App

SHUFFLE_S = 2.0
LEGS = {  # leg: (Kuaidi100 state, what the courier writes)
    "transit": ("0", "快件已发往下一站"),
    "out": ("5", "快递员正在派件"),
    "delivered": ("3", "已签收，感谢使用"),
}
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}


class News:
    def __init__(self, db: sqlite3.Connection, luck: Luck) -> None:
        self._db, self._luck = db, luck
        self._http = httpx.AsyncClient(timeout=5, trust_env=False)
        self.agenda: Agenda  # Set once the agenda exists, which in turn needs us to act.

    def tell(self, app: App, method: str, biz: list[Any]) -> None:
        """Promise a callback, in the transaction of what it tells."""
        payload = {"app_key": app.app_key, "method": method, "biz": msgspec.to_builtins(biz)}
        self._promise("callback", app, payload)

    def tell_tracking(self, app: App, parcel: sqlite3.Row, leg: str, moment: str) -> None:
        """Add an event to the parcel and promise the push. A leg that overtook a later one never moves it back."""
        state, text = LEGS[leg]
        events = [{"context": text, "ftime": moment, "statusCode": state}, *msgspec.json.decode(parcel["events"])]
        latest = "3" if parcel["state"] == "3" else state
        self._db.execute(
            "UPDATE parcel SET state = ?, events = ? WHERE l_id = ?",
            (latest, msgspec.json.encode(events), parcel["l_id"]),
        )
        shipment = msgspec.json.decode(parcel["shipment"], type=Shipment)
        result = {
            "message": "ok",
            "state": state,
            "status": "200",
            "ischeck": "1" if state == "3" else "0",
            "com": CARRIERS[shipment.lc_id],
            "nu": shipment.l_id,
            "data": events,
        }
        param = {"status": "shutdown" if state == "3" else "polling", "message": "", "lastResult": result}
        self._promise("tracking", app, {"app_key": app.app_key, "param": msgspec.json.encode(param).decode()})

    def _promise(self, kind: str, app: App, payload: dict[str, Any]) -> None:
        behavior = app.behavior
        for _ in range(1 + behavior.duplicate):
            delay_s = behavior.delay_ms / 1000
            if behavior.shuffle:
                delay_s += self._luck.spread(app.app_key, behavior.seed, SHUFFLE_S)
            self.agenda.add(kind, payload, delay_s=delay_s)

    async def send_callback(self, app: App, payload: dict[str, Any]) -> bool:
        """Signed at each attempt, so that a late retry is still fresh."""
        params = {"app_key": app.app_key, "method": payload["method"]}
        form = signed_params(app.app_secret, params, payload["biz"], datetime.now(UTC))
        return await self._post(app.callback_url, urlencode(form).encode())

    async def send_tracking(self, app: App, payload: dict[str, Any]) -> bool:
        return await self._post(app.carrier_url, push_form(payload["param"], app.carrier_salt))

    async def _post(self, url: str, form: bytes) -> bool:
        answer = await self._http.post(url, content=form, headers=FORM)
        return answer.is_success

    async def aclose(self) -> None:
        await self._http.aclose()
