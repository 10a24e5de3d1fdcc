"""What a provider promises that sends money to people: at most once per number, and only when they say yes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, Protocol

from msgspec import Struct

from infra.payment.port import Acknowledgment

__all__ = ["Payouts", "TransferNotice", "TransferRequest", "TransferState", "TransferStatus"]

TransferStatus = Literal["pending", "awaiting_confirmation", "succeeded", "failed", "canceled"]


class TransferRequest(Struct, frozen=True):
    """Money for one person, known to the provider as `payee_id`. The number is ours: letters and digits, at most 32.

    `scene` is the purpose the provider approved for the merchant; `scene_details` are what it asks to be told about it,
    by the provider's own names. `payee_name` is compared with the person's real name where it is given.
    """

    number: str
    payee_id: str
    amount: int
    currency: str
    remark: str
    scene: str
    scene_details: Mapping[str, str] = {}
    payee_name: str = ""


class TransferState(Struct, frozen=True):
    """`confirm` holds what the person's wallet needs to ask them, while the transfer awaits their confirmation."""

    number: str
    provider_ref: str
    status: TransferStatus
    amount: int
    currency: str
    confirm: Mapping[str, str] = {}
    failure: str = ""


class TransferNotice(Struct, frozen=True):
    """What became of a transfer. May come twice, late, or out of order."""

    event_id: str
    happened_at: datetime
    state: TransferState


class Payouts(Protocol):
    """The same exceptions as `PaymentProvider`. After any doubt ask with the same number: a new one could pay twice."""

    acknowledgment: Acknowledgment

    async def transfer(self, request: TransferRequest) -> TransferState:
        """Offer the money; the same number twice is one transfer. Mostly it then waits for the person to confirm."""
        ...

    async def query_transfer(self, number: str) -> TransferState: ...

    async def cancel_transfer(self, number: str) -> TransferState:
        """Take the offer back while nobody confirmed it; the answer may still say `pending` for a while."""
        ...

    def parse_transfer_webhook(self, headers: Mapping[str, str], raw_body: bytes, now: datetime) -> TransferNotice: ...
