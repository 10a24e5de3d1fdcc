"""WeChat's shipping information 發貨信息錄入: without it, WeChat keeps the money that was paid inside a mini-program.

Sources: https://developers.weixin.qq.com/miniprogram/dev/platform-capabilities/business-capabilities/order-shipping/order-shipping.html
(`/wxa/sec/order/upload_shipping_info`: order key by WeChat's or the merchant's number, one parcel or several, at most
ten a call; what was sent whole can be corrected once); for the carriers' codes
https://developers.weixin.qq.com/miniprogram/dev/platform-capabilities/industry/express/business/express_search.html
(`get_delivery_list`: `delivery_id` and `delivery_name`); and, for the token,
https://developers.weixin.qq.com/doc/oplatform/developers/dev/api/basic-api/token/stable_token.html. A token belongs to
the app, so all of a process's calls share it until it is over.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec

from infra.http import AddressRefused, Outside, OutsideUnavailable
from infra.payment.port import PaymentRejected, PaymentUnavailable
from infra.payment.wechat_answers import BUSY, DONE_ALREADY, TOKEN_IS_OVER

TOKEN, UPLOAD = "/cgi-bin/stable_token", "/wxa/sec/order/upload_shipping_info"
CARRIERS = "/cgi-bin/express/delivery/open_msg/get_delivery_list"
BEIJING = timezone(timedelta(hours=8))
JSON = {"Content-Type": "application/json"}
BY_MERCHANT_NUMBER, BY_WECHAT_NUMBER = 1, 2
EXPRESS = 1
UNIFIED, SPLIT = 1, 2
MOST_PARCELS, LONGEST_ITEM = 10, 120
EARLY_S = 300

_tokens: dict[tuple[str, str], tuple[str, float]] = {}


class ShippedParcel(msgspec.Struct, frozen=True):
    """`carrier` is WeChat's own code; `receiver` a telephone with its middle hidden, wanted by some carriers."""

    tracking_number: str
    carrier: str
    item_desc: str
    receiver: str = ""


class ShippingInfo(msgspec.Struct, frozen=True):
    """What left of one payment. `split`: in several parcels; `complete`: nothing more will follow."""

    transaction_id: str
    payment_number: str
    merchant_id: str
    payer_id: str
    parcels: Sequence[ShippedParcel]
    split: bool
    complete: bool
    at: datetime


class WeChatShipping:
    """Tells WeChat for one mini-program. Raises PaymentRejected with WeChat's number, PaymentUnavailable."""

    def __init__(self, app_id: str, secret: str, base_url: str, outside: Outside) -> None:
        self._app_id = app_id
        self._secret = secret
        self._base_url = base_url.rstrip("/")
        self._outside = outside

    async def upload(self, info: ShippingInfo) -> None:
        """The same again is no error: an answer may have been lost."""
        _require_yes(await self._ask(UPLOAD, _content(info)), DONE_ALREADY)

    async def carriers(self) -> dict[str, str]:
        """The names of the carriers WeChat knows, by its codes."""
        said = await self._ask(CARRIERS, {})
        _require_yes(said)
        try:
            known = msgspec.convert(said.get("delivery_list", []), list[_KnownCarrier])
        except msgspec.ValidationError as error:
            raise PaymentUnavailable("the answer makes no sense") from error
        return {one.delivery_id: one.delivery_name for one in known if one.delivery_id}

    async def _ask(self, path: str, content: object) -> dict[str, Any]:
        """Once more with a fresh token when the one we had is over."""
        for fresh in (False, True):
            token = await self._token(fresh=fresh)
            said = await self._post(f"{path}?access_token={token}", content)
            if int(said.get("errcode", 0)) not in TOKEN_IS_OVER:
                return said
        raise PaymentUnavailable("no token is believed")

    async def _token(self, *, fresh: bool) -> str:
        place = (self._app_id, self._base_url)
        kept, until = _tokens.get(place, ("", 0.0))
        if kept and not fresh and time.monotonic() < until:
            return kept
        said = await self._post(
            TOKEN, {"grant_type": "client_credential", "appid": self._app_id, "secret": self._secret}
        )
        _require_yes(said)
        if not said.get("access_token"):
            raise PaymentRejected("wechat_no_token", str(said.get("errmsg", "")))
        _tokens[place] = (str(said["access_token"]), time.monotonic() + int(said.get("expires_in", 7200)) - EARLY_S)
        return _tokens[place][0]

    async def _post(self, path: str, content: object) -> dict[str, Any]:
        try:
            answer = await self._outside.request(
                "POST", self._base_url + path, content=msgspec.json.encode(content), headers=JSON,
                party=f"{self._app_id}@{self._base_url}",
            )  # fmt: skip
        except AddressRefused as error:
            raise PaymentRejected("address_refused") from error
        except OutsideUnavailable as error:
            raise PaymentUnavailable(type(error).__name__) from error
        if answer.status != 200:
            raise PaymentUnavailable(f"answered {answer.status}")
        try:
            return msgspec.json.decode(answer.body, type=dict[str, Any])
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise PaymentUnavailable("the answer makes no sense") from error


class _KnownCarrier(msgspec.Struct):
    delivery_id: str
    delivery_name: str


def _require_yes(said: dict[str, Any], as_good_as_yes: frozenset[int] = frozenset()) -> None:
    """Raises PaymentUnavailable when another try may help, PaymentRejected when not."""
    code = int(said.get("errcode", 0))
    if code in BUSY:
        raise PaymentUnavailable(f"answered {code}")
    if code and code not in as_good_as_yes:
        raise PaymentRejected(f"wechat_{code}", str(said.get("errmsg", "")))


def _content(info: ShippingInfo) -> dict[str, Any]:
    key: dict[str, Any] = (
        {"order_number_type": BY_WECHAT_NUMBER, "transaction_id": info.transaction_id}
        if info.transaction_id
        else {
            "order_number_type": BY_MERCHANT_NUMBER, "mchid": info.merchant_id, "out_trade_no": info.payment_number,
        }
    )  # fmt: skip
    said: dict[str, Any] = {
        "order_key": key,
        "logistics_type": EXPRESS,
        "delivery_mode": SPLIT if info.split else UNIFIED,
        "shipping_list": [_parcel(parcel) for parcel in info.parcels],
        "upload_time": info.at.astimezone(BEIJING).isoformat(timespec="milliseconds"),
        "payer": {"openid": info.payer_id},
    }
    return said | ({"is_all_delivered": info.complete} if info.split else {})


def _parcel(parcel: ShippedParcel) -> dict[str, Any]:
    contact = {"contact": {"receiver_contact": parcel.receiver}} if parcel.receiver else {}
    return {
        "tracking_no": parcel.tracking_number, "express_company": parcel.carrier,
        "item_desc": parcel.item_desc[:LONGEST_ITEM], **contact,
    }  # fmt: skip
