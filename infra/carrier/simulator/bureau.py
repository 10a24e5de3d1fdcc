"""The bureau: takes subscriptions in, answers questions and pushes news, in whichever dialect it is spoken to.

`faults` spoil the next answers, one each: busy (too many questions), error (502), truncated.
"""

from __future__ import annotations

import hmac
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode

import httpx
import msgspec

from infra.carrier import codes, generic, kdniao, kuaidi100
from infra.carrier.calls import FORM
from infra.carrier.simulator.ways import Way, as_generic, as_kdniao, as_kuaidi100
from infra.signatures import UntrustedNotice, require_fresh

Fault = Literal["busy", "error", "truncated"]
CUSTOMER, KEY = "simulated-customer", "simulated-key"
BUSINESS, API_KEY = "1300000", "simulated-api-key"
SECRET = "simulated-secret"  # noqa: S105 - of a stand-in


@dataclass
class Subscription:
    """Whom to tell about a parcel, and signed with what."""

    url: str
    salt: str = ""
    times: int = 1


@dataclass
class Bureau:
    """An ASGI application. `asked` counts questions by number."""

    ways: dict[str, Way] = field(default_factory=dict)
    subscriptions: dict[tuple[str, str], Subscription] = field(default_factory=dict)
    faults: deque[Fault] = field(default_factory=deque)
    asked: list[str] = field(default_factory=list)
    console_url: str = ""  # where KDNiao's console says pushes go
    url: str = ""

    async def quiet(self) -> None:
        """Nothing runs in the background."""

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        status, said = self._answer(scope["path"], headers, body)
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": said})

    def _answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        if path == "/health":
            return 200, b"{}"
        fault = self.faults.popleft() if self.faults else None
        if fault == "error":
            return 502, b"<html>bad gateway</html>"
        if path in (generic.SUBSCRIBE, generic.QUERY):
            status, said = self._generic(path, headers, body, fault)
        else:
            form = dict(parse_qsl(body.decode()))
            status, said = (
                200,
                self._kdniao(path, form, fault) if "RequestData" in form else self._kuaidi100(path, form, fault),
            )
        encoded = msgspec.json.encode(said)
        return status, encoded[: len(encoded) // 2] if fault == "truncated" else encoded

    def _follow(self, service: str, number: str, url: str, salt: str = "") -> bool:
        """False for one that is followed already; the newest address counts."""
        known = self.subscriptions.get((service, number))
        self.subscriptions[service, number] = Subscription(url, salt, known.times + 1 if known else 1)
        return known is None

    # Kuaidi100

    def _kuaidi100(self, path: str, form: dict[str, str], fault: Fault | None) -> dict[str, Any]:
        param = msgspec.json.decode(form["param"])
        if path == kuaidi100.SUBSCRIBE:
            if param["key"] != KEY:
                return {"result": False, "returnCode": "600", "message": "您不是合法的订阅者"}
            if fault == "busy":
                return {"result": False, "returnCode": "500", "message": "服务器错误"}
            told = param["parameters"]
            if not param["company"] and told.get("autoCom") != "1":
                return {"result": False, "returnCode": "700", "message": "订阅的快递公司不支持"}
            if param["company"] in codes.NEEDS_PHONE and not told.get("phone"):
                return {"result": False, "returnCode": "700", "message": "需要手机号"}
            new = self._follow("kuaidi100", param["number"], told["callbackurl"], told["salt"])
            return {"result": new, "returnCode": "200" if new else "501", "message": "提交成功" if new else "重复订阅"}
        expected = kuaidi100.query_signature(form["param"], KEY, CUSTOMER)
        if form["customer"] != CUSTOMER or not hmac.compare_digest(expected, form["sign"]):
            return {"result": False, "returnCode": "503", "message": "验证签名失败"}
        if fault == "busy":
            return {"result": False, "returnCode": "502", "message": "服务器繁忙"}
        self.asked.append(param["num"])
        way = self.ways.get(param["num"])
        if way is None or not way.steps:
            return {"result": False, "returnCode": "500", "message": "查询无结果，请隔段时间再查"}
        return as_kuaidi100(way)

    # KDNiao

    def _kdniao(self, path: str, form: dict[str, str], fault: Fault | None) -> dict[str, Any]:
        data = form["RequestData"]
        if form["EBusinessID"] != BUSINESS or not hmac.compare_digest(
            kdniao.signature(data, API_KEY), form["DataSign"]
        ):
            return {"Success": False, "Reason": "非法参数[数据签名错误]"}
        if fault == "busy":
            return {"Success": False, "Reason": "请求过于频繁"}
        asked = msgspec.json.decode(data)
        if form["RequestType"] == kdniao.IDENTIFY:
            return {"Success": True, "Shippers": [{"ShipperCode": "YD", "ShipperName": "韵达"}]}
        number = asked["LogisticCode"]
        if path == kdniao.SUBSCRIBE:
            new = self._follow("kdniao", number, self.console_url)
            return {"Success": new, "Reason": "" if new else "重复订阅"}
        self.asked.append(number)
        way = self.ways.get(number)
        if way is None or not way.steps:
            return {"Success": True, "ShipperCode": asked["ShipperCode"], "LogisticCode": number, "State": "0"}
        return as_kdniao(way, BUSINESS)

    # Plain JSON

    def _generic(
        self, path: str, headers: dict[str, str], body: bytes, fault: Fault | None
    ) -> tuple[int, dict[str, Any]]:
        timestamp = headers.get(generic.TIMESTAMP, "")
        if not hmac.compare_digest(generic.signature(SECRET, timestamp, body), headers.get(generic.SIGNATURE, "")):
            return 401, {"error": "signature"}
        try:
            require_fresh(timestamp, datetime.now(UTC), generic.TOLERANCE_S)
        except UntrustedNotice:
            return 401, {"error": "too old"}
        if fault == "busy":
            return 429, {}
        asked = msgspec.json.decode(body)
        number = asked["tracking_number"]
        if path == generic.SUBSCRIBE:
            return (201 if self._follow("generic", number, asked["callback_url"]) else 409), {}
        self.asked.append(number)
        way = self.ways.get(number)
        return (200, as_generic(way)) if way and way.steps else (404, {})

    # News

    def push(self, service: str, number: str, now: datetime | None = None) -> tuple[dict[str, str], bytes]:
        """What is sent to whoever follows the parcel: headers and body."""
        way, moment = self.ways[number], now or datetime.now(UTC)
        if service == "kuaidi100":
            param = msgspec.json.encode({"status": "polling", "message": "", "lastResult": as_kuaidi100(way)}).decode()
            return FORM, kuaidi100.push_form(param, self.subscriptions[service, number].salt)
        if service == "kdniao":
            told = {"EBusinessID": BUSINESS, "Count": "1", "Data": [as_kdniao(way, BUSINESS)]}
            return FORM, urlencode(kdniao.request_form(kdniao.KdniaoAccount(BUSINESS, API_KEY), "101", told)).encode()
        body = msgspec.json.encode({"parcels": [as_generic(way)]})
        return generic.signed(SECRET, body, moment), body

    async def tell(self, number: str) -> list[int]:
        """Push to everybody who follows the parcel; the answers' statuses."""
        answers = []
        async with httpx.AsyncClient(trust_env=False) as client:
            for (service, followed), subscription in list(self.subscriptions.items()):
                if followed == number:
                    headers, body = self.push(service, number)
                    answers.append((await client.post(subscription.url, content=body, headers=headers)).status_code)
        return answers
