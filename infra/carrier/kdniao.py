"""KDNiao 快递鸟: subscriptions (1008), pushes (101), questions (1002, or 8001 if paid for), whose number it is (2002).

Source: https://www.kdniao.com/api-track and the vendor's interface documents (published at
https://apifox.com/apidoc/docs-site/2538027): a form with RequestData (JSON), EBusinessID, RequestType, DataType 2 and
`DataSign = base64(MD5_lower_hex(RequestData + ApiKey))`, all URL-encoded once on the way. A push is the same form,
signed with the same key; its address is set in the account's own console. Traces are complete and oldest first. The
code in StateEx says more than the one in State: its first digit is the same.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from infra import clock
from infra.carrier import codes
from infra.carrier.calls import BEIJING, Caller, day_of, from_beijing, single_form
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

ADDRESS = "https://api.kdniao.com"
ASK, SUBSCRIBE = "/Ebusiness/EbusinessOrderHandle.aspx", "/api/dist"
FOLLOW, IDENTIFY = "1008", "2002"
QUESTIONS = {"free": "1002", "paid": "8001"}
PUSHES = ("101", "102")

# 0 nothing yet, 1 picked up, 2 in transit, 3 signed, 4 trouble, 5 forwarded, 6 customs, 10 waiting to be picked up.
STATUS: dict[str, TrackingStatus] = {
    "1": "in_transit",
    "2": "in_transit",
    "202": "out_for_delivery",
    "211": "out_for_delivery",
    "3": "delivered",
    "4": "exception",
    "406": "returned",
    "419": "out_for_delivery",
    "5": "in_transit",
    "6": "in_transit",
    "604": "exception",
}


class Trace(msgspec.Struct, rename="pascal"):
    accept_time: str
    accept_station: str
    action: str = ""


class Followed(msgspec.Struct, rename="pascal"):
    """One parcel, in a push as in an answer."""

    shipper_code: str
    logistic_code: str
    success: bool = True
    state: str = "0"
    state_ex: str = ""
    reason: str | None = ""
    estimated_delivery_time: str | None = ""
    traces: list[Trace] | None = None


class Pushed(msgspec.Struct, rename="pascal"):
    data: list[Followed]


class KdniaoAccount(msgspec.Struct, frozen=True):
    """A merchant's own account there; `plan` is free or paid."""

    business_id: str
    api_key: str
    plan: str = "free"
    base_url: str = ADDRESS

    def __repr__(self) -> str:
        return f"KdniaoAccount({self.business_id!r})"


