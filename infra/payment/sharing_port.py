"""What a provider promises that shares one payment among several: nobody twice, never more than was held back."""

from __future__ import annotations

from typing import Literal, Protocol

from msgspec import Struct

__all__ = ["ProfitSharing", "Receiver", "ReceiverKind", "Share", "ShareRequest", "ShareReturn", "ShareState"]

ReceiverKind = Literal["merchant", "person"]
ShareStatus = Literal["pending", "succeeded", "failed"]


class Receiver(Struct, frozen=True):
    """Who may receive a share. `relation` is the provider's word for what they are to the store."""

    kind: ReceiverKind
    account: str
    relation: str
    name: str = ""


class Share(Struct, frozen=True):
    """One receiver's part; what became of it is told in answers only."""

    kind: ReceiverKind
    account: str
    amount: int
    description: str
    status: ShareStatus = "pending"
    failure: str = ""


class ShareRequest(Struct, frozen=True):
    """Shares of one captured payment (`payment_ref` is the provider's). `finish` gives the rest to the merchant."""

    number: str
    payment_ref: str
    shares: tuple[Share, ...]
    finish: bool = False


class ShareState(Struct, frozen=True):
    number: str
    provider_ref: str
    finished: bool
    shares: tuple[Share, ...]


class ShareReturn(Struct, frozen=True):
    """A merchant's share taken back. What a person received cannot be taken back."""

    number: str
    share_number: str
    account: str
    amount: int
    status: ShareStatus = "pending"
    failure: str = ""


class ProfitSharing(Protocol):
    """The same exceptions as `PaymentProvider`. Only payments opened with `shared` can be shared."""

    async def add_receiver(self, receiver: Receiver) -> None:
        """Make a receiver known; again is harmless."""
        ...

    async def share(self, request: ShareRequest) -> ShareState:
        """Hand out shares; the same number twice is done once."""
        ...

    async def query_share(self, number: str, payment_ref: str) -> ShareState: ...

    async def finish(self, number: str, payment_ref: str, description: str) -> ShareState:
        """Give all that is still held back to the merchant; nothing can be shared after that."""
        ...

    async def unshared_amount(self, payment_ref: str) -> int:
        """What is still held back."""
        ...

    async def take_back(self, wanted: ShareReturn, description: str) -> ShareReturn:
        """Take a merchant's share back before a refund; the same number twice is done once."""
        ...

    async def query_return(self, number: str, share_number: str) -> ShareReturn: ...
