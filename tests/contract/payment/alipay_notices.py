"""How Alipay signs: written from its documents, apart from the adapter and the SDK under test."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from infra.payment.alipay_account import AlipayAccount
from tests.contract.payment.keys import pair, private_pem, public_pem

APP_ID, SELLER_ID = "2021000122671234", "2088621956091234"
BEIJING = timezone(timedelta(hours=8))


def account(base_url: str = "http://alipay.invalid/gateway.do", **other: Any) -> AlipayAccount:
    fields = {
        "app_id": APP_ID,
        "seller_id": SELLER_ID,
        "private_key": private_pem("app"),
        "alipay_public_key": public_pem("alipay"),
        "base_url": base_url,
    }
    return AlipayAccount(**(fields | other))


def clock(moment: datetime) -> str:
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def signature(text: str, signer: str = "alipay") -> str:
    return base64.b64encode(pair(signer).sign(text.encode(), PKCS1v15(), SHA256())).decode()


def answer(node: str, said: Mapping[str, Any], *, signer: str = "alipay") -> bytes:
    """An answer: the node as text, and the signature of exactly that text."""
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return f'{{"{node}":{text},"sign":"{signature(text, signer)}"}}'.encode()


def form(fields: Mapping[str, str], *, signer: str = "alipay", sign_type: str = "RSA2") -> bytes:
    """A notice's body: everything but `sign` and `sign_type` is signed, sorted by name."""
    text = "&".join(f"{name}={value}" for name, value in sorted(fields.items()))
    return urlencode({**fields, "sign": signature(text, signer), "sign_type": sign_type}).encode()


def trade(now: datetime, **other: str) -> dict[str, str]:
    """A paid trade as Alipay tells it, with the fields that are there although nothing was refunded or closed."""
    fields = {
        "notify_time": clock(now),
        "notify_type": "trade_status_sync",
        "notify_id": "4a91b7a78a503640467525113fb7d8bg8e",
        "app_id": APP_ID,
        "auth_app_id": APP_ID,
        "charset": "utf-8",
        "version": "1.0",
        "trade_no": "2026112222001004920264050508",
        "out_trade_no": "T1000123-1",
        "buyer_id": "2088102116773037",
        "seller_id": SELLER_ID,
        "trade_status": "TRADE_SUCCESS",
        "total_amount": "43.90",
        "receipt_amount": "43.90",
        "subject": "两盒茶叶 + 一罐蜂蜜",
        "gmt_create": "2026-11-22 07:59:00",
        "gmt_payment": "2026-11-22 08:00:00",
        "fund_bill_list": '[{"amount":"43.90","fundChannel":"ALIPAYACCOUNT"}]',
    }
    return {name: value for name, value in (fields | other).items() if value}
