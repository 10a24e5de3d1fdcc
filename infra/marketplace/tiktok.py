"""TikTok Shop: orders by the Open API of 202309.

Sources: https://partner.tiktokshop.com/docv2/page/get-order-list-202309 (POST /order/202309/orders/search, pages by
`next_page_token`), .../get-order-detail-202309, and https://partner.tiktokshop.com/docv2/page/sign-your-api-request:
HMAC-SHA256 by the secret over secret + path + every query parameter but `sign` and `access_token`, sorted, name and
value together + the body + secret, in lower hex. The order says nothing of the creator who sold it, so the host who was
on air there has it; a creator comes with the affiliate export.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

import msgspec

from infra import clock
from infra.http import Outside
from infra.marketplace.calls import JSON, PAUSE_S, Caller, at, needed
from infra.marketplace.port import (
    MarketplaceRejected,
    MarketplaceUnavailable,
    OrderPage,
    SoldLine,
    SoldOrder,
    Status,
)

ADDRESS = "https://open-api.tiktokglobalshop.com"
SEARCH, DETAIL = "/order/202309/orders/search", "/order/202309/orders"
PAGE_SIZE = 50
TRY_LATER = frozenset({36009003, 36009004, 36009036, 98001001})  # their trouble, and too many questions
STATUS: dict[str, Status] = {
    "UNPAID": "placed", "ON_HOLD": "paid", "AWAITING_SHIPMENT": "paid", "PARTIALLY_SHIPPING": "shipped",
    "AWAITING_COLLECTION": "paid", "IN_TRANSIT": "shipped", "DELIVERED": "received", "COMPLETED": "received",
    "CANCELLED": "closed",
}  # fmt: skip


class TikTokShop(msgspec.Struct, frozen=True):
    """The shop's authorization of the store's app; amounts are in `currency`, of so many decimals."""

    app_key: str
    secret: str
    access_token: str
    shop_cipher: str
    currency: str
    decimals: int = 2
    base_url: str = ADDRESS

    def __repr__(self) -> str:
        return f"TikTokShop({self.app_key!r})"


def signature(secret: str, path: str, params: Mapping[str, str], body: bytes) -> str:
    plain = "".join(name + params[name] for name in sorted(params) if name not in ("sign", "access_token"))
    text = secret.encode() + path.encode() + plain.encode() + body + secret.encode()
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


class TikTok:
    """Keeps the promises of `MarketplaceOrders` in the dialect of TikTok Shop."""

    longest_window = timedelta(days=30)

    def __init__(self, shop: TikTokShop, outside: Outside, *, pause_s: float = PAUSE_S) -> None:
        self._shop = shop
        self._caller = Caller(outside, shop.base_url, shop.app_key, pause_s=pause_s)

    async def changed(self, since: datetime, until: datetime, cursor: str = "") -> OrderPage:
        params = {"page_size": str(PAGE_SIZE), "sort_field": "update_time", "sort_order": "ASC"}
        window = {"update_time_ge": int(since.timestamp()), "update_time_lt": int(until.timestamp())}
        return await self._search(params | ({"page_token": cursor} if cursor else {}), window)

    async def order(self, number: str) -> SoldOrder | None:
        """Asked for by the list too: its answer has the same shape, and one way to read it is enough."""
        page = await self._search({"page_size": "1"}, {"order_ids": [number]})
        return next((order for order in page.orders if order.number == number), None)

    async def _search(self, params: dict[str, str], asked: Mapping[str, Any]) -> OrderPage:
        body = msgspec.json.encode(asked)
        query = params | {
            "app_key": self._shop.app_key, "shop_cipher": self._shop.shop_cipher,
            "timestamp": str(int(clock.now().timestamp())),
        }  # fmt: skip
        query["sign"] = signature(self._shop.secret, SEARCH, query, body)
        headers = JSON | {"x-tts-access-token": self._shop.access_token}
        said = await self._caller.ask(f"{SEARCH}?{urlencode(query)}", body, headers)
        code = said.get("code")
        if code in TRY_LATER:
            raise MarketplaceUnavailable(f"{code} {said.get('message')}")
        if code != 0:
            raise MarketplaceRejected(str(code), str(said.get("message", "")))
        data = said.get("data") or {}
        orders = data.get("orders") or []
        return OrderPage(
            orders=tuple(map(self._read, orders)), cursor=str(data.get("next_page_token") or "") if orders else ""
        )

    def _read(self, said: dict[str, Any]) -> SoldOrder:
        try:
            return self._order(said)
        except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
            raise MarketplaceUnavailable("the answer is no whole order") from error

    def _order(self, said: dict[str, Any]) -> SoldOrder:
        if said["status"] not in STATUS:
            raise MarketplaceUnavailable(f"a state nobody knows: {said['status']}")
        paid_at, as_of = at(said.get("paid_time")), needed(at(said.get("update_time")), "update_time")
        called_off = STATUS[said["status"]] == "closed" and paid_at is not None
        status: Status = "paid" if called_off else STATUS[said["status"]]
        received = at(said.get("delivery_time")) or as_of
        return SoldOrder(
            number=str(said["id"]), status=status, placed_at=needed(at(said.get("create_time")), "create_time"),
            paid_at=paid_at, as_of=as_of, received_at=received if status == "received" else None,
            lines=self._lines(said["line_items"], all_back=called_off),
        )  # fmt: skip

    def _lines(self, items: list[dict[str, Any]], *, all_back: bool) -> tuple[SoldLine, ...]:
        """They list every unit by itself; units of one SKU are one line."""
        found = []
        for sku, units in groupby(sorted(items, key=_sku), key=_sku):
            same = list(units)
            paid = sum(self._minor(one["sale_price"]) for one in same)
            back = sum(self._minor(one["sale_price"]) for one in same if one.get("display_status") == "CANCELLED")
            found.append(
                SoldLine(
                    key=sku,
                    title=str(same[0].get("product_name") or sku),
                    quantity=len(same),
                    paid_amount=paid,
                    sku_code=str(same[0].get("seller_sku") or ""),
                    refunded_amount=paid if all_back else back,
                )
            )
        return tuple(found)

    def _minor(self, text: str) -> int:
        return int(Decimal(text).scaleb(self._shop.decimals).to_integral_value())


def _sku(item: dict[str, Any]) -> str:
    return str(item["sku_id"])
