"""Kuaidi100 快递100 tracking pushes.

Source: https://api.kuaidi100.com/document (subscription push) and the vendor's own demo, kuaidi100-api/java-demo
(SubscribePushParamResp, SubscribePushResult): a form with `sign = MD5_upper(param + salt)` and `param` as JSON; `data`
is complete and newest first. The push carries no time of its own, so freshness rests on the checkpoints' times.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qsl, urlencode

import msgspec

from infra.carrier.port import Checkpoint, TrackingNotice, TrackingStatus
from infra.signatures import BadSignature

BEIJING = timezone(timedelta(hours=8))

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


class Push(msgspec.Struct):
    lastResult: Result  # noqa: N815 - the vendor's spelling
    status: str = ""
    message: str = ""


class Kuaidi100:
    """Keeps the promise of `CarrierTracking`; the salt is the one given when the parcel was subscribed."""

    acknowledgment = '{"result":true,"returnCode":"200","message":"成功"}'.encode()

    def __init__(self, salt: str) -> None:
        self._salt = salt

    def parse_push(self, body: bytes) -> TrackingNotice:
        try:
            pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, strict_parsing=True, max_num_fields=10)
        except ValueError as error:
            raise BadSignature("not a form") from error
        form = dict(pairs)
        param, expected = form.get("param", ""), push_signature(form.get("param", ""), self._salt)
        given = form.get("sign", "").upper().encode("utf-8", "replace")
        if len(form) != len(pairs) or not hmac.compare_digest(expected.encode(), given):
            raise BadSignature("the signature does not fit")
        return _notice(param)


def _notice(param: str) -> TrackingNotice:
    try:
        result = msgspec.json.decode(param, type=Push).lastResult
        checkpoints = tuple(
            Checkpoint(_from_beijing(event.ftime), event.context, _status_of(event.statusCode)) for event in result.data
        )
    except (msgspec.DecodeError, ValueError) as error:
        raise BadSignature("signed, but not a push") from error
    latest = max((point.happened_at for point in checkpoints), default=None)
    return TrackingNotice(
        notice_id=f"{result.com}:{result.nu}:{result.state}:{len(checkpoints)}",
        carrier_code=result.com,
        tracking_number=result.nu,
        status=_status_of(result.state) or "in_transit",
        happened_at=latest,
        checkpoints=checkpoints,
    )


def _status_of(code: str) -> TrackingStatus | None:
    """The parcel's state in a code of one or more digits; None where it says nothing known."""
    return STATUS.get(code) or STATUS.get(code[:1])


def _from_beijing(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)


def push_signature(param: str, salt: str) -> str:
    return hashlib.md5((param + salt).encode(), usedforsecurity=False).hexdigest().upper()


def push_form(param: str, salt: str) -> bytes:
    """A push as the vendor sends it; for the simulator, which speaks this dialect too."""
    return urlencode({"sign": push_signature(param, salt), "param": param}).encode()
