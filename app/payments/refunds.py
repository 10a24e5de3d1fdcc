"""Refunds: money on its way back. A failed one keeps its number and is tried again under it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.ids import new_id
from app.payments.payments import Payment

LATE_PAYMENT = "late_payment"


class Refund(msgspec.Struct, frozen=True):
    id: UUID
    number: str
    payment: UUID
    order_id: UUID
    amount: int
    currency: str
    reason: str
    status: str
    failure: str
    attempts: int
    created_at: datetime
    succeeded_at: datetime | None
    into_wallet: str = ""


COLUMNS = """id, number, payment, order_id, amount, currency, reason, status, failure, attempts, created_at,
    succeeded_at, into_wallet"""
BY_ID = f"SELECT {COLUMNS} FROM refund WHERE id = $1"  # noqa: S608 - constants only
BY_NUMBER = f"SELECT {COLUMNS} FROM refund WHERE number = $1"  # noqa: S608 - constants only
LOCKED = f"SELECT {COLUMNS} FROM refund WHERE number = $1 FOR UPDATE"  # noqa: S608 - constants only
OF_ORDER = f"SELECT {COLUMNS} FROM refund WHERE order_id = $1 ORDER BY created_at, id"  # noqa: S608 - constants only
FOR_SOURCE = f"SELECT {COLUMNS} FROM refund WHERE source_id = $1 ORDER BY created_at, id"  # noqa: S608 - constants only
UNNAMED = """SELECT coalesce(sum(amount), 0)::bigint FROM refund
    WHERE order_id = $1 AND reason <> 'late_payment' AND id IS DISTINCT FROM $2
        AND NOT EXISTS (SELECT 1 FROM refund_line WHERE refund_line.refund = refund.id)"""
WAITING = f"""SELECT {COLUMNS} FROM refund WHERE status = 'pending' AND updated_at < $1 AND NOT EXISTS (
        SELECT 1 FROM payment
        WHERE payment.id = refund.payment AND payment.provider IN ('bank_transfer', 'cash_on_delivery')
    ) ORDER BY created_at LIMIT $2"""  # noqa: S608 - constants only
OPEN = f"""INSERT INTO refund (id, number, payment, order_id, amount, currency, reason, status, created_at, updated_at,
        source_id, into_wallet)
    SELECT $1, $2 || '-R' || (count(*) + 1), $3, $4, $5, $6, $7, 'pending', $8, $8, $9, $10
    FROM refund WHERE payment = $3
    ON CONFLICT (payment) WHERE reason = 'late_payment' DO NOTHING
    RETURNING {COLUMNS}"""  # noqa: S608 - constants only


async def _one(statement: str, value: UUID | str) -> Refund:
    row = await tenants.connection().fetchrow(statement, value)
    if row is None:
        raise NotFound
    return Refund(**row)


async def find_refund(refund_id: UUID) -> Refund:
    """Raises NotFound."""
    return await _one(BY_ID, refund_id)


async def find_refund_by_number(number: str) -> Refund:
    """Raises NotFound."""
    return await _one(BY_NUMBER, number)


async def lock_refund(number: str) -> Refund:
    """The refund, and nobody else settles it until COMMIT. Raises NotFound. Lock its order first."""
    return await _one(LOCKED, number)


async def refunds_of(order_id: UUID) -> list[Refund]:
    return [Refund(**row) for row in await tenants.connection().fetch(OF_ORDER, order_id)]


async def unnamed_amount(order_id: UUID, *, but: UUID | None = None) -> int:
    """Refunds of a sale that say nothing of its lines, because they are older than that; `but` is not counted."""
    amount: int = await tenants.connection().fetchval(UNNAMED, order_id, but)
    return amount


async def refunds_for(source_id: UUID) -> list[Refund]:
    """The refunds somebody asked for under this id before."""
    return [Refund(**row) for row in await tenants.connection().fetch(FOR_SOURCE, source_id)]


async def refunds_waiting_since(moment: datetime, limit: int = 200) -> list[Refund]:
    """Pending refunds nothing was heard of since: the reconciler asks the provider, unless a person gives it back."""
    return [Refund(**row) for row in await tenants.connection().fetch(WAITING, moment, limit)]


async def open_refund(
    payment: Payment, *, amount: int, reason: str, source_id: UUID | None = None, into_wallet: str = ""
) -> Refund | None:
    """Owe this money back; the number counts the refunds of the payment: `T1000123-1-R1`. The caller locked the order.

    `into_wallet` is where it goes instead of the way it came. None when it is a late payment that is already owed
    back.
    """
    row = await tenants.connection().fetchrow(
        OPEN, new_id(), payment.number, payment.id, payment.order_id, amount, payment.currency, reason, now(),
        source_id, into_wallet,
    )  # fmt: skip
    return Refund(**row) if row else None


async def succeed_refund(refund_id: UUID) -> bool:
    """The money is back with the shopper. False when it already was: this happens once."""
    done = await tenants.connection().fetchval(
        "UPDATE refund SET status = 'succeeded', failure = '', succeeded_at = $2, updated_at = $2"
        " WHERE id = $1 AND status <> 'succeeded' RETURNING id",
        refund_id,
        now(),
    )
    return done is not None


async def note_reference(refund_id: UUID, reference: str) -> None:
    """How the money that was sent back by hand is found at the bank."""
    await tenants.connection().execute("UPDATE refund SET provider_ref = $2 WHERE id = $1", refund_id, reference)


async def fail_refund(refund_id: UUID, failure: str) -> bool:
    """The provider could not; it is tried again. Never undoes a success."""
    done = await tenants.connection().fetchval(
        "UPDATE refund SET status = 'failed', failure = $2, updated_at = $3"
        " WHERE id = $1 AND status = 'pending' RETURNING id",
        refund_id, failure[:300], now(),
    )  # fmt: skip
    return done is not None


async def retry_refund(refund_id: UUID) -> bool:
    """Try once more under the same number. False when the money is already back."""
    done = await tenants.connection().fetchval(
        "UPDATE refund SET status = 'pending', attempts = attempts + 1, updated_at = $2"
        " WHERE id = $1 AND status <> 'succeeded' RETURNING id",
        refund_id,
        now(),
    )
    return done is not None
