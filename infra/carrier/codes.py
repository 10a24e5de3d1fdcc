"""Carriers by all their names: the codes we keep are Kuaidi100's, and every other service has its own.

Sources: the vendor's own demo for Kuaidi100 (kuaidi100-api/java-demo, CompanyConstant); for KDNiao's short codes its
interface documents (https://www.kdniao.com/documents), which WeChat's list of carriers shares
(https://developers.weixin.qq.com/miniprogram/dev/platform-capabilities/business-capabilities/order-shipping/order-shipping.html,
`get_delivery_list`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple


class Carrier(NamedTuple):
    """`code` is ours; `short` is KDNiao's and WeChat's; `name` as it is written on a parcel."""

    code: str
    short: str
    name: str
    also: tuple[str, ...] = ()
    numbers: str = ""


CARRIERS: Sequence[Carrier] = (
    Carrier("shunfeng", "SF", "顺丰速运", ("順豐速運", "顺丰", "順豐", "SF Express"), r"SF\d{10,15}"),
    Carrier("zhongtong", "ZTO", "中通快递", ("中通快遞", "中通", "ZTO Express"), r"(ZTO|7[3-9])\d{10,13}"),
    Carrier("yuantong", "YTO", "圆通速递", ("圓通速遞", "圆通", "YTO Express"), r"YT(O)?\d{10,15}"),
    Carrier("shentong", "STO", "申通快递", ("申通快遞", "申通", "STO Express"), r"(STO|77)\d{10,13}"),
    Carrier("yunda", "YD", "韵达快递", ("韻達快遞", "韵达", "YUNDA", "Yunda Express"), r"YUNDA\d{10,13}"),
    Carrier("jtexpress", "JTSD", "极兔速递", ("極兔速遞", "极兔", "JT", "J&T Express"), r"JT\d{13}"),
    Carrier("jd", "JD", "京东物流", ("京東物流", "京东", "JD Logistics"), r"JD[A-Z0-9]{11,18}"),
    Carrier("ems", "EMS", "EMS", ("邮政特快专递",), r"[A-Z]{2}\d{9}CN"),
    Carrier("youzhengguonei", "YZPY", "邮政快递包裹", ("郵政快遞包裹", "中国邮政", "China Post")),
    Carrier("debangkuaidi", "DBL", "德邦快递", ("德邦快遞", "德邦", "DB"), r"DPK\d{10,14}"),
    Carrier("huitongkuaidi", "HTKY", "百世快递", ("百世快遞", "百世", "BEST")),
    Carrier("danniao", "DNWL", "丹鸟物流", ("丹鳥物流", "菜鸟速递")),
)
NEEDS_PHONE = frozenset({"shunfeng", "zhongtong"})
_BY_NAME = {
    name.casefold(): carrier
    for carrier in CARRIERS
    for name in (carrier.code, carrier.short, carrier.name, *carrier.also)
}
_PATTERNS = [(re.compile(carrier.numbers), carrier) for carrier in CARRIERS if carrier.numbers]


def find(written: str) -> Carrier | None:
    """The carrier somebody means, by any of its codes or names."""
    return _BY_NAME.get(written.strip().casefold())


def guess(tracking_number: str) -> Carrier | None:
    """Whose number this looks like; None where several carriers number alike."""
    return next((carrier for pattern, carrier in _PATTERNS if pattern.fullmatch(tracking_number.strip().upper())), None)


def ours(written: str) -> str:
    """Our code for what a service calls a carrier, or its own word for one we do not know."""
    carrier = find(written)
    return carrier.code if carrier else written.strip().lower()
