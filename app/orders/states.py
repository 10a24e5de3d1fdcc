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
from app.orders.reading import Order
from tenants.steps import Step

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


# Column by column from constants: a column's name is never put together from a value.
MOVE = """
WITH before AS (SELECT {field} AS status FROM orders WHERE id = $1 FOR NO KEY UPDATE), moved AS (
    UPDATE orders SET {field} = $2, event_seq = event_seq + 1, updated_at = $3{more}
    FROM before WHERE orders.id = $1 AND before.status = ANY($4) RETURNING event_seq
), told AS (
    INSERT INTO order_event (id, order_id, seq, field, from_status, to_status, cause, actor, at)
    SELECT $5, $1, moved.event_seq, '{field}', before.status, $2, $6, $7, $3 FROM moved, before
)
SELECT status FROM before
"""
MOVES: Mapping[Field, str] = {
    "status": MOVE.format(field="status", more=", closed_at = $3"),
    "payment_status": MOVE.format(field="payment_status", more=""),
    "fulfillment_status": MOVE.format(field="fulfillment_status", more=""),
}


PAY = """
paid AS (
    UPDATE orders SET paid_amount = paid_amount + $2, payment_status = $3,
        paid_at = CASE WHEN $4 THEN $5 ELSE paid_at END, expires_at = CASE WHEN $4 THEN NULL ELSE expires_at END,
        event_seq = event_seq + CASE WHEN payment_status = $3 THEN 0 ELSE 1 END,
        updated_at = CASE WHEN payment_status = $3 THEN updated_at ELSE $5 END
    WHERE id = $1 RETURNING event_seq
), told AS (
    INSERT INTO order_event (id, order_id, seq, field, from_status, to_status, cause, actor, at)
    SELECT $6, $1, event_seq, 'payment_status', $7::text, $3, $8, $9, $5 FROM paid WHERE $7::text <> $3
)
"""


async def move(order_id: UUID, field: Field, to: str, *, cause: str, actor: str = "system") -> bool:
    """Move one state of an order. False when it is already there, IllegalMove when no arrow leads there.

    `cause` says what happened (`payment_captured`, `parcel_shipped`), `actor` who did it.
    """
    legal = [before for before, after in LEGAL[field] if after == to]
    at = await tenants.connection().fetchval(MOVES[field], order_id, to, now(), legal, new_id(), cause, actor)
    if at == to:
        return False
    if at not in legal:
        raise IllegalMove(field=field, at=str(at), to=to)
    return True


def recording_payment(
    order: Order, amount: int, *, at: datetime, actor: str = "provider", cause: str = "payment_captured"
) -> Step:
    """Money is here: the amount on the locked order, and its state.

    Several payments may pay one order; the time to pay ends when all of it is there. Raises IllegalMove.
    """
    whole, before = order.is_paid_by(amount), order.payment_status
    to = "paid" if whole else "partially_paid"
    if before != to and (before, to) not in LEGAL["payment_status"]:
        raise IllegalMove(field="payment_status", at=before, to=to)
    return Step(PAY, (order.id, amount, to, whole, at, new_id(), before, cause, actor))


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
