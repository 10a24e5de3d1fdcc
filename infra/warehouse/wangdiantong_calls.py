"""One call to Wangdiantong: signed, sent, and its answer judged by the head before the rest is believed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import urlencode

import msgspec
from msgspec import Struct

from infra import clock
from infra.http import AddressRefused, Outside, OutsideUnavailable
from infra.warehouse import wangdiantong_wire
from infra.warehouse.port import WarehouseRejected, WarehouseUnavailable
from infra.warehouse.wangdiantong_records import Answer

T = TypeVar("T", bound=Answer)

_encoder = msgspec.json.Encoder(decimal_format="number")


class WangdiantongAccount(Struct, frozen=True):
    """`sid` names the seller, `shop_no` the shop orders belong to, `warehouse_no` where they are sent from."""

    sid: str
    app_key: str
    app_secret: str
    shop_no: str
    base_url: str
    warehouse_no: str = ""

    def __repr__(self) -> str:
        return f"WangdiantongAccount({self.sid!r}, {self.app_key!r})"


class Calls:
    def __init__(self, account: WangdiantongAccount, outside: Outside) -> None:
        self._account, self._outside = account, outside

    async def call(self, path: str, params: Mapping[str, str], kind: type[T]) -> T:
        account = self._account
        named = {**params, "sid": account.sid, "appkey": account.app_key}
        form = wangdiantong_wire.signed_form(account.app_secret, named, clock.now())
        try:
            answer = await self._outside.request(
                "POST",
                account.base_url.rstrip("/") + path,
                content=urlencode(form).encode(),
                headers={"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"},
                party=f"{account.sid}:{account.app_key}@{account.base_url}",
            )
        except AddressRefused as error:
            raise WarehouseRejected("address_refused", str(error)) from error
        except OutsideUnavailable as error:
            raise WarehouseUnavailable(str(error)) from error
        if answer.status != 200:
            raise WarehouseUnavailable(f"answered {answer.status}")
        return opened(answer.body, kind)


def opened(body: bytes, kind: type[T]) -> T:
    """Read an answer whose head says it went well; raises what the head says otherwise."""
    try:
        head = msgspec.json.decode(body, type=Answer, strict=False)
        message = head.message or ""
        if head.code in wangdiantong_wire.TRY_LATER or message.startswith(wangdiantong_wire.TOO_OFTEN):
            raise WarehouseUnavailable(f"{head.code} {message}")
        if head.code != 0:
            raise WarehouseRejected(str(head.code), message)
        return msgspec.json.decode(body, type=kind, strict=False)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise WarehouseUnavailable("the answer is broken off or makes no sense") from error


def written(rows: object) -> str:
    return _encoder.encode(rows).decode()
