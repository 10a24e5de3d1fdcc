"""How Wangdiantong's enterprise edition writes things down: the signed form, its codes, and line numbers.

Signature (https://open.wangdian.cn/qyb/open/guide?path=guide_signsf): every parameter but `sign`, sorted by name, as
`len(name):02d-name:len(value):04d-value`, joined by `;`, the secret behind it, MD5 in lower hex. Lengths count
characters, not bytes. The page's own example is a test of ours.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from infra.signatures import BadSignature, require_fresh

TOLERANCE_S = 600

TRADE_PUSH = "/openapi2/trade_push.php"
TRADE_QUERY = "/openapi2/trade_query.php"
STOCKOUT_QUERY = "/openapi2/stockout_order_query_trade.php"
LOGISTICS_QUERY = "/openapi2/logistics_sync_query.php"
LOGISTICS_ACK = "/openapi2/logistics_sync_ack.php"
STOCK_QUERY = "/openapi2/api_goods_stock_change_query.php"
STOCK_ACK = "/openapi2/api_goods_stock_change_ack.php"
REFUND_PUSH = "/openapi2/sales_refund_push.php"
STOCKIN_QUERY = "/openapi2/stockin_order_query_refund.php"

# Their own trouble, and too many calls at a time or a minute; later the same call may succeed.
TRY_LATER = frozenset({1012, 1013, 1020, 1030, 1040, 1200, 1610})
TOO_OFTEN = ("超过每分钟最大调用频率", "超过每分钟最大并发次数")

# Where an order of theirs is. In between stand their own checks, of which nobody outside needs to know.
CANCELED, PICKED, PACKED, SHIPPED = 5, 60, 70, 95

# Whole or the beginning of what they call a carrier -> the tracking service's code, which is the one we keep.
CARRIERS = {
    "顺丰": "shunfeng",
    "中通": "zhongtong",
    "圆通": "yuantong",
    "申通": "shentong",
    "韵达": "yunda",
    "京东": "jd",
    "EMS": "ems",
    "极兔": "jtexpress",
    "德邦": "debangkuaidi",
}
OUR_CARRIERS = {ours: theirs for theirs, ours in CARRIERS.items()}


def signature(secret: str, params: Mapping[str, str]) -> str:
    text = ";".join(
        f"{len(name):02d}-{name}:{len(params[name]):04d}-{params[name]}" for name in sorted(params) if name != "sign"
    )
    return hashlib.md5((text + secret).encode(), usedforsecurity=False).hexdigest()


def signed_form(secret: str, params: Mapping[str, str], now: datetime) -> dict[str, str]:
    """The whole form of one call."""
    form = {**params, "timestamp": str(int(now.timestamp()))}
    return {**form, "sign": signature(secret, form)}


def verify_form(secret: str, params: Mapping[str, str], now: datetime) -> None:
    expected = signature(secret, params)
    if not hmac.compare_digest(expected.encode(), params.get("sign", "").encode("utf-8", "replace")):
        raise BadSignature("the signature does not fit")
    require_fresh(params.get("timestamp", ""), now, TOLERANCE_S)


def carrier(name: str, code: str) -> str:
    """Ours for theirs; a carrier we do not know keeps its own code."""
    found = next((ours for theirs, ours in CARRIERS.items() if name.startswith(theirs)), "")
    return found or code.lower()


def oid(reference: str, line_id: str) -> str:
    """A line's number over there, which must be unique in the whole account and at most 40 characters long.

    A line that is sent once more under another reference is another line there: so the line, and a mark of the order.
    """
    mark = hashlib.sha256(reference.encode()).hexdigest()[:7]
    return f"{_short(line_id)}.{mark}"


def line_id(oid: str) -> str:
    """Our line again; what was not made by `oid` comes back as it is, and nobody will know it."""
    shortened, _, mark = oid.rpartition(".")
    if not mark or not shortened:
        return oid
    try:
        return str(UUID(hex=shortened)) if len(shortened) == 32 else shortened
    except ValueError:
        return shortened


def _short(line_id: str) -> str:
    try:
        return UUID(line_id).hex
    except ValueError:
        return line_id
