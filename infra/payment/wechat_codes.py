"""A code from WeChat is worth an openid: one signed-in question with the app's own secret, and its answer judged.

Both ways to get a code - a page inside WeChat, a mini-program - are answered in the same words. Answers are not signed:
they are believed because they come over TLS.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlencode

import msgspec

from infra.http import AddressRefused, Outside, OutsideUnavailable
from infra.payment.port import PaymentRejected, PaymentUnavailable

CODE = re.compile(r"[0-9A-Za-z_-]{1,256}")
OPENID = re.compile(r"[0-9A-Za-z_-]{6,128}")
BUSY = {-1, 45009, 45011}  # the system is busy; asked too often


class Told(msgspec.Struct):
    openid: str = ""
    errcode: int = 0


def require_code(code: str) -> None:
    """Raises PaymentRejected for what WeChat never gives."""
    if not CODE.fullmatch(code):
        raise PaymentRejected("bad_code")


async def openid_of(outside: Outside, address: str, asked: Mapping[str, str], *, party: str, why_not: str) -> str:
    """Raises PaymentRejected with `why_not` and WeChat's number, PaymentUnavailable."""
    told = await _ask(outside, f"{address}?{urlencode(asked)}", party)
    if told.errcode in BUSY:
        raise PaymentUnavailable(f"answered {told.errcode}")
    if told.errcode:
        raise PaymentRejected(f"{why_not}_{told.errcode}")
    if not OPENID.fullmatch(told.openid):
        raise PaymentUnavailable("the answer names nobody")
    return told.openid


async def _ask(outside: Outside, address: str, party: str) -> Told:
    try:
        answer = await outside.request("GET", address, party=party)
    except AddressRefused as error:
        raise PaymentRejected("address_refused") from error
    except OutsideUnavailable as error:
        raise PaymentUnavailable(type(error).__name__) from error
    if answer.status != 200:
        raise PaymentUnavailable(f"answered {answer.status}")
    try:
        return msgspec.json.decode(answer.body, type=Told)
    except msgspec.DecodeError as error:
        raise PaymentUnavailable("the answer makes no sense") from error
