"""Kuaidi100 快递100: subscriptions, pushes and questions.

Source: https://api.kuaidi100.com/document (subscription push, real-time query) and the vendor's own demo,
kuaidi100-api/java-demo (Subscribe, SubscribePushParamResp, SubscribePushResult, QueryTrack). A push is a form with
`sign = MD5_upper(param + salt)` and `param` as JSON; `data` is complete and newest first. It carries no time of its
own, so freshness rests on the checkpoints' times. A question is signed with `MD5_upper(param + key + customer)`; a
subscription carries the key itself, and the salt the pushes are to be signed with.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NoReturn
from urllib.parse import urlencode

import msgspec

from infra.carrier import codes
from infra.carrier.calls import Caller, day_of, from_beijing, single_form
from infra.carrier.port import (
    BadSignature,
    CarrierRejected,
    CarrierUnavailable,
    Checkpoint,
    TrackedParcel,
    TrackingNotice,
    TrackingStatus,
)
from infra.carrier.proofs import proof_in
from infra.http import Outside

ADDRESS = "https://poll.kuaidi100.com"
SUBSCRIBE, QUERY = "/poll", "/poll/query.do"
ALREADY, NOTHING_YET = "501", ("500", "408")
BUSY_SUBSCRIBING, BUSY_ASKING = ("500",), ("501", "502")

# 0 in transit, 1 picked up, 2 trouble, 3 signed, 4 returned and signed, 5 out for delivery, 6 going back, 7 forwarded,
# 8 and 10-13 customs, 14 refused. With resultv2 each line has a code of its own, and more digits may follow: 501 is a
# way of being out for delivery. The codes from 10 to 14 are whole ones.
STATUS: dict[str, TrackingStatus] = {
    "0": "in_transit",
    "1": "in_transit",
    "2": "exception",
    "3": "delivered",
    "4": "returned",
    "5": "out_for_delivery",
    "6": "exception",
    "7": "in_transit",
    "8": "in_transit",
    "10": "in_transit",
    "11": "in_transit",
    "12": "in_transit",
    "13": "exception",
    "14": "exception",
}


class Event(msgspec.Struct):
    """`statusCode` comes with resultv2 only."""

    context: str
    ftime: str
    statusCode: str = ""  # noqa: N815 - the vendor's spelling


class Result(msgspec.Struct):
    state: str
    com: str
    nu: str
    data: list[Event] = []
    ischeck: str = "0"
    arrivalTime: str = ""  # noqa: N815 - the vendor's spelling


class Push(msgspec.Struct):
    lastResult: Result  # noqa: N815 - the vendor's spelling
    status: str = ""
    message: str = ""


class Kuaidi100:
    """Keeps the promise of `CarrierPushes`; the salt is the one given when the parcel was subscribed."""

    acknowledgment = '{"result":true,"returnCode":"200","message":"成功"}'.encode()

    def __init__(self, salt: str) -> None:
        self._salt = salt

    def parse_push(self, body: bytes, headers: Mapping[str, str], now: datetime) -> tuple[TrackingNotice, ...]:
        form = single_form(body)
        param, expected = form.get("param", ""), push_signature(form.get("param", ""), self._salt)
        given = form.get("sign", "").upper().encode("utf-8", "replace")
        if not hmac.compare_digest(expected.encode(), given):
            raise BadSignature("the signature does not fit")
        try:
            return (_notice(msgspec.json.decode(param, type=Push).lastResult),)
        except (msgspec.DecodeError, ValueError) as error:
            raise BadSignature("signed, but not a push") from error


class Kuaidi100Account(msgspec.Struct, frozen=True):
    """A merchant's own account there; the salt is ours."""

    customer: str
    key: str
    salt: str
    base_url: str = ADDRESS

    def __repr__(self) -> str:
        return f"Kuaidi100Account({self.customer!r})"


