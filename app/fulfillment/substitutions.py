"""Other goods in place of missing ones: what the shopper was offered, until when, and the answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from app.kernel.ids import new_id

Answer = Literal["accepted", "declined", "expired", "withdrawn"]


class OfferedAlready(Refusal):
    """One question at a time."""

    code = "fulfillment.offered_already"
    status = 409
    message = "The shopper was offered something for these goods already and has not answered."


class AnsweredAlready(Refusal):
    """The first answer stands."""

    code = "fulfillment.answered_already"
    status = 409
    message = "This offer is not open any more. Nothing was changed."


class Substitution(msgspec.Struct, frozen=True):
    """`price_amount` is that of one unit, `paid_amount` what the missing units cost, `back_amount` the difference."""

    id: UUID
    fulfillment_order: UUID
    order_id: UUID
    order_line: UUID
    line_title: str
    image_key: str | None
    units: int
    variant: UUID
    title: str
    price_amount: int
    paid_amount: int
    back_amount: int
    status: str
    answer_until: datetime
    answered_at: datetime | None
    replacement: UUID | None
    replacement_number: str

    @property
    def is_open(self) -> bool:
        return self.status == "proposed"

    @property
    def kept_amount(self) -> int:
        """What the goods that are sent instead cost."""
        return self.paid_amount - self.back_amount


KNOWN = """
SELECT one.id, one.fulfillment_order, work.order_id, one.order_line, line.title AS line_title, one.units, one.variant,
    one.title, one.price_amount, one.paid_amount, one.back_amount, one.status, one.answer_until, one.answered_at,
    one.replacement, coalesce(sent.number, '') AS replacement_number,
    coalesce(product.cover_thumb_key, product.cover_key) AS image_key
FROM substitution AS one JOIN fulfillment_order AS work ON work.id = one.fulfillment_order
JOIN order_line AS line ON line.id = one.order_line JOIN variant ON variant.id = one.variant
JOIN product ON product.id = variant.product LEFT JOIN orders AS sent ON sent.id = one.replacement
"""
PROPOSE = """
INSERT INTO substitution (id, fulfillment_order, order_line, units, variant, title, price_amount, paid_amount,
    back_amount, answer_until, proposed_by, proposed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (fulfillment_order, order_line) WHERE status = 'proposed' DO NOTHING RETURNING id
"""
ANSWER = """
UPDATE substitution SET status = $2, answered_by = $3, answered_at = $4, replacement = $5
WHERE id = $1 AND status = 'proposed' RETURNING id
"""
UNREFUNDED = """
SELECT one.id FROM substitution AS one JOIN fulfillment_order AS work ON work.id = one.fulfillment_order
JOIN short_pick AS short ON short.fulfillment_order = one.fulfillment_order AND short.order_line = one.order_line
WHERE one.status IN ('declined', 'expired') AND short.status = 'open' AND work.status = 'incomplete'
    AND NOT EXISTS (SELECT 1 FROM refund WHERE refund.source_id = one.id)
ORDER BY one.answered_at LIMIT 100
"""


async def propose(
    work_order: UUID, order_line: UUID, *, units: int, variant: UUID, title: str, price_amount: int, paid_amount: int,
    back_amount: int, answer_until: datetime, by: str,
) -> UUID:  # fmt: skip
    """Raises OfferedAlready."""
    made: UUID | None = await tenants.connection().fetchval(
        PROPOSE, new_id(), work_order, order_line, units, variant, title, price_amount, paid_amount, back_amount,
        answer_until, by, now(),
    )  # fmt: skip
    if made is None:
        raise OfferedAlready
    return made


async def answer(substitution: UUID, status: Answer, *, by: str, replacement: UUID | None = None) -> None:
    """Raises AnsweredAlready."""
    if await tenants.connection().fetchval(ANSWER, substitution, status, by, now(), replacement) is None:
        raise AnsweredAlready


async def find_substitution(substitution: UUID) -> Substitution:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(KNOWN + " WHERE one.id = $1", substitution)
    if row is None:
        raise NotFound
    return _from(row)


async def substitutions_of(order_id: UUID) -> list[Substitution]:
    """The newest first."""
    rows = await tenants.connection().fetch(KNOWN + " WHERE work.order_id = $1 ORDER BY one.proposed_at DESC", order_id)
    return [_from(row) for row in rows]


async def sent_instead(order_id: UUID) -> bool:
    """Whether other goods leave, or left, in place of some of the order's."""
    return any(one.status == "accepted" for one in await substitutions_of(order_id))


async def overdue_substitutions() -> list[UUID]:
    """Open ones whose time to answer is over."""
    rows = await tenants.connection().fetch(
        "SELECT id FROM substitution WHERE status = 'proposed' AND answer_until <= $1 ORDER BY answer_until LIMIT 100",
        now(),
    )
    return [row["id"] for row in rows]


async def unrefunded_substitutions() -> list[UUID]:
    """The shopper wants the money instead, the warehouse is done with the rest, and no refund was made for it."""
    return [row["id"] for row in await tenants.connection().fetch(UNREFUNDED)]


def _from(row: Mapping[str, Any]) -> Substitution:
    return Substitution(**dict(row))
