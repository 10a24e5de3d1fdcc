"""Any carrier with a server of its own: plain JSON over HTTPS, signed both ways with one secret.

We ask `POST /subscriptions` ({carrier, tracking_number, reference, callback_url}; 409 is "followed already") and
`POST /tracking` ({carrier, tracking_number}; 404 is "not known yet", else a parcel). They tell us
`{"parcels": [parcel, ...]}`. A parcel is {carrier, tracking_number, status, events: [{at, text, status}], signed_by,
picture_url, expected_on}; times are ISO 8601 with an offset. Both sides send `X-Timestamp` (seconds) and
`X-Signature: v1=HMAC_SHA256_hex(secret, timestamp + "." + body)`; ten minutes old is too old.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from infra import clock
from infra.carrier import codes
from infra.carrier.calls import Caller, read
from infra.carrier.port import (
    BadSignature,
    CarrierRejected,
    CarrierUnavailable,
    Checkpoint,
    Proof,
    TrackedParcel,
    TrackingNotice,
    TrackingStatus,
)
from infra.http import Answer, Outside
from infra.signatures import lowered, require_fresh

SUBSCRIBE, QUERY = "/subscriptions", "/tracking"
TIMESTAMP, SIGNATURE = "x-timestamp", "x-signature"
TOLERANCE_S = 600
STATUS: dict[str, TrackingStatus] = {
    "picked_up": "in_transit",
    "in_transit": "in_transit",
    "forwarded": "in_transit",
    "customs": "in_transit",
    "out_for_delivery": "out_for_delivery",
    "delivered": "delivered",
    "exception": "exception",
    "refused": "exception",
    "returning": "exception",
    "returned": "returned",
}


class Event(msgspec.Struct):
    at: datetime
    text: str = ""
    status: str = ""


class Parcel(msgspec.Struct):
    tracking_number: str
    status: str
    carrier: str = ""
    events: list[Event] = []
    signed_by: str = ""
    picture_url: str = ""
    expected_on: date | None = None


class Told(msgspec.Struct):
    parcels: list[Parcel]


class GenericAccount(msgspec.Struct, frozen=True):
    base_url: str
    secret: str

    def __repr__(self) -> str:
        return f"GenericAccount({self.base_url!r})"


class GenericCarrier:
    """Keeps the promises of `CarrierTracking`."""

    acknowledgment = b'{"received":true}'

    def __init__(self, account: GenericAccount, outside: Outside) -> None:
        self._account = account
        self._caller = Caller(outside, account.base_url, "carrier")

    async def follow(self, parcel: TrackedParcel, callback_url: str) -> None:
        answer = await self._asked(
            SUBSCRIBE, {**_named(parcel), "reference": parcel.reference, "callback_url": callback_url}
        )
        if answer.status != 409:
            _require_good(answer)
            read(answer)

    async def query(self, parcel: TrackedParcel) -> TrackingNotice | None:
        answer = await self._asked(QUERY, _named(parcel))
        if answer.status == 404:
            return None
        _require_good(answer)
        try:
            return _notice(msgspec.convert(read(answer), Parcel))
        except (msgspec.ValidationError, ValueError) as error:
            raise CarrierUnavailable("the answer makes no sense") from error

    def parse_push(self, body: bytes, headers: Mapping[str, str], now: datetime) -> tuple[TrackingNotice, ...]:
        given = lowered(headers)
        timestamp = given.get(TIMESTAMP, "")
        expected = signature(self._account.secret, timestamp, body)
        if not hmac.compare_digest(expected.encode(), given.get(SIGNATURE, "").encode("utf-8", "replace")):
            raise BadSignature("the signature does not fit")
        require_fresh(timestamp, now, TOLERANCE_S)
        try:
            told = [_notice(each) for each in msgspec.json.decode(body, type=Told).parcels]
        except (msgspec.DecodeError, ValueError) as error:
            raise BadSignature("signed, but not a push") from error
        return tuple(notice for notice in told if notice)

    async def _asked(self, path: str, question: Mapping[str, Any]) -> Answer:
        body = msgspec.json.encode(question)
        return await self._caller.send(path, body, signed(self._account.secret, body, clock.now()))


def signed(secret: str, body: bytes, now: datetime) -> dict[str, str]:
    """The headers of one call or push."""
    timestamp = str(int(now.timestamp()))
    return {"Content-Type": "application/json", TIMESTAMP: timestamp, SIGNATURE: signature(secret, timestamp, body)}


def signature(secret: str, timestamp: str, body: bytes) -> str:
    text = timestamp.encode("utf-8", "replace") + b"." + body
    return "v1=" + hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


def _named(parcel: TrackedParcel) -> dict[str, str]:
    return {"carrier": parcel.carrier_code, "tracking_number": parcel.tracking_number}


def _require_good(answer: Answer) -> None:
    if not 200 <= answer.status < 300:
        raise CarrierRejected(str(answer.status))


def _notice(parcel: Parcel) -> TrackingNotice | None:
    """None for a state we have no word for. Raises ValueError for a time without an offset."""
    status = STATUS.get(parcel.status)
    if status is None:
        return None
    if any(event.at.tzinfo is None for event in parcel.events):
        raise ValueError("a time says nothing without its offset")
    latest = max((event.at for event in parcel.events), default=None)
    moment = latest.isoformat() if latest else ""
    return TrackingNotice(
        notice_id=f"carrier:{parcel.tracking_number}:{parcel.status}:{len(parcel.events)}:{moment}",
        carrier_code=codes.ours(parcel.carrier),
        tracking_number=parcel.tracking_number,
        status=status,
        happened_at=latest,
        checkpoints=tuple(Checkpoint(event.at, event.text, STATUS.get(event.status)) for event in parcel.events),
        proof=Proof(parcel.signed_by, parcel.picture_url) if status == "delivered" else Proof(),
        expected_on=parcel.expected_on,
    )
