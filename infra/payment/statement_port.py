"""What a provider promises that can say, line by line, what happened to a merchant's money on one day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, Protocol, runtime_checkable

from msgspec import Struct

__all__ = ["STATEMENTS", "StatementKind", "StatementLine", "StatementSource"]

# Providers whose adapter keeps the promise of `StatementSource`; asked for by the clock.
STATEMENTS = ("sandbox", "wechat", "alipay", "stripe")
StatementKind = Literal["payment", "refund"]


class StatementLine(Struct, frozen=True):
    """One payment captured or refund made. `number` is ours; amounts are minor units and not negative.

    `fee_amount` is what the provider kept for it; below zero when it gave a fee back.
    """

    number: str
    kind: StatementKind
    provider_ref: str
    amount: int
    fee_amount: int
    currency: str
    happened_at: datetime


@runtime_checkable
class StatementSource(Protocol):
    """Kept by adapters whose provider offers statements by API; other statements are files somebody uploads."""

    async def statement(self, day: date) -> list[StatementLine]:
        """Everything that happened on this day in UTC, also when the provider cuts its days elsewhere.

        Raises PaymentUnavailable when the day is not ready yet, PaymentRejected when it never will be.
        """
        ...
