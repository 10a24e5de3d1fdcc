"""WeChat's desk for shipping information: believes no old token, checks every field, allows one correction."""

from __future__ import annotations

import json
import re
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

APP_ID, SECRET = "wx-mini", "s" * 32
OPENID = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
CARRIERS = {
    "SF": "顺丰速运", "ZTO": "中通快递", "YTO": "圆通速递", "STO": "申通快递", "YUNDA": "韵达快递", "JTSD": "极兔速递",
    "EMS": "EMS", "JD": "京东物流", "ANE": "安能物流",
}  # fmt: skip


@dataclass
class Paid:
    """One payment, and what was told of it."""

    transaction_id: str
    parcels: dict[str, dict[str, Any]] = field(default_factory=dict)
    complete: bool = False
    corrected: bool = False
    uploads: int = 0


@dataclass
class WeChatDesk:
    """An ASGI application. `faults` spoil the next answers about parcels: busy, error, lost (the deed is done), token,
    or any number as a text. `mute` has no list of carriers to give.
    """

    paid: dict[str, Paid] = field(default_factory=dict)
    faults: deque[str] = field(default_factory=deque)
    tokens: int = 0
    lists: int = 0
    mute: bool = False
    url: str = ""

    async def quiet(self) -> None:
        """Nothing runs in the background."""

    def pay(self, transaction_id: str) -> Paid:
        return self.paid.setdefault(transaction_id, Paid(transaction_id))

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        status, said = self._answer(scope["path"], dict(parse_qsl(scope["query_string"].decode())), json.loads(body))
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(said).encode()})

    def _answer(self, path: str, query: dict[str, str], asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if path == "/cgi-bin/stable_token":
            if (asked["appid"], asked["secret"]) != (APP_ID, SECRET):
                return 200, {"errcode": 40125, "errmsg": "invalid appsecret"}
            self.tokens += 1
            return 200, {"access_token": f"token-{self.tokens}", "expires_in": 7200}
        if path == "/cgi-bin/express/delivery/open_msg/get_delivery_list":
            return self._list(query)
        fault = self.faults.popleft() if self.faults else ""
        if fault == "error":
            return 502, {}
        if fault == "token" or query.get("access_token") != f"token-{self.tokens}":
            return 200, {"errcode": 40001, "errmsg": "invalid credential"}
        if fault == "busy":
            return 200, {"errcode": -1, "errmsg": "system error"}
        if fault.isdecimal():
            return 200, {"errcode": int(fault), "errmsg": "no"}
        code = self._take(asked)
        return (502, {}) if fault == "lost" else (200, {"errcode": code, "errmsg": "ok" if not code else "no"})

    def _list(self, query: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if query.get("access_token") != f"token-{self.tokens}":
            return 200, {"errcode": 40001, "errmsg": "invalid credential"}
        self.lists += 1
        known = [{"delivery_id": code, "delivery_name": name} for code, name in CARRIERS.items()]
        return (502, {}) if self.mute else (200, {"errcode": 0, "delivery_list": known, "count": len(known)})

    def _take(self, asked: dict[str, Any]) -> int:
        key = asked["order_key"]
        paid = self.paid.get(key.get("transaction_id", ""))
        if key["order_number_type"] != 2 or paid is None:
            return 10060001
        if asked["payer"]["openid"] != OPENID:
            return 10060031
        if fault := _wrong(asked):
            return fault
        parcels = {one["tracking_no"]: one for one in asked["shipping_list"]}
        whole = asked["delivery_mode"] == 1 or asked["is_all_delivered"]
        if paid.complete:
            if parcels == paid.parcels:
                return 10060023
            if paid.corrected:
                return 10060003
            paid.parcels, paid.corrected = parcels, True
        else:
            paid.parcels |= parcels
            paid.complete = whole
        paid.uploads += 1
        return 0


def _wrong(asked: dict[str, Any]) -> int:
    datetime.fromisoformat(asked["upload_time"])
    if asked["logistics_type"] != 1:
        return 10060005
    if not 1 <= len(asked["shipping_list"]) <= 10:
        return 10060024
    if asked["delivery_mode"] == 1 and len(asked["shipping_list"]) != 1:
        return 268485228
    if asked["delivery_mode"] == 2 and "is_all_delivered" not in asked:
        return 10060007
    for one in asked["shipping_list"]:
        if not one["item_desc"] or len(one["item_desc"]) > 120:
            return 10060009
        receiver = one.get("contact", {}).get("receiver_contact", "")
        if one["express_company"] not in CARRIERS or not one["tracking_no"]:
            return 10060014
        if one["express_company"] == "SF" and not re.fullmatch(r"\d{3}\*{4}\d{4}", receiver):
            return 10060014
    return 0
