"""A stand-in for all three platforms: a real HTTP server that speaks their dialects and checks their signatures.

`python -m infra.marketplace.simulator PORT` serves it by itself. Its orders are plain facts; each dialect tells them in
its own words. `faults` spoil the next answers, one each: busy (too many questions), error (500), truncated, token.
"""

from __future__ import annotations

import hmac
import sys
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import parse_qsl

import msgspec

from infra.marketplace import douyin, tiktok, wechat_channels

Fault = Literal["busy", "error", "truncated", "token"]
SECRET, TOKEN, APP = "simulated-secret", "simulated-token", "simulated-app"
WECHAT = {"placed": 10, "paid": 20, "shipped": 30, "received": 100, "closed": 250}
DOUYIN = {"placed": 1, "paid": 105, "shipped": 3, "received": 5, "closed": 4}
TIKTOK = {
    "placed": "UNPAID", "paid": "AWAITING_SHIPMENT", "shipped": "IN_TRANSIT", "received": "DELIVERED",
    "closed": "CANCELLED",
}  # fmt: skip


@dataclass
class Sale:
    """An order at a platform, as it is there now."""

    number: str
    sku: str = "PEACH-1"
    units: int = 2
    amount: int = 10_000
    returned: int = 0
    status: str = "paid"
    sharer: str = ""
    worked_out: bool = False
    placed_at: int = 0
    updated_at: int = 0


def _now() -> int:
    return int(datetime.now(UTC).timestamp())


