"""How Qimen writes things down: the signed address, the methods, and XML that is read with suspicion.

Signature (the vendor's guide to signing at https://qimen.taobao.com, "签名算法"): the secret, every parameter of the
address but `sign` sorted by name as name and value, the body, the secret again; MD5 in upper hex. The time is that of
Beijing. Methods are named with and without `taobao.qimen.` in front, depending on who calls whom.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml.ElementTree import fromstring

from infra.signatures import BadSignature, require_fresh
from infra.warehouse.jushuitan_wire import beijing, from_beijing

PATH = "/router/qimen/service"
FRONT = "taobao.qimen."
TOLERANCE_S = 600
LONGEST = 256 * 1024

CREATE, CANCEL, QUERY = "deliveryorder.create", "order.cancel", "deliveryorder.query"
RETURN_CREATE, STOCK_QUERY = "returnorder.create", "stock.query"
CONFIRM, RETURN_CONFIRM, STOCK_CHANGE = "deliveryorder.confirm", "returnorder.confirm", "stockchange.report"
PROCESS, LACK = "orderprocess.report", "itemlack.report"

# Their codes for carriers are those of the first dialect, with a few more.
CARRIERS = {
    "SF": "shunfeng", "ZTO": "zhongtong", "YTO": "yuantong", "STO": "shentong", "YUNDA": "yunda", "JD": "jd",
    "EMS": "ems", "HTKY": "huitongkuaidi", "JTSD": "jtexpress", "DBKD": "debangkuaidi",
}  # fmt: skip
OUR_CARRIERS = {ours: theirs for theirs, ours in CARRIERS.items()}

ACKNOWLEDGED = (
    b"<?xml version='1.0' encoding='utf-8'?>\n"
    b"<response><flag>success</flag><code>0</code><message>ok</message></response>"
)


class NotXml(ValueError):
    """Too long, broken off, or XML that wants more than to be read."""


def signature(secret: str, params: Mapping[str, str], body: bytes) -> str:
    said = "".join(name + params[name] for name in sorted(params) if name != "sign")
    text = secret.encode() + said.encode() + body + secret.encode()
    return hashlib.md5(text, usedforsecurity=False).hexdigest().upper()


def signed_params(secret: str, params: Mapping[str, str], body: bytes, now: datetime) -> dict[str, str]:
    """The whole address of one call or callback; `params` name the method, the account and the customer."""
    named = {**params, "timestamp": beijing(now), "format": "xml", "v": "2.0", "sign_method": "md5"}
    return {**named, "sign": signature(secret, named, body)}


def verify_params(secret: str, params: Mapping[str, str], body: bytes, now: datetime) -> None:
    expected = signature(secret, params, body)
    if not hmac.compare_digest(expected.encode(), params.get("sign", "").upper().encode("utf-8", "replace")):
        raise BadSignature("the signature does not fit")
    try:
        said = from_beijing(params.get("timestamp", ""))
    except ValueError as error:
        raise BadSignature("the time is not a time") from error
    require_fresh(str(max(int(said.timestamp()), 0)), now, TOLERANCE_S)


def read(body: bytes) -> Element:
    """No document types, no entities, nothing from elsewhere, and not too much of it."""
    if len(body) > LONGEST:
        raise NotXml("too long")
    try:
        found: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, ValueError, LookupError) as error:
        raise NotXml(str(error)) from error
    return found


def written(tag: str, said: Mapping[str, Any]) -> bytes:
    """A mapping is an element with children, a list is an element several times, everything else is its text."""
    return bytes(tostring(_fill(Element(tag), said), encoding="utf-8", xml_declaration=True))


def _fill(parent: Element, said: Mapping[str, Any]) -> Element:
    for name, value in said.items():
        for one in value if isinstance(value, list) else [value]:
            child = SubElement(parent, name)
            if isinstance(one, Mapping):
                _fill(child, one)
            else:
                child.text = plain(str(one))
    return parent


_NO_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


def plain(text: str) -> str:
    """Without the few characters XML cannot carry at all; a name with one of them would spoil a whole order."""
    return _NO_XML.sub("", text)


def text(node: Element, path: str) -> str:
    return (node.findtext(path) or "").strip()


def number(node: Element, path: str) -> int:
    """Whole pieces; raises ValueError for what is none. Nothing said is nothing."""
    said = text(node, path)
    return int(said) if said else 0


def method_of(params: Mapping[str, str]) -> str:
    return params.get("method", "").removeprefix(FRONT)
