"""One exchange with Jushuitan: a signed form out, an envelope back.

Every answer is `{"code": 0, "msg": ..., "data": ...}`. The codes are explained at
https://openweb.jushuitan.com/doc?docId=320: a code in TRY_LATER may change, 100 says that the authorization is missing
or over, the others are final.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar
from urllib.parse import urlencode

import msgspec

from infra.http import AddressRefused, Outside, OutsideUnavailable
from infra.warehouse.port import WarehouseRejected, WarehouseUnauthorized, WarehouseUnavailable

T = TypeVar("T")
TRY_LATER = frozenset({-1, 199, 200})  # The vendor's own trouble, and its two rate limits (per second, per minute).
UNAUTHORIZED = 100
FORM = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}


class Envelope(msgspec.Struct, Generic[T]):
    code: int
    msg: str | None = None
    data: T | None = None


async def exchange(outside: Outside, base_url: str, path: str, form: Mapping[str, str], kind: type[T]) -> T:
    """Raises WarehouseRejected, WarehouseUnauthorized, WarehouseUnavailable."""
    try:
        answer = await outside.request(
            "POST", base_url.rstrip("/") + path, content=urlencode(form).encode(), headers=FORM,
            party=f"{form['app_key']}@{base_url}",
        )  # fmt: skip
    except AddressRefused as error:
        raise WarehouseRejected("address_refused", str(error)) from error
    except OutsideUnavailable as error:
        raise WarehouseUnavailable(str(error)) from error
    if answer.status != 200:
        raise WarehouseUnavailable(f"answered {answer.status}")
    return _opened(answer.body, kind)


def _opened(body: bytes, kind: type[T]) -> T:
    try:
        envelope = msgspec.json.decode(body, type=Envelope[kind])  # type: ignore[valid-type]  # a type made at run time
    except msgspec.DecodeError as error:
        raise WarehouseUnavailable("the answer is broken off or makes no sense") from error
    if envelope.code in TRY_LATER:
        raise WarehouseUnavailable(f"{envelope.code} {envelope.msg}")
    if envelope.code == UNAUTHORIZED:
        raise WarehouseUnauthorized(str(envelope.code), envelope.msg or "")
    if envelope.code != 0:
        raise WarehouseRejected(str(envelope.code), envelope.msg or "")
    if envelope.data is None:
        raise WarehouseUnavailable("the answer is empty")
    return envelope.data
