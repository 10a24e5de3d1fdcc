"""What moved Stripe's balance on one day: each charge and each refund of ours, with the fee that was kept.

Source: https://docs.stripe.com/api/balance_transactions/list and https://docs.stripe.com/reports/reporting-categories.
A transaction names its source, and the source carries our number. What other shops or systems moved through the same
account is not ours to explain; nor are payouts and disputes, which are no payments or refunds of the store's making.

A balance may be kept in another currency than the charge's. Then the fee is in that one too, and is left out here: the
books of an order know one currency only. A refund that failed is given back in the same balance, so neither counts.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from msgspec import UNSET, Struct, UnsetType

from infra import clock
from infra.payment.port import PaymentUnavailable
from infra.payment.statement_port import StatementKind, StatementLine
from infra.payment.stripe_records import MARKER, NUMBER, Form
from infra.payment.stripe_wire import StripeWire

AT_ONCE, PAGES = 50, 1000
SETTLING = timedelta(minutes=5)  # what happened at the very end of a day may be listed a moment later
KINDS: dict[str, StatementKind] = {"charge": "payment", "refund": "refund"}
GAVE_NOTHING = ("failed", "canceled")


class Source(Struct):
    """A charge or a refund; other things have no amount, or none of our words."""

    id: str
    amount: int = 0
    currency: str = ""
    status: str | None = None
    metadata: dict[str, str] | None = None


class Moved(Struct):
    id: str
    reporting_category: str
    created: int
    currency: str
    fee: int = 0
    source: Source | str | UnsetType | None = UNSET


class Moves(Struct):
    """A list, newest first."""

    data: list[Moved]
    has_more: bool = False


async def statement_of(wire: StripeWire, marker: str, day: date) -> list[StatementLine]:
    """Raises PaymentUnavailable while the day is not over, PaymentRejected."""
    start = datetime.combine(day, time(), UTC)
    end = start + timedelta(days=1)
    if clock.now() < end + SETTLING:
        raise PaymentUnavailable(f"the day {day} is not over yet")
    form: Form = {
        "created": {"gte": int(start.timestamp()), "lt": int(end.timestamp())}, "limit": AT_ONCE,
        "expand": ["data.source"],
    }  # fmt: skip
    lines: list[StatementLine] = []
    for _page in range(PAGES):
        page = await wire.call("get", "/v1/balance_transactions", Moves, **form)
        lines += [line for moved in page.data if (line := _line(moved, marker))]
        if not page.has_more:
            return lines[::-1]
        form["starting_after"] = page.data[-1].id
    raise PaymentUnavailable("the day has more lines than anybody asked for")


def _line(moved: Moved, marker: str) -> StatementLine | None:
    source, kind = moved.source, KINDS.get(moved.reporting_category)
    if kind is None or not isinstance(source, Source) or source.status in GAVE_NOTHING:
        return None
    ours = source.metadata or {}
    if ours.get(MARKER) != marker or not ours.get(NUMBER):
        return None
    return StatementLine(
        number=ours[NUMBER],
        kind=kind,
        provider_ref=source.id,
        amount=source.amount,
        fee_amount=moved.fee if moved.currency == source.currency else 0,
        currency=source.currency.upper(),
        happened_at=datetime.fromtimestamp(moved.created, UTC),
    )
