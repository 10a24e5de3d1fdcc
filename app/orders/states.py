"""The three states of an order and the moves they may make. Every move is a row that nobody can change afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from app.kernel.ids import new_id

Field = Literal["status", "payment_status", "fulfillment_status"]

LEGAL: Mapping[Field, frozenset[tuple[str, str]]] = {
    "status": frozenset({
        ("draft", "placed"),
        ("placed", "completed"),
        ("placed", "canceled"),
        ("placed", "expired"),
    }),
    "payment_status": frozenset({
        ("unpaid", "authorized"),
        ("unpaid", "partially_paid"),
        ("unpaid", "paid"),
        ("unpaid", "voided"),
        ("authorized", "paid"),
        ("authorized", "voided"),
        ("partially_paid", "paid"),
        ("partially_paid", "voided"),
        ("paid", "partially_refunded"),
        ("paid", "refunded"),
        ("partially_refunded", "refunded"),
    }),
    "fulfillment_status": frozenset({
        ("unfulfilled", "partially_fulfilled"),
        ("unfulfilled", "fulfilled"),
        ("unfulfilled", "canceled"),
        ("partially_fulfilled", "fulfilled"),
        ("partially_fulfilled", "canceled"),  # the rest will not come any more
        ("fulfilled", "delivered"),
    }),
}  # fmt: skip

# Paid, or trusted with cash at the door, and not everything given back: such an order is packed and sent.
MAY_SHIP = ("paid", "authorized", "partially_refunded")


class IllegalMove(Refusal):
    """The order is not in a state this can happen to."""

    code = "orders.illegal_move"
    status = 409
    message = "The order has moved on in the meantime. Look at it again."

    def __init__(self, *, field: str, at: str, to: str) -> None:
        super().__init__(field=field, at=at, to=to)


# Static texts: a column's name is never put together from a value.
STATES: Mapping[Field, str] = {
    "status": "SELECT status FROM orders WHERE id = $1 FOR UPDATE",
    "payment_status": "SELECT payment_status FROM orders WHERE id = $1 FOR UPDATE",
    "fulfillment_status": "SELECT fulfillment_status FROM orders WHERE id = $1 FOR UPDATE",
}
MOVES: Mapping[Field, str] = {
    "status": "UPDATE orders SET status = $2, event_seq = event_seq + 1, updated_at = $3, closed_at = $3"
    " WHERE id = $1 RETURNING event_seq",
    "payment_status": "UPDATE orders SET payment_status = $2, event_seq = event_seq + 1, updated_at = $3"
    " WHERE id = $1 RETURNING event_seq",
    "fulfillment_status": "UPDATE orders SET fulfillment_status = $2, event_seq = event_seq + 1, updated_at = $3"
    " WHERE id = $1 RETURNING event_seq",
}


PAY = """
UPDATE orders SET paid_amount = paid_amount + $2,
    paid_at = CASE WHEN paid_amount + $2 >= total_amount THEN $3 ELSE paid_at END,
    expires_at = CASE WHEN paid_amount + $2 >= total_amount THEN NULL ELSE expires_at END
WHERE id = $1 RETURNING paid_amount >= total_amount AS whole
"""


async def move(order_id: UUID, field: Field, to: str, *, cause: str, actor: str = "system") -> bool:
    """Move one state of an order. False when it is already there, IllegalMove when no arrow leads there.

    `cause` says what happened (`payment_captured`, `parcel_shipped`), `actor` who did it.
    """
    database = tenants.connection()
    at = await database.fetchval(STATES[field], order_id)
    if at == to:
        return False
    if (at, to) not in LEGAL[field]:
        raise IllegalMove(field=field, at=str(at), to=to)
    moment = now()
    seq = await database.fetchval(MOVES[field], order_id, to, moment)
    await database.execute(
        "INSERT INTO order_event (id, order_id, seq, field, from_status, to_status, cause, actor, at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        new_id(), order_id, seq, field, at, to, cause, actor, moment,
    )  # fmt: skip
    return True


async def record_payment(
    order_id: UUID, amount: int, *, at: datetime, actor: str = "provider", cause: str = "payment_captured"
) -> bool:
    """Money is here: the amount on the order, and its state. True when the order is paid with it.

    Several payments may pay one order; the time to pay ends when all of it is there.
    """
    row = await tenants.connection().fetchrow(PAY, order_id, amount, at)
    if row is None:
        raise NotFound
    to = "paid" if row["whole"] else "partially_paid"
    await move(order_id, "payment_status", to, cause=cause, actor=actor)
    return bool(row["whole"])


async def authorize(order_id: UUID, *, cause: str, actor: str = "shopper") -> None:
    """The money will come later, and the order is packed all the same: it cannot run out of time any more."""
    await tenants.connection().execute("UPDATE orders SET expires_at = NULL WHERE id = $1", order_id)
    await move(order_id, "payment_status", "authorized", cause=cause, actor=actor)


async def extend(order_id: UUID, until: datetime) -> None:
    """More time to pay."""
    await tenants.connection().execute(
        "UPDATE orders SET expires_at = $2, updated_at = $3 WHERE id = $1", order_id, until, now()
    )


async def ask_deposit(order_id: UUID, amount: int, *, balance_from: datetime) -> None:
    """The first payment of this order is only so much; the rest can be paid from then on."""
    await tenants.connection().execute(
        "UPDATE orders SET deposit_amount = $2, balance_from = $3 WHERE id = $1", order_id, amount, balance_from
    )


async def record_refund(order_id: UUID, amount: int, *, cause: str, actor: str = "provider") -> None:
    """Money went back; what was paid and what was returned say whether all of it did.

    An order that was never paid in full is void: parts of its price that came are given back without another move.
    """
    row = await tenants.connection().fetchrow(
        "UPDATE orders SET refunded_amount = refunded_amount + $2 WHERE id = $1"
        " RETURNING refunded_amount = paid_amount AS whole, payment_status",
        order_id,
        amount,
    )
    if row is None:
        raise NotFound
    if row["payment_status"] != "voided":
        to = "refunded" if row["whole"] else "partially_refunded"
        await move(order_id, "payment_status", to, cause=cause, actor=actor)
