"""What any tracking service promises us: where a parcel is, in words all carriers share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal, Protocol

from msgspec import Struct

from infra.signatures import BadSignature, StaleNotice, UntrustedNotice

__all__ = [
    "BadSignature", "CarrierPushes", "CarrierRejected", "CarrierTracking", "CarrierUnavailable", "Checkpoint", "Proof",
    "StaleNotice", "TrackedParcel", "TrackingNotice", "TrackingStatus", "UntrustedNotice",
]  # fmt: skip

TrackingStatus = Literal["in_transit", "out_for_delivery", "delivered", "exception", "returned"]


class CarrierRejected(Exception):
    """The service says no, with a code: wrong credentials, a carrier it does not know. Asking again cannot help."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(code, message)
        self.code = code


class CarrierUnavailable(Exception):
    """No clear answer, or too many questions. Ask again later."""


class TrackedParcel(Struct, frozen=True):
    """What a service is told about a parcel. `phone_tail` is the last four digits, for carriers that want them."""

    carrier_code: str
    tracking_number: str
    reference: str = ""
    phone_tail: str = ""


class Checkpoint(Struct, frozen=True):
    """One line of a parcel's way; `status` is None where the service states it for the whole parcel only."""

    happened_at: datetime
    text: str
    status: TrackingStatus | None = None


class Proof(Struct, frozen=True):
    """Who took the parcel, and a picture of it if the carrier took one."""

    signed_by: str = ""
    picture_url: str = ""


class TrackingNotice(Struct, frozen=True):
    """Where a parcel is now. Copies and wrong order are normal: the newest checkpoint wins, delivered is the end."""

    notice_id: str
    carrier_code: str
    tracking_number: str
    status: TrackingStatus
    happened_at: datetime | None
    checkpoints: tuple[Checkpoint, ...] = ()
    proof: Proof = Proof()
    expected_on: date | None = None


class CarrierPushes(Protocol):
    """Somebody who tells by himself; whose parcels these are was agreed elsewhere."""

    @property
    def acknowledgment(self) -> bytes:
        """The body the vendor wants to read after a push was stored."""
        ...

    def parse_push(self, body: bytes, headers: Mapping[str, str], now: datetime) -> tuple[TrackingNotice, ...]:
        """Believe a push or raise BadSignature or StaleNotice. A parcel that has not moved yet is no news."""
        ...


class CarrierTracking(CarrierPushes, Protocol):
    """Calls raise CarrierRejected when asking again cannot help, and CarrierUnavailable when it can."""

    async def follow(self, parcel: TrackedParcel, callback_url: str) -> None:
        """Ask to be told about a parcel; the same parcel twice is one subscription."""
        ...

    async def query(self, parcel: TrackedParcel) -> TrackingNotice | None:
        """Where a parcel is, or None while the service knows nothing of it. The notice is the one a push would be."""
        ...
