"""Talking to Alipay's gateway: requests signed by the app, answers and notices by Alipay (RSA2).

Building and signing are the SDK's (`python-alipay-sdk`). It checks a signature and nothing else, takes sloppy base64,
reads the local clock where Beijing's is meant, and calls out by itself: those parts are ours.

Sources: https://docs.open.alipay.com/200/106120 (an answer's signature covers its node, exactly as written),
https://opendocs.alipay.com/open/common/105806 (the gateway's codes).
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeVar

import msgspec
from alipay import AliPay
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from infra import clock
from infra.http import AddressRefused, Outside, OutsideUnavailable
from infra.payment.alipay_account import AlipayAccount
from infra.payment.alipay_certificates import their_key
from infra.payment.credentials import private_key
from infra.payment.port import PaymentRejected, PaymentUnavailable, PaymentUnknown
from infra.payment.yuan import to_beijing

T = TypeVar("T")

FILE_S = 60.0  # a day's file may be large
SIGN_TYPE = "RSA2"
DONE = "10000"
# 20000 service not available, 10003 being processed, 40005 called too often.
ASK_AGAIN = {"20000", "10003", "40005"}
ASK_AGAIN_BECAUSE = {"ACQ.SYSTEM_ERROR", "SYSTEM_ERROR", "isp.unknow-error", "aop.unknow-error", "isv.app-call-limited"}
NEVER_HEARD = {"ACQ.TRADE_NOT_EXIST", "TRADE_NOT_EXIST", "ORDER_NOT_EXIST"}
OUR_SIGNATURE = {"isv.invalid-signature", "isv.invalid-app-id", "isv.missing-signature"}


class Verdict(msgspec.Struct):
    code: str = ""
    msg: str = ""
    sub_code: str = ""
    sub_msg: str = ""


class AlipayWire:
    """One app's line to the gateway."""

    def __init__(self, account: AlipayAccount, outside: Outside) -> None:
        self.account = account
        self._outside = outside
        self._sdk = _sdk(account)

    def signed(self, method: str, content: Mapping[str, Any], **common: str) -> str:
        """The whole request as a signed query string."""
        body = self._sdk.build_body(
            method, dict(content), timestamp=to_beijing(clock.now()), **common, **self.account.serials
        )
        return str(self._sdk.sign_data(body))

    async def call(self, method: str, content: Mapping[str, Any], kind: type[T]) -> T:
        """The believed answer. Raises PaymentRejected, PaymentUnknown or PaymentUnavailable."""
        raw = await self._exchange(self.signed(method, content))
        said, signature = _node(raw, method.replace(".", "_") + "_response")
        verdict = _decoded(said, Verdict)
        if not self.fits(said, signature):
            if not signature and verdict.sub_code in OUR_SIGNATURE:
                raise PaymentRejected(verdict.sub_code, verdict.sub_msg)
            raise PaymentUnavailable("the answer is not signed by Alipay")
        _judge(verdict)
        return _decoded(said, kind)

    def fits(self, text: str, signature: str) -> bool:
        """Only the one way to write a signature counts, so that no second text passes for the same one."""
        try:
            if base64.b64encode(base64.b64decode(signature, validate=True)).decode() != signature:
                return False
            return bool(self._sdk._verify(text, signature))
        except (ValueError, binascii.Error):
            return False

    async def _exchange(self, form: str) -> str:
        base_url = self.account.base_url
        try:
            answer = await self._outside.request(
                "POST", f"{base_url}?charset=utf-8", content=form.encode(), party=f"{self.account.app_id}@{base_url}",
                headers={"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"},
            )  # fmt: skip
        except AddressRefused as error:
            raise PaymentRejected("address_refused", str(error)) from error
        except OutsideUnavailable as error:
            raise PaymentUnavailable(str(error)) from error
        if answer.status != 200:
            raise PaymentUnavailable(f"answered {answer.status}")
        try:
            return answer.body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise PaymentUnavailable("the answer is not UTF-8") from error

    async def download(self, url: str, *, max_bytes: int) -> bytes:
        """A file from an address that a signed answer named."""
        try:
            answer = await self._outside.request("GET", url, max_bytes=max_bytes, total_s=FILE_S)
        except AddressRefused as error:
            raise PaymentRejected("address_refused", str(error)) from error
        except OutsideUnavailable as error:
            raise PaymentUnavailable(str(error)) from error
        if answer.status != 200:
            raise PaymentUnavailable(f"answered {answer.status} instead of a file")
        return answer.body


def _node(raw: str, name: str) -> tuple[str, str]:
    """The text Alipay signed, exactly as written, and its signature."""
    try:
        whole = json.loads(raw)
        name = name if name in whole else "error_response"
        start = raw.index("{", raw.index(f'"{name}"'))
        _, end = json.JSONDecoder().raw_decode(raw, start)
        return raw[start:end], str(whole.get("sign", ""))
    except (ValueError, TypeError, AttributeError) as error:
        raise PaymentUnavailable("the answer makes no sense") from error


def _decoded(said: str, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(said, type=kind)
    except msgspec.DecodeError as error:
        raise PaymentUnavailable("the answer makes no sense") from error


def _judge(verdict: Verdict) -> None:
    if verdict.code == DONE:
        return
    reason = verdict.sub_code or verdict.code
    if not reason or verdict.code in ASK_AGAIN or reason.removeprefix("aop.") in ASK_AGAIN_BECAUSE:
        raise PaymentUnavailable(f"answered {verdict.code} {reason}")
    if reason in NEVER_HEARD:
        raise PaymentUnknown(reason, verdict.sub_msg)
    raise PaymentRejected(reason, verdict.sub_msg)


@lru_cache(maxsize=256)
def _sdk(account: AlipayAccount) -> Any:
    """The SDK reads keys in PEM frames only, and slowly."""
    return AliPay(
        appid=account.app_id,
        app_private_key_string=_pem(private_key(account.private_key)),
        alipay_public_key_string=_pem(their_key(account.alipay_public_key)),
        sign_type=SIGN_TYPE,
    )


def _pem(key: RSAPrivateKey | RSAPublicKey) -> str:
    if isinstance(key, RSAPublicKey):
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
