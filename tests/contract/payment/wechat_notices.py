"""How WeChat Pay signs and encrypts: written from its documents, apart from the adapter and the SDK under test."""

from __future__ import annotations

import base64
import json
import secrets
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from infra.payment.wechat_account import WeChatAccount
from tests.contract.payment.keys import PLATFORM_SERIAL, certificate_pem, pair, private_pem, public_pem

APIV3_KEY = "0123456789abcdef0123456789abcdef"
MERCHANT_SERIAL = "1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C"
KEY_ID = "PUB_KEY_ID_0114232134912410000000000000"
CERTIFICATE_SERIAL = format(PLATFORM_SERIAL, "X")
APP_SECRET = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
MINI_SECRET, MINI_APPID = "f9e8d7c6b5a4938271605f4e3d2c1b0a", "wx5d5d5d5d5d5d5d5d"
MCHID, APPID = "1900009191", "wxd678efh567hg6787"


def account(base_url: str = "http://wechat.invalid", *, by_certificate: bool = False, **other: Any) -> WeChatAccount:
    trust = (
        {"platform_certificates": certificate_pem("platform")}
        if by_certificate
        else {"public_key_id": KEY_ID, "public_key": public_pem("platform")}
    )
    fields = {
        "mchid": MCHID,
        "appid": APPID,
        "serial_no": MERCHANT_SERIAL,
        "private_key": private_pem("merchant"),
        "apiv3_key": APIV3_KEY,
        "base_url": base_url,
    }
    return WeChatAccount(**(fields | trust | other))


def signature_headers(
    body: bytes, now: datetime, *, serial: str = KEY_ID, signer: str = "platform", nonce: str = ""
) -> dict[str, str]:
    """The four headers of a signed answer or notice."""
    timestamp, nonce = str(int(now.timestamp())), nonce or secrets.token_hex(16)
    text = f"{timestamp}\n{nonce}\n".encode() + body + b"\n"
    return {
        "Wechatpay-Timestamp": timestamp,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Serial": serial,
        "Wechatpay-Signature": base64.b64encode(pair(signer).sign(text, PKCS1v15(), SHA256())).decode(),
        "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
    }


def envelope(
    event_type: str,
    about: dict[str, Any],
    *,
    event_id: str,
    created: str,
    key: str = APIV3_KEY,
    kind: str = "transaction",
) -> bytes:
    """A notice's body with its resource encrypted."""
    nonce = secrets.token_hex(6)
    sealed = AESGCM(key.encode()).encrypt(nonce.encode(), json.dumps(about).encode(), kind.encode())
    notice = {
        "id": event_id,
        "create_time": created,
        "resource_type": "encrypt-resource",
        "event_type": event_type,
        "summary": "支付成功",
        "resource": {
            "original_type": kind,
            "algorithm": "AEAD_AES_256_GCM",
            "ciphertext": base64.b64encode(sealed).decode(),
            "associated_data": kind,
            "nonce": nonce,
        },
    }
    return json.dumps(notice, ensure_ascii=False).encode()


def transaction(**other: Any) -> dict[str, Any]:
    """A paid order as WeChat tells it."""
    return {
        "mchid": MCHID,
        "appid": APPID,
        "out_trade_no": "T1000123-1",
        "transaction_id": "4200000000202611220000000001",
        "trade_type": "NATIVE",
        "trade_state": "SUCCESS",
        "trade_state_desc": "支付成功",
        "bank_type": "OTHERS",
        "success_time": "2026-11-22T08:00:00+08:00",
        "payer": {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
        "amount": {"total": 4390, "payer_total": 4390, "currency": "CNY", "payer_currency": "CNY"},
        **other,
    }


def refunded(**other: Any) -> dict[str, Any]:
    """A refund's notice as WeChat tells it: without an app, without a currency."""
    return {
        "mchid": MCHID,
        "out_trade_no": "T1000123-1",
        "transaction_id": "4200000000202611220000000001",
        "out_refund_no": "T1000123-1-R1",
        "refund_id": "50300000000000000001",
        "refund_status": "SUCCESS",
        "success_time": "2026-11-22T09:00:00+08:00",
        "user_received_account": "支付用户零钱",
        "amount": {"total": 4390, "refund": 390, "payer_total": 4390, "payer_refund": 390},
        **other,
    }