class Kuaidi100Service(Kuaidi100):
    """Keeps the promises of `CarrierTracking`."""

    def __init__(self, account: Kuaidi100Account, outside: Outside) -> None:
        super().__init__(account.salt)
        self._account = account
        self._caller = Caller(outside, account.base_url, f"kuaidi100:{account.customer}")

    async def follow(self, parcel: TrackedParcel, callback_url: str) -> None:
        """A carrier we do not know is found out over there, by the look of the number."""
        carrier = _company(parcel)
        parameters = {"callbackurl": callback_url, "salt": self._account.salt, "resultv2": "1", **_phone(parcel)}
        if not carrier:
            parameters["autoCom"] = "1"
        param = {
            "company": carrier,
            "number": parcel.tracking_number,
            "key": self._account.key,
            "parameters": parameters,
        }
        said = await self._caller.post_form(SUBSCRIBE, {"schema": "json", "param": _json(param)})
        code = str(said.get("returnCode", ""))
        if said.get("result") or code == ALREADY:
            return
        _refuse(code, said, busy=BUSY_SUBSCRIBING)

    async def query(self, parcel: TrackedParcel) -> TrackingNotice | None:
        carrier = _company(parcel)
        if not carrier:
            raise CarrierRejected("unknown_carrier", parcel.carrier_code)
        param = _json({"com": carrier, "num": parcel.tracking_number, "resultv2": "1", **_phone(parcel)})
        account = self._account
        sign = query_signature(param, account.key, account.customer)
        said = await self._caller.post_form(QUERY, {"customer": account.customer, "sign": sign, "param": param})
        if str(said.get("status", "")) != "200":
            code = str(said.get("returnCode", ""))
            if code in NOTHING_YET:
                return None
            _refuse(code, said, busy=BUSY_ASKING)
        try:
            result = msgspec.convert(said, Result)
            return _notice(result) if result.data else None
        except (msgspec.ValidationError, ValueError) as error:
            raise CarrierUnavailable("the answer makes no sense") from error


def _refuse(code: str, said: Mapping[str, Any], *, busy: tuple[str, ...]) -> NoReturn:
    if code in busy or not code:
        raise CarrierUnavailable(f"answered {code}: {said.get('message', '')}")
    raise CarrierRejected(code, str(said.get("message", "")))


def _company(parcel: TrackedParcel) -> str:
    carrier = codes.find(parcel.carrier_code) or codes.guess(parcel.tracking_number)
    return carrier.code if carrier else ""


def _phone(parcel: TrackedParcel) -> dict[str, str]:
    return {"phone": parcel.phone_tail} if parcel.phone_tail and _company(parcel) in codes.NEEDS_PHONE else {}


def _json(param: object) -> str:
    return msgspec.json.encode(param).decode()


def _notice(result: Result) -> TrackingNotice:
    """Raises ValueError for a time that is none."""
    checkpoints = tuple(
        Checkpoint(from_beijing(event.ftime), event.context, _status_of(event.statusCode)) for event in result.data
    )
    status = _status_of(result.state) or "in_transit"
    return TrackingNotice(
        notice_id=f"{result.com}:{result.nu}:{result.state}:{len(checkpoints)}",
        carrier_code=codes.ours(result.com),
        tracking_number=result.nu,
        status=status,
        happened_at=max((point.happened_at for point in checkpoints), default=None),
        checkpoints=checkpoints,
        **({"proof": proof_in(checkpoints)} if status == "delivered" else {}),
        expected_on=day_of(result.arrivalTime),
    )


def _status_of(code: str) -> TrackingStatus | None:
    """The parcel's state in a code of one or more digits; None where it says nothing known."""
    return STATUS.get(code) or STATUS.get(code[:1])


def push_signature(param: str, salt: str) -> str:
    return hashlib.md5((param + salt).encode(), usedforsecurity=False).hexdigest().upper()


def query_signature(param: str, key: str, customer: str) -> str:
    return hashlib.md5((param + key + customer).encode(), usedforsecurity=False).hexdigest().upper()


def push_form(param: str, salt: str) -> bytes:
    """A push as the vendor sends it; for the simulator, which speaks this dialect too."""
    return urlencode({"sign": push_signature(param, salt), "param": param}).encode()
