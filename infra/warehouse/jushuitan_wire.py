"""How Jushuitan writes things down: signatures, Beijing time and yuan.

Signature (https://openweb.jushuitan.com/doc, section "sign"): `md5(app_secret + k1 + v1 + k2 + v2 ...)` over all
parameters but `sign`, sorted by name, in lower hex. Parameters travel as a form; `biz` carries JSON.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import msgspec

from infra.signatures import BadSignature, require_fresh

BEIJING = timezone(timedelta(hours=8))
TOLERANCE_S = 600

UPLOAD = "/open/jushuitan/orders/upload"
QUERY = "/open/orders/single/query"
CANCEL = "/open/jushuitan/orderbyoid/cancel"
INVENTORY = "/open/inventory/query"
LOGISTICS = "/open/logistic/query"
RETURN_UPLOAD = "/open/aftersale/upload"
RETURN_RECEIVED = "/open/aftersale/received/query"

PUSH_SHIPMENT = "logistics.upload"
PUSH_STOCK = "inventory.upload"
PUSH_CANCEL = "orders.cancel"
# Not every type of app sends these; where they are missing, a query or the next count tells.
PUSH_RETURN = "aftersale.received"
PUSH_LACK = "orders.lack"
PUSH_PROGRESS = "orders.progress"

# Their short codes for carriers -> the tracking service's, which are the ones we keep.
CARRIERS = {
    "SF": "shunfeng",
    "ZTO": "zhongtong",
    "YTO": "yuantong",
    "STO": "shentong",
    "YUNDA": "yunda",
    "JD": "jd",
    "EMS": "ems",
}

OUR_CARRIERS = {ours: theirs for theirs, ours in CARRIERS.items()}

ACKNOWLEDGED = b'{"code":0,"msg":"ok"}'

_encoder = msgspec.json.Encoder(decimal_format="number")
_WITHOUT_MINOR_UNITS = frozenset({"JPY", "KRW", "VND"})


def signature(secret: str, params: Mapping[str, str]) -> str:
    text = secret + "".join(name + params[name] for name in sorted(params) if name != "sign")
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def signed_params(secret: str, params: Mapping[str, str], biz: object, now: datetime) -> dict[str, str]:
    """The whole form of one call or push."""
    form = {
        **params,
        "timestamp": str(int(now.timestamp())),
        "charset": "utf-8",
        "version": "2",
        "biz": _encoder.encode(biz).decode(),
    }
    return {**form, "sign": signature(secret, form)}


def verify_params(secret: str, params: Mapping[str, str], now: datetime) -> None:
    expected = signature(secret, params)
    if not hmac.compare_digest(expected.encode(), params.get("sign", "").encode("utf-8", "replace")):
        raise BadSignature("the signature does not fit")
    require_fresh(params.get("timestamp", ""), now, TOLERANCE_S)


def beijing(moment: datetime) -> str:
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def from_beijing(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)


def yuan(amount: int, currency: str) -> Decimal:
    """Minor units as the decimal amount the vendor expects."""
    return Decimal(amount).scaleb(0 if currency in _WITHOUT_MINOR_UNITS else -2)
