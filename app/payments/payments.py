"""Payments: one try each to collect an order's money, under a number of ours that never changes."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.ids import new_id
from app.payments.vendors import vendor_of
from tenants.steps import Step


class Payment(msgspec.Struct, frozen=True):
    id: UUID
    number: str
    order_id: UUID
    provider: str
    status: str
    amount: int
    currency: str
    provider_ref: str | None
    pay_url: str | None
    created_at: datetime
    captured_at: datetime | None
    opened_as: str = ""

    @property
    def is_wallet(self) -> bool:
        """Paid with what the store owed the shopper; nobody outside is asked, neither now nor for a refund."""
        return self.provider in WALLETS


WALLETS = ("gift_card", "store_credit")
COLUMNS = """id, number, order_id, provider, status, amount, currency, provider_ref, pay_url, created_at, captured_at,
    opened_as"""
BY_ID = f"SELECT {COLUMNS} FROM payment WHERE id = $1"  # noqa: S608 - constants only
BY_NUMBER = f"SELECT {COLUMNS} FROM payment WHERE number = $1"  # noqa: S608 - constants only
LOCKED = f"SELECT {COLUMNS} FROM payment WHERE number = $1 FOR UPDATE"  # noqa: S608 - constants only
OPEN_OF_ORDER = f"""SELECT {COLUMNS} FROM payment
    WHERE order_id = $1 AND status IN ('pending', 'authorized') ORDER BY created_at, id"""  # noqa: S608 - constants only
NEWEST = f"SELECT {COLUMNS} FROM payment WHERE order_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1"  # noqa: S608
PAID = f"""SELECT {COLUMNS} FROM payment WHERE order_id = $1 AND status = 'captured'
    AND NOT EXISTS (SELECT 1 FROM refund WHERE refund.payment = payment.id AND refund.reason = 'late_payment')
    ORDER BY captured_at, id LIMIT 1"""  # noqa: S608 - constants only
REFUNDABLE = f"""SELECT {COLUMNS}, amount - (
        SELECT coalesce(sum(refund.amount), 0) FROM refund WHERE refund.payment = payment.id)::bigint AS left_amount
    FROM payment WHERE order_id = $1 AND status = 'captured'
    ORDER BY CASE provider WHEN 'gift_card' THEN 3 WHEN 'store_credit' THEN 2 ELSE 1 END, captured_at, id"""  # noqa: S608
CAPTURED = f"""INSERT INTO payment (id, number, order_id, provider, status, amount, currency, provider_ref, created_at,
        captured_at, updated_at)
    SELECT $1, $2 || '-' || (count(*) + 1), $3, $4, 'captured', $5, $6, $7, $8, $8, $8 FROM payment WHERE order_id = $3
    RETURNING {COLUMNS}"""  # noqa: S608 - constants only
WAITING = f"""SELECT {COLUMNS} FROM payment
    WHERE status IN ('pending', 'authorized') AND coalesce(asked_at, created_at) < $1
        AND provider NOT IN ('bank_transfer', 'cash_on_delivery')
    ORDER BY created_at LIMIT $2"""  # noqa: S608 - constants only
OPEN = f"""INSERT INTO payment (id, number, order_id, provider, status, amount, currency, created_at, updated_at,
        opened_as)
    SELECT $1, $2 || '-' || (count(*) + 1), $3, $4, 'pending', $5, $6, $7, $7, $8 FROM payment WHERE order_id = $3
    RETURNING {COLUMNS}"""  # noqa: S608 - constants only


async def _one(statement: str, value: UUID | str) -> Payment:
    row = await tenants.connection().fetchrow(statement, value)
    if row is None:
        raise NotFound
    return Payment(**row)


async def find(payment_id: UUID) -> Payment:
    """Raises NotFound."""
    return await _one(BY_ID, payment_id)


async def find_by_number(number: str) -> Payment:
    """Raises NotFound."""
    return await _one(BY_NUMBER, number)


async def lock_by_number(number: str) -> Payment:
    """The payment, and nobody else settles it until COMMIT. Raises NotFound. Lock its order first."""
    return await _one(LOCKED, number)


async def open_payments_of(order_id: UUID) -> list[Payment]:
    return [Payment(**row) for row in await tenants.connection().fetch(OPEN_OF_ORDER, order_id)]


async def only_by_hand(order_id: UUID) -> bool:
    """Whether people alone take and send the money of this order: transfers, and cash at the door."""
    rows = await tenants.connection().fetch("SELECT DISTINCT provider FROM payment WHERE order_id = $1", order_id)
    known = [vendor_of(row["provider"]) for row in rows]
    return bool(known) and all(vendor is not None and vendor.manual for vendor in known)


async def newest_of(order_id: UUID) -> Payment | None:
    row = await tenants.connection().fetchrow(NEWEST, order_id)
    return Payment(**row) if row else None


async def paid_payment_of(order_id: UUID) -> Payment | None:
    """The payment that paid the order: refunds are taken from it. One that came too late is not it."""
    row = await tenants.connection().fetchrow(PAID, order_id)
    return Payment(**row) if row else None


async def refundable_payments(order_id: UUID) -> list[tuple[Payment, int]]:
    """Captured payments with what is not promised back of each, in the order refunds are taken from them.

    Money that came from outside goes back first, then store credit, then gift cards: a shopper gets money before a
    promise, and a card that others may hold last. Failed refunds count as promised, because they are tried again.
    """
    found = []
    for row in await tenants.connection().fetch(REFUNDABLE, order_id):
        facts = dict(row)
        left: int = facts.pop("left_amount")
        if left > 0:
            found.append((Payment(**facts), left))
    return found


async def open_payments_before(moment: datetime, limit: int = 200) -> list[Payment]:
    """Payments nobody told us about since: the reconciler asks. Those paid by hand have nobody to ask."""
    return [Payment(**row) for row in await tenants.connection().fetch(WAITING, moment, limit)]


async def open_payment(
    order_id: UUID, order_number: str, *, provider: str, amount: int, currency: str, opened_as: str = ""
) -> Payment:
    """A further try for an order that is locked by the caller; its number counts the tries: `T1000123-1`.

    `opened_as` tells ways apart in which the provider would take the number only once.
    """
    row = await tenants.connection().fetchrow(
        OPEN, new_id(), order_number, order_id, provider, amount, currency, now(), opened_as
    )
    if row is None:
        raise NotFound
    return Payment(**row)


async def record_capture(
    order_id: UUID, order_number: str, *, provider: str, amount: int, currency: str, provider_ref: str
) -> Payment:
    """A payment that is there the moment it is made, from a wallet. `provider_ref` names whose: a card, a customer."""
    row = await tenants.connection().fetchrow(
        CAPTURED, new_id(), order_number, order_id, provider, amount, currency, provider_ref, now()
    )
    if row is None:
        raise NotFound
    return Payment(**row)


async def record_link(payment_id: UUID, *, provider_ref: str, pay_url: str) -> str:
    """Where the try can be paid; answers its state. What told of its money knew the provider's name of it better."""
    status: str = await tenants.connection().fetchval(
        "UPDATE payment SET provider_ref = CASE WHEN status = 'captured' THEN coalesce(provider_ref, $2) ELSE $2 END,"
        " pay_url = $3, updated_at = $4 WHERE id = $1 RETURNING status",
        payment_id, provider_ref, pay_url, now(),
    )  # fmt: skip
    return status