class Kdniao:
    """Keeps the promises of `CarrierTracking`."""

    def __init__(self, account: KdniaoAccount, outside: Outside) -> None:
        self._account = account
        self._caller = Caller(outside, account.base_url, f"kdniao:{account.business_id}")

    @property
    def acknowledgment(self) -> bytes:
        moment = clock.now().astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")
        return msgspec.json.encode(
            {"EBusinessID": self._account.business_id, "UpdateTime": moment, "Success": True, "Reason": ""}
        )

    async def follow(self, parcel: TrackedParcel, callback_url: str) -> None:
        """Where to tell is set in their console, so the address is not said here."""
        said = await self._asked(SUBSCRIBE, FOLLOW, {**await self._named(parcel), "Callback": parcel.reference})
        if not said.get("Success") and "重复" not in str(said.get("Reason", "")):
            _refuse(said)

    async def query(self, parcel: TrackedParcel) -> TrackingNotice | None:
        plan = QUESTIONS.get(self._account.plan, QUESTIONS["free"])
        said = await self._asked(ASK, plan, await self._named(parcel))
        if not said.get("Success"):
            _refuse(said)
            return None
        try:
            return _notice(msgspec.convert(said, Followed))
        except (msgspec.ValidationError, ValueError) as error:
            raise CarrierUnavailable("the answer makes no sense") from error

    def parse_push(self, body: bytes, headers: Mapping[str, str], now: datetime) -> tuple[TrackingNotice, ...]:
        form = single_form(body)
        data, given = form.get("RequestData", ""), form.get("DataSign", "").encode("utf-8", "replace")
        expected = signature(data, self._account.api_key)
        if form.get("RequestType") not in PUSHES or not hmac.compare_digest(expected.encode(), given):
            raise BadSignature("the signature does not fit")
        try:
            told = [_notice(each) for each in msgspec.json.decode(data, type=Pushed).data]
        except (msgspec.DecodeError, ValueError) as error:
            raise BadSignature("signed, but not a push") from error
        return tuple(notice for notice in told if notice)

    async def _named(self, parcel: TrackedParcel) -> dict[str, str]:
        carrier = codes.find(parcel.carrier_code) or codes.guess(parcel.tracking_number)
        code = carrier.short if carrier else await self._identified(parcel.tracking_number)
        named = {"ShipperCode": code, "LogisticCode": parcel.tracking_number, "OrderCode": parcel.reference}
        if carrier and carrier.code in codes.NEEDS_PHONE and parcel.phone_tail:
            named["CustomerName"] = parcel.phone_tail
        return named

    async def _identified(self, number: str) -> str:
        """Their guess whose number this is. Raises CarrierRejected without one."""
        said = await self._asked(ASK, IDENTIFY, {"LogisticCode": number})
        shippers = said.get("Shippers") or []
        if not said.get("Success") or not shippers:
            raise CarrierRejected("unknown_carrier", number)
        return str(shippers[0].get("ShipperCode", ""))

    async def _asked(self, path: str, kind: str, question: Mapping[str, str]) -> dict[str, Any]:
        return await self._caller.post_form(path, request_form(self._account, kind, question))


def request_form(account: KdniaoAccount, kind: str, content: object) -> dict[str, str]:
    """The whole form of a call or a push."""
    data = msgspec.json.encode(content).decode()
    return {
        "RequestData": data, "EBusinessID": account.business_id, "RequestType": kind,
        "DataSign": signature(data, account.api_key), "DataType": "2",
    }  # fmt: skip


def signature(data: str, api_key: str) -> str:
    digest = hashlib.md5((data + api_key).encode(), usedforsecurity=False).hexdigest()
    return base64.b64encode(digest.encode()).decode()


def _refuse(said: Mapping[str, Any]) -> None:
    """Their answers have words and no codes: what sounds like a limit is worth another try, "no trace" is no answer."""
    reason = str(said.get("Reason") or "")
    if not reason or "轨迹" in reason:
        return
    if any(word in reason for word in ("频繁", "繁忙", "超时", "系统异常")):
        raise CarrierUnavailable(reason)
    raise CarrierRejected("refused", reason)


def _notice(followed: Followed) -> TrackingNotice | None:
    """None while nothing moved. Raises ValueError for a time that is none."""
    status = _status_of(followed.state_ex) or _status_of(followed.state)
    if status is None:
        return None
    checkpoints = tuple(
        Checkpoint(from_beijing(trace.accept_time.replace("/", "-")), trace.accept_station, _status_of(trace.action))
        for trace in followed.traces or []
    )
    state = f"{followed.state}:{followed.state_ex}"
    return TrackingNotice(
        notice_id=f"kdniao:{followed.shipper_code}:{followed.logistic_code}:{state}:{len(checkpoints)}",
        carrier_code=codes.ours(followed.shipper_code),
        tracking_number=followed.logistic_code,
        status=status,
        happened_at=max((point.happened_at for point in checkpoints), default=None),
        checkpoints=checkpoints,
        **({"proof": proof_in(checkpoints)} if status == "delivered" else {}),
        expected_on=day_of(followed.estimated_delivery_time or ""),
    )


def _status_of(code: str) -> TrackingStatus | None:
    """10 is a whole code: waiting to be picked up is no movement."""
    return None if code == "10" else STATUS.get(code) or STATUS.get(code[:1])
