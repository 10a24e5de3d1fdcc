"""WeChat Channels shop 視頻號小店 (微信小店): orders with their sharer, which is worked out late.

Sources: https://developers.weixin.qq.com/doc/store/shop/API/order/list/get.html (changed orders of at most seven days,
pages by `next_key`), .../order/get.html (order, `sharer_info`, `sku_sharer_infos`, states), and
for the token https://developers.weixin.qq.com/doc/oplatform/developers/dev/api/basic-api/token/stable_token.html.
`handling_progress` is 1 once WeChat has worked out who shared, 0 while it has not; until then a sharer may change.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec

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

ADDRESS = "https://api.weixin.qq.com"
TOKEN, LIST, GET = "/cgi-bin/stable_token", "/channels/ec/order/list/get", "/channels/ec/order/get"
PAGE_SIZE = 50
TRY_LATER = frozenset({-1, 45009, 45011, 43104})  # their trouble, and the limits per day and per minute
TOKEN_IS_OVER = frozenset({40001, 40014, 42001})
NO_SUCH_ORDER = 100002
STATUS: dict[int, Status] = {
    10: "placed", 12: "paid", 13: "paid", 20: "paid", 21: "shipped", 30: "shipped", 100: "received", 200: "paid",
    250: "closed",
}  # fmt: skip
ALL_BACK, WORKED_OUT = 200, 1


class WeChatShop(msgspec.Struct, frozen=True):
    """The shop's own account."""

    appid: str
    secret: str
    base_url: str = ADDRESS

    def __repr__(self) -> str:
        return f"WeChatShop({self.appid!r})"


class WeChatChannels:
    """Keeps the promises of `MarketplaceOrders` in the dialect of WeChat Channels."""

    longest_window = timedelta(days=7)

    def __init__(self, shop: WeChatShop, outside: Outside, *, pause_s: float = PAUSE_S) -> None:
        self._shop = shop
        self._caller = Caller(outside, shop.base_url, shop.appid, pause_s=pause_s)
        self._token = ""

    async def changed(self, since: datetime, until: datetime, cursor: str = "") -> OrderPage:
        asked = {
            "update_time_range": {"start_time": int(since.timestamp()), "end_time": int(until.timestamp())},
            "page_size": PAGE_SIZE, "next_key": cursor,
        }  # fmt: skip
        said = await self._ask(LIST, asked)
        numbers = said.get("order_id_list") or []
        found = [order for number in numbers if (order := await self.order(str(number)))]
        more = bool(said.get("has_more")) and bool(numbers)
        return OrderPage(orders=tuple(found), cursor=str(said.get("next_key") or "") if more else "")

    async def order(self, number: str) -> SoldOrder | None:
        try:
            said = await self._ask(GET, {"order_id": number})
        except MarketplaceRejected as refusal:
            if refusal.code == str(NO_SUCH_ORDER):
                return None
            raise
        try:
            return _order(said["order"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise MarketplaceUnavailable("the answer is no whole order") from error

    async def _ask(self, path: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Once more with a fresh token when the one we had is over."""
        for _ in range(2):
            token = self._token or await self._fresh_token()
            said = await self._caller.ask(f"{path}?access_token={token}", msgspec.json.encode(asked))
            if said.get("errcode", 0) not in TOKEN_IS_OVER:
                return _opened(said)
            self._token = ""
        raise MarketplaceRejected(str(said["errcode"]), str(said.get("errmsg", "")))

    async def _fresh_token(self) -> str:
        asked = {"grant_type": "client_credential", "appid": self._shop.appid, "secret": self._shop.secret}
        said = _opened(await self._caller.ask(TOKEN, msgspec.json.encode(asked)))
        self._token = str(said.get("access_token") or "")
        if not self._token:
            raise MarketplaceUnavailable("no token came")
        return self._token


def _opened(said: dict[str, Any]) -> dict[str, Any]:
    code = said.get("errcode", 0)
    if code in TRY_LATER:
        raise MarketplaceUnavailable(f"{code} {said.get('errmsg')}")
    if code != 0:
        raise MarketplaceRejected(str(code), str(said.get("errmsg", "")))
    return said


def _order(said: dict[str, Any]) -> SoldOrder:
    detail, state = said["order_detail"], int(said["status"])
    if state not in STATUS:
        raise MarketplaceUnavailable(f"a state nobody knows: {state}")
    status, as_of = STATUS[state], needed(at(said.get("update_time")), "update_time")
    received = at((detail.get("ext_info") or {}).get("confirm_receipt_time"))
    return SoldOrder(
        number=str(said["order_id"]), status=status, placed_at=needed(at(said.get("create_time")), "create_time"),
        paid_at=at((detail.get("pay_info") or {}).get("pay_time")), as_of=as_of,
        received_at=(received or as_of) if status == "received" else None, lines=_lines(detail, state),
    )  # fmt: skip


def _lines(detail: dict[str, Any], state: int) -> tuple[SoldLine, ...]:
    goods = detail["product_infos"]
    of_order = detail.get("sharer_info") or {}
    of_goods = {str(one["sku_id"]): one for one in detail.get("sku_sharer_infos") or [] if one.get("sharer_openid")}
    keys = keyed(str(one.get("sku_code") or one["sku_id"]) for one in goods)
    return tuple(_line(key, one, of_goods.get(str(one["sku_id"]), of_order), of_order, state)
                 for key, one in zip(keys, goods, strict=True))  # fmt: skip


def _line(key: str, one: dict[str, Any], sharer: dict[str, Any], of_order: dict[str, Any], state: int) -> SoldLine:
    paid, units = int(one["real_price"]), int(one["sku_cnt"])
    gone = units if state == ALL_BACK else min(int(one.get("finish_aftersale_sku_cnt") or 0), units)
    openid = str(sharer.get("sharer_openid") or "")
    return SoldLine(
        key=key, title=str(one.get("title") or key), sku_code=str(one.get("sku_code") or ""), quantity=units,
        paid_amount=paid, refunded_amount=paid * gone // units, sharer=openid,
        sharer_final=bool(openid) and of_order.get("handling_progress") == WORKED_OUT,
    )  # fmt: skip