CAPTURE = """
captured AS (
    UPDATE payment SET status = 'captured', provider_ref = coalesce(nullif($2, ''), provider_ref), captured_at = $3,
        updated_at = $3, payer_mark = $4 WHERE id = $1
)
"""


def capturing(payment: Payment, *, provider_ref: str, payer_mark: str = "") -> Step:
    """The money of a locked payment came, perhaps after we had given up on it. This happens once.

    `payer_mark` is a digest of the provider's name for who paid.
    """
    if payment.status == "captured":
        raise ValueError("a payment is captured once")
    return Step(CAPTURE, (payment.id, provider_ref, now(), payer_mark))


async def authorize(payment_id: UUID) -> bool:
    """Somebody will bring the money; the order goes on without it. False when it was not waiting for that."""
    done = await tenants.connection().fetchval(
        "UPDATE payment SET status = 'authorized', updated_at = $2 WHERE id = $1 AND status = 'pending' RETURNING id",
        payment_id,
        now(),
    )
    return done is not None


async def note_receipt(payment_id: UUID, receipt: dict[str, str]) -> None:
    """What a person wrote down about money that came by hand."""
    await tenants.connection().execute(
        "UPDATE payment SET receipt = $2, updated_at = $3 WHERE id = $1",
        payment_id, msgspec.json.encode(receipt).decode(), now(),
    )  # fmt: skip


async def close(payment_id: UUID, status: str, *, failure: str = "") -> bool:
    """The try is over without money (`failed`, `canceled`). Never undoes a capture."""
    done = await tenants.connection().fetchval(
        "UPDATE payment SET status = $2, failure = $3, updated_at = $4"
        " WHERE id = $1 AND status IN ('pending', 'authorized') RETURNING id",
        payment_id, status, failure[:300], now(),
    )  # fmt: skip
    return done is not None


async def may_ask(payment_id: UUID, *, pause: timedelta) -> bool:
    """True when nobody asked the provider about it within `pause`; whoever gets True does ask."""
    mine = await tenants.connection().fetchval(
        "UPDATE payment SET asked_at = $2 WHERE id = $1 AND (asked_at IS NULL OR asked_at < $3) RETURNING id",
        payment_id, now(), now() - pause,
    )  # fmt: skip
    return mine is not None


async def was_asked(payment_id: UUID) -> None:
    """The reconciler has just asked about it."""
    await tenants.connection().execute("UPDATE payment SET asked_at = $2 WHERE id = $1", payment_id, now())
