"""Talking to WeChat Pay (APIv3): every request signed by the merchant, every answer and notice by the platform.

Signing and AES are the SDK's (`wechatpayv3`); it does not look at the age of a signature, takes sloppy base64, checks
successful answers only, and has an HTTP client of its own. All of that is ours.

Sources, under https://pay.weixin.qq.com/: doc/v3/merchant/4012365336 (request signature),
wiki/doc/apiv3_partner/wechatpay/wechatpay3_3.shtml (answers: a successful one without a signature is to be taken for
forged; whoever's request was rightly signed gets a signed answer), doc/v3/merchant/4012071382 (decrypting notices).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from wechatpayv3.utils import aes_decrypt, build_authorization, rsa_sign, rsa_verify

from infra import clock
from infra.http import MAX_BYTES, TOTAL_S, AddressRefused, Answer, Outside, OutsideUnavailable
from infra.payment.port import PaymentRejected, PaymentUnavailable, PaymentUnknown
from infra.payment.wechat_account import WeChatAccount
from infra.signatures import TOLERANCE_S, BadSignature, UntrustedNotice, lowered, require_fresh

T = TypeVar("T")

FILE_S = 60.0  # a day's file may be large
SCHEME = "WECHATPAY2-SHA256-RSA2048"

# Some interfaces still answer in the older spelling. Codes: the tables below doc/v3/merchant/4012556398 (payments) and
# docs/merchant/apis/mch-trans/transfer-bill/transfer-to-user.html (transfers).
ASK_AGAIN = {
    "SYSTEM_ERROR", "SYSTEMERROR", "BANK_ERROR", "BANKERROR", "FREQUENCY_LIMITED", "FREQUENCY_LIMIT_EXCEED",
    "FREQUENCY_LIMITED_EXCEED", "RATELIMIT_EXCEEDED", "RATE_LIMITED", "BIZERR_NEED_RETRY", "USER_PAYING", "USERPAYING",
}  # fmt: skip
NEVER_HEARD = {
    "ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS", "REFUND_NOT_EXISTS", "REFUNDNOTEXIST", "NOT_FOUND",
}  # fmt: skip


class Problem(msgspec.Struct):
    code: str = ""
    message: str = ""


class Resource(msgspec.Struct):
    algorithm: str
    ciphertext: str
    nonce: str
    associated_data: str = ""
    original_type: str = ""


class Notice(msgspec.Struct):
    """The envelope of every notice; what it is about is encrypted in `resource`."""

    id: str
    create_time: datetime
    event_type: str
    resource_type: str
    resource: Resource


class WeChatWire:
    """One merchant's line to WeChat Pay."""

    def __init__(self, account: WeChatAccount, outside: Outside) -> None:
        self.account = account
        self._outside = outside

    async def call(self, method: str, path: str, kind: type[T], body: object = None, *, encrypted_with: str = "") -> T:
        """The believed answer. Raises PaymentRejected, PaymentUnknown or PaymentUnavailable."""
        answer = await self.send(method, path, body, encrypted_with=encrypted_with)
        try:
            return msgspec.json.decode(answer.body or b"{}", type=kind)
        except msgspec.DecodeError as error:
            raise PaymentUnavailable("the answer makes no sense") from error

    async def send(self, method: str, path: str, body: object = None, *, encrypted_with: str = "") -> Answer:
        answer = await self._exchange(method, path, body, encrypted_with)
        signed = "wechatpay-signature" in lowered(answer.headers)
        if not signed and answer.status == 401:
            raise PaymentRejected(_problem(answer).code or "SIGN_ERROR", "our own signature is not accepted")
        try:
            self.verify(answer.headers, answer.body, clock.now())
        except UntrustedNotice as error:
            raise PaymentUnavailable(f"answered {answer.status}, but not believably: {error}") from error
        return _judge(answer)

    async def download(self, path: str, *, max_bytes: int) -> Answer:
        """A file, which WeChat does not sign: the caller compares its digest with the one in a signed answer."""
        answer = await self._exchange("GET", path, None, "", max_bytes=max_bytes, total_s=FILE_S)
        if answer.status != 200:
            raise PaymentUnavailable(f"answered {answer.status} instead of a file")
        return answer

    async def _exchange(
        self,
        method: str,
        path: str,
        body: object,
        encrypted_with: str,
        *,
        max_bytes: int = MAX_BYTES,
        total_s: float = TOTAL_S,
    ) -> Answer:
        account = self.account
        content = msgspec.json.encode(body).decode() if body is not None else ""
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "Authorization": build_authorization(
                path, method, account.mchid, account.serial_no, account.signing_key, data=content
            ),
        }
        if encrypted_with or account.public_key_id:
            headers["Wechatpay-Serial"] = encrypted_with or account.public_key_id
        base_url = account.base_url.rstrip("/")
        try:
            return await self._outside.request(
                method, base_url + path, content=content.encode(), headers=headers, max_bytes=max_bytes,
                total_s=total_s, party=f"{account.mchid}@{base_url}",
            )  # fmt: skip
        except AddressRefused as error:
            raise PaymentRejected("address_refused", str(error)) from error
        except OutsideUnavailable as error:
            raise PaymentUnavailable(str(error)) from error

    def verify(self, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        """Believe that WeChat said this, now. Raises BadSignature or StaleNotice."""
        given = lowered(headers)
        key = self.account.platform_key(given.get("wechatpay-serial", ""), now)
        signature, kind = given.get("wechatpay-signature", ""), given.get("wechatpay-signature-type", SCHEME)
        timestamp, nonce = given.get("wechatpay-timestamp", ""), given.get("wechatpay-nonce", "")
        if key is None or kind != SCHEME or not _fits(key, timestamp, nonce, body, signature):
            raise BadSignature("the signature does not fit")
        require_fresh(timestamp, now, TOLERANCE_S)

    def open_notice(self, headers: Mapping[str, str], body: bytes, now: datetime) -> tuple[Notice, bytes]:
        """A believed notice, and what it is about. Raises BadSignature or StaleNotice."""
        self.verify(headers, body, now)
        try:
            notice = msgspec.json.decode(body, type=Notice)
        except msgspec.DecodeError as error:
            raise BadSignature("signed, but not a notice") from error
        sealed = notice.resource
        if sealed.algorithm != "AEAD_AES_256_GCM":
            raise BadSignature(f"encrypted by {sealed.algorithm}")
        try:
            opened = aes_decrypt(sealed.nonce, sealed.ciphertext, sealed.associated_data, self.account.apiv3_key)
        except (ValueError, binascii.Error) as error:
            raise BadSignature("signed, but it does not open") from error
        if opened is None:
            raise BadSignature("signed, but it does not open with our key")
        return notice, str(opened).encode()

    def sign(self, *lines: str) -> str:
        """Our signature below some lines, for the wallet's own browser."""
        return str(rsa_sign(self.account.signing_key, "".join(f"{line}\n" for line in lines)))


def _fits(key: RSAPublicKey, timestamp: str, nonce: str, body: bytes, signature: str) -> bool:
    """Only the one way to write a signature counts, so that no second text passes for the same one."""
    if "\n" in nonce:  # it could not come in a header, and would blur where the body begins
        return False
    try:
        if base64.b64encode(base64.b64decode(signature, validate=True)).decode() != signature:
            return False
        return bool(rsa_verify(timestamp, nonce, body.decode("utf-8"), signature, key))
    except (ValueError, binascii.Error):
        return False


def _judge(answer: Answer) -> Answer:
    if answer.status in (200, 204):
        return answer
    problem = _problem(answer)
    if answer.status >= 500 or answer.status in (202, 408, 429) or problem.code in ASK_AGAIN or not problem.code:
        raise PaymentUnavailable(f"answered {answer.status} {problem.code}")
    if problem.code in NEVER_HEARD:
        raise PaymentUnknown(problem.code, problem.message)
    raise PaymentRejected(problem.code, problem.message)


def _problem(answer: Answer) -> Problem:
    try:
        return msgspec.json.decode(answer.body, type=Problem)
    except msgspec.DecodeError:
        return Problem()
