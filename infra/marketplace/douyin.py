"""Douyin shop 抖店: orders with the author who sold them.

Sources: https://op.jinritemai.com/docs/api-docs/15/1342 (order.searchList: changed orders, pages from 0) and
https://op.jinritemai.com/docs/guide-docs/10/23 (signature: the secret, then app_key, method, param_json, timestamp and
v with their values in this order, then the secret again; HMAC-SHA256 by the secret). `param_json` is signed as it is
sent: its keys sorted, nothing between them. Held against the digest of an independent implementation in the tests.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec

from infra import clock
from infra.http import Outside
from infra.marketplace.calls import PAUSE_S, Caller, at, keyed, needed
from infra.marketplace.port import (
    MarketplaceRejected,
    MarketplaceUnavailable,
    OrderPage,
    SoldLine,
    SoldOrder,
    Status,
)

ADDRESS = "https://openapi-fxg.jinritemai.com"
SEARCH, DETAIL = "order.searchList", "order.orderDetail"
PAGE_SIZE = 100
GOOD = 10000
TRY_LATER = frozenset({20000, 20001, 80001, 80007})  # their trouble, and too many questions
STATUS: dict[int, Status] = {
    1: "placed",
    105: "paid",
    2: "paid",
    101: "shipped",
    3: "shipped",
    4: "closed",
    5: "received",
}
REFUNDED = 3
SIGNED = ("app_key", "method", "param_json", "timestamp", "v")


class DouyinShop(msgspec.Struct, frozen=True):
    """The shop's own app."""

    app_key: str
    secret: str
    access_token: str
    base_url: str = ADDRESS

    def __repr__(self) -> str:
        return f"DouyinShop({self.app_key!r})"


def signature(secret: str, params: Mapping[str, str]) -> str:
    text = secret + "".join(name + params[name] for name in SIGNED) + secret
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


class Douyin:
    """Keeps the promises of `MarketplaceOrders` in the dialect of Douyin."""

    longest_window = timedelta(days=30)

    def __init__(self, shop: DouyinShop, outside: Outside, *, pause_s: float = PAUSE_S) -> None:
        self._shop = shop
        self._caller = Caller(outside, shop.base_url, shop.app_key, pause_s=pause_s)

    async def changed(self, since: datetime, until: datetime, cursor: str = "") -> OrderPage:
        page = int(cursor or 0)
        said = await self._ask(SEARCH, {
            "order_asc": True, "order_by": "update_time", "page": page, "size": PAGE_SIZE,
            "update_time_end": int(until.timestamp()), "update_time_start": int(since.timestamp()),
        })  # fmt: skip
        orders = said.get("shop_order_list")
        if not isinstance(orders, list):
            raise MarketplaceUnavailable("the answer has no list")
        more = (page + 1) * PAGE_SIZE < int(said.get("total") or 0) and bool(orders)
        return OrderPage(orders=tuple(map(_read, orders)), cursor=str(page + 1) if more else "")

    async def order(self, number: str) -> SoldOrder | None:
        said = await self._ask(DETAIL, {"shop_order_id": number})
        found = said.get("shop_order_detail")
        return _read(found) if found else None

    async def _ask(self, method: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        body = msgspec.json.encode(asked, order="sorted")
        params = {
            "app_key": self._shop.app_key, "method": method, "param_json": body.decode(),
            "timestamp": str(int(clock.now().timestamp())), "v": "2",
        }  # fmt: skip
        query = {name: value for name, value in params.items() if name != "param_json"} | {
            "sign": signature(self._shop.secret, params), "sign_method": "hmac-sha256",
            "access_token": self._shop.access_token,
        }  # fmt: skip
        said = await self._caller.ask(f"/{method.replace('.', '/')}?{urlencode(query)}", body)
        code = said.get("code")
        if code in TRY_LATER:
            raise MarketplaceUnavailable(f"{code} {said.get('msg')}")
        if code != GOOD:
            raise MarketplaceRejected(str(said.get("sub_code") or code), str(said.get("sub_msg") or said.get("msg")))
        data = said.get("data")
        if not isinstance(data, dict):
            raise MarketplaceUnavailable("the answer is empty")
        return data


def _read(said: dict[str, Any]) -> SoldOrder:
    try:
        return _order(said)
    except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError) as error:
        raise MarketplaceUnavailable("the answer is no whole order") from error


def _order(said: dict[str, Any]) -> SoldOrder:
    state = int(said["order_status"])
    if state not in STATUS:
        raise MarketplaceUnavailable(f"a state nobody knows: {state}")
    paid_at, as_of = at(said.get("pay_time")), needed(at(said.get("update_time")), "update_time")
    called_off = STATUS[state] == "closed" and paid_at is not None
    status: Status = "paid" if called_off else STATUS[state]
    goods = said["sku_order_list"]
    keys = keyed(str(one["order_id"]) for one in goods)
    return SoldOrder(
        number=str(said["order_id"]), status=status, placed_at=needed(at(said.get("create_time")), "create_time"),
        paid_at=paid_at, as_of=as_of,
        received_at=(at(said.get("finish_time")) or as_of) if status == "received" else None,
        lines=tuple(
            _line(key, one, all_back=called_off, final=status == "received")
            for key, one in zip(keys, goods, strict=True)
        ),
    )  # fmt: skip


def _line(key: str, one: dict[str, Any], *, all_back: bool, final: bool) -> SoldLine:
    paid = max(0, int(one["pay_amount"]) - int(one.get("post_amount") or 0))
    back = all_back or (one.get("after_sale_info") or {}).get("refund_status") == REFUNDED
    author = str(one.get("author_id") or "").strip("0")
    return SoldLine(
        key=key, title=str(one.get("product_name") or key), sku_code=str(one.get("code") or ""),
        quantity=max(1, int(one["item_num"])), paid_amount=paid, refunded_amount=paid if back else 0,
        sharer=str(one["author_id"]) if author else "", sharer_name=str(one.get("author_name") or ""),
        sharer_final=final and bool(author),
    )  # fmt: skip