@dataclass
class Marketplace:
    """An ASGI application. `page` is how many orders a page has."""

    sales: dict[str, Sale] = field(default_factory=dict)
    faults: deque[Fault] = field(default_factory=deque)
    page: int = 2
    token: str = TOKEN
    tokens: int = 0
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def sell(self, sale: Sale) -> None:
        """Put an order there, or what has become of it."""
        sale.placed_at = sale.placed_at or _now() - 3_600
        sale.updated_at = sale.updated_at or _now() - 60
        self.sales[sale.number] = sale

    async def quiet(self) -> None:
        """Nothing goes on by itself."""

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        query = dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True))
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        self.asked.append(scope["path"])
        status, said = self._answer(scope["path"], query, headers, body)
        await send(
            {"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]}
        )
        await send({"type": "http.response.body", "body": said})

    def _answer(self, path: str, query: dict[str, str], headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        fault = self.faults.popleft() if self.faults else None
        if fault == "error":
            return 502, b"<html>bad gateway</html>"
        if path.startswith("/order/202309"):
            said = self._tiktok(path, query, headers, body, fault)
        elif path.startswith("/order/"):
            said = self._douyin(query, body, fault)
        else:
            said = self._wechat(path, query, body, fault)
        encoded = msgspec.json.encode(said)
        return 200, encoded[: len(encoded) // 2] if fault == "truncated" else encoded

    def _between(self, start: int, end: int) -> list[Sale]:
        found = [sale for sale in self.sales.values() if start <= sale.updated_at <= end]
        return sorted(found, key=lambda sale: (sale.updated_at, sale.number))

    # WeChat Channels

    def _wechat(self, path: str, query: dict[str, str], body: bytes, fault: Fault | None) -> dict[str, Any]:
        asked = msgspec.json.decode(body)
        if path == wechat_channels.TOKEN:
            return self._wechat_token(asked)
        if fault == "token":
            self.token = f"{TOKEN}-{self.tokens}"
        if query.get("access_token") != self.token:
            return {"errcode": 40001, "errmsg": "invalid credential"}
        if fault == "busy":
            return {"errcode": 45009, "errmsg": "reach max api daily quota limit"}
        if path == wechat_channels.GET:
            sale = self.sales.get(asked["order_id"])
            return {"errcode": 0, "order": _wechat_order(sale)} if sale else {"errcode": 100002, "errmsg": "no order"}
        window = asked["update_time_range"]
        if window["end_time"] - window["start_time"] > 7 * 86_400:
            return {"errcode": 40097, "errmsg": "time range too long"}
        found = self._between(window["start_time"], window["end_time"])
        start = int(asked["next_key"] or 0)
        shown = found[start : start + self.page]
        return {
            "errcode": 0, "order_id_list": [sale.number for sale in shown], "next_key": str(start + len(shown)),
            "has_more": start + len(shown) < len(found),
        }  # fmt: skip

    def _wechat_token(self, asked: dict[str, Any]) -> dict[str, Any]:
        if (asked.get("appid"), asked.get("secret")) != (APP, SECRET):
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        self.tokens += 1
        return {"access_token": self.token, "expires_in": 7_200}

    # Douyin

    def _douyin(self, query: dict[str, str], body: bytes, fault: Fault | None) -> dict[str, Any]:
        signed = {name: query.get(name, "") for name in douyin.SIGNED} | {"param_json": body.decode()}
        expected = douyin.signature(SECRET, signed)
        if query.get("app_key") != APP or not hmac.compare_digest(expected, query.get("sign", "")):
            return {"code": 40003, "msg": "bad request", "sub_code": "isv.invalid-signature", "sub_msg": "sign"}
        if query.get("access_token") != self.token or fault == "token":
            return {"code": 30001, "msg": "denied", "sub_code": "isv.access-token-expired", "sub_msg": "expired"}
        if fault == "busy":
            return {"code": 20001, "msg": "too many requests"}
        asked = msgspec.json.decode(body)
        if query["method"] == douyin.DETAIL:
            sale = self.sales.get(asked["shop_order_id"])
            return {"code": 10000, "data": {"shop_order_detail": _douyin_order(sale) if sale else None}}
        found = self._between(asked["update_time_start"], asked["update_time_end"])
        start = asked["page"] * asked["size"]
        shown = [_douyin_order(sale) for sale in found[start : start + asked["size"]]]
        return {"code": 10000, "data": {"shop_order_list": shown, "total": len(found), "page": asked["page"]}}

    # TikTok Shop

    def _tiktok(
        self, path: str, query: dict[str, str], headers: dict[str, str], body: bytes, fault: Fault | None
    ) -> dict[str, Any]:
        expected = tiktok.signature(SECRET, path, query, body)
        if query.get("app_key") != APP or not hmac.compare_digest(expected, query.get("sign", "")):
            return {"code": 106001, "message": "Invalid signature"}
        if headers.get("x-tts-access-token") != self.token or fault == "token":
            return {"code": 105002, "message": "Expired credentials"}
        if fault == "busy":
            return {"code": 36009036, "message": "Too many requests"}
        asked = msgspec.json.decode(body)
        if numbers := asked.get("order_ids"):
            found = [self.sales[number] for number in numbers if number in self.sales]
        else:
            found = self._between(asked["update_time_ge"], asked["update_time_lt"] - 1)
        start = int(query.get("page_token") or 0)
        shown = found[start : start + self.page]
        following = str(start + len(shown)) if start + len(shown) < len(found) else ""
        orders = [_tiktok_order(sale) for sale in shown]
        return {"code": 0, "data": {"orders": orders, "next_page_token": following, "total_count": len(found)}}


def _wechat_order(sale: Sale) -> dict[str, Any]:
    sharer = {"sharer_openid": sale.sharer, "handling_progress": int(sale.worked_out), "share_scene": 1}
    done = {"confirm_receipt_time": sale.updated_at} if sale.status == "received" else {}
    return {
        "order_id": sale.number, "status": WECHAT[sale.status], "create_time": sale.placed_at,
        "update_time": sale.updated_at,
        "order_detail": {
            "product_infos": [{
                "sku_id": f"w-{sale.sku}", "sku_code": sale.sku, "title": "Peaches", "sku_cnt": sale.units,
                "real_price": sale.amount, "finish_aftersale_sku_cnt": sale.returned,
            }],
            "pay_info": {"pay_time": 0 if sale.status == "placed" else sale.placed_at}, "ext_info": done,
            "sharer_info": sharer if sale.sharer else {},
        },
    }  # fmt: skip


def _douyin_order(sale: Sale) -> dict[str, Any]:
    return {
        "order_id": sale.number, "order_status": DOUYIN[sale.status], "create_time": sale.placed_at,
        "pay_time": 0 if sale.status == "placed" else sale.placed_at, "update_time": sale.updated_at,
        "finish_time": sale.updated_at if sale.status == "received" else 0,
        "sku_order_list": [{
            "order_id": f"{sale.number}-1", "code": sale.sku, "product_name": "Peaches", "item_num": sale.units,
            "pay_amount": sale.amount + 800, "post_amount": 800, "author_id": sale.sharer or 0, "author_name": "",
            "after_sale_info": {"refund_status": 3 if sale.returned == sale.units else 0},
        }],
    }  # fmt: skip


def _tiktok_order(sale: Sale) -> dict[str, Any]:
    each = f"{sale.amount // sale.units / 100:.2f}"
    return {
        "id": sale.number, "status": TIKTOK[sale.status], "create_time": sale.placed_at,
        "paid_time": 0 if sale.status == "placed" else sale.placed_at, "update_time": sale.updated_at,
        "delivery_time": sale.updated_at if sale.status == "received" else 0,
        "line_items": [
            {
                "id": f"{sale.number}-{unit}", "sku_id": f"t-{sale.sku}", "seller_sku": sale.sku,
                "product_name": "Peaches", "sale_price": each,
                "display_status": "CANCELLED" if unit < sale.returned else "DELIVERED",
            }
            for unit in range(sale.units)
        ],
    }  # fmt: skip


def serve(port: int) -> None:
    """By itself, with three orders to pull."""
    import uvicorn

    market = Marketplace()
    for number, sharer in (("S1", "openid-ya"), ("S2", ""), ("S3", "openid-li")):
        market.sell(Sale(number, sharer=sharer, worked_out=bool(sharer)))
    uvicorn.run(market, host="127.0.0.1", port=port, log_level="warning", lifespan="off")


if __name__ == "__main__":
    serve(int(sys.argv[1]))
