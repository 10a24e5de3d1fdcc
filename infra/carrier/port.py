"""What any tracking service promises us: where a parcel is, in words all carriers share."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Protocol

from msgspec import Struct

from infra.signatures import BadSignature, UntrustedNotice

__all__ = ["BadSignature", "CarrierTracking", "Checkpoint", "TrackingNotice", "UntrustedNotice"]

TrackingStatus = Literal["in_transit", "out_for_delivery", "delivered", "exception", "returned"]


class Checkpoint(Struct, frozen=True):
    """One line of a parcel's way; `status` is None where the service states it for the whole parcel only."""

    happened_at: datetime
    text: str
    status: TrackingStatus | None = None


class TrackingNotice(Struct, frozen=True):
    """Where a parcel is now. Copies and wrong order are normal: the newest checkpoint wins, delivered is the end."""

    notice_id: str
    carrier_code: str
    tracking_number: str
    status: TrackingStatus
    happened_at: datetime | None
    checkpoints: tuple[Checkpoint, ...] = ()


class CarrierTracking(Protocol):
    acknowledgment: bytes
    """The body the vendor wants to read after a push was stored."""

    def parse_push(self, body: bytes) -> TrackingNotice:
        """Believe a push or raise BadSignature."""
        ...
