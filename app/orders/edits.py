"""Changing an order that is placed: where it goes, what the shopper asked for, how much of it.

Every change is an event with how it was and how it is. `seen` is the event the editor's page showed last: when another
one has happened since, nothing is changed, so two people never overwrite each other. The caller has locked the order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import Refusal
from app.kernel.ids import new_id
from app.orders.amounts import Priced, PricedLine
from app.orders.reading import Line, Order

Subject = Literal["address", "note", "lines", "shipping"]


class OrderChanged(Refusal):
    """Somebody else was quicker."""

    code = "orders.changed_meanwhile"
    status = 409
    message = "The order has changed while you were editing. Look at it again; nothing of yours was saved."


class NotEditable(Refusal):
    """The order is over, or on its way."""

    code = "orders.not_editable"
    status = 409
    message = "This order cannot be changed any more: it is over, or something of it has left."


def require_editable(order: Order, seen: int) -> None:
    """Raises OrderChanged, NotEditable."""
    if order.event_seq != seen:
        raise OrderChanged
    if order.status != "placed" or order.fulfillment_status != "unfulfilled":
        raise NotEditable


async def record_edit(order_id: UUID, what: Subject, *, before: Any, after: Any, actor: str, cause: str) -> None:
    """Write the edit down and move the order's version on."""
    moment = now()
    seq = await tenants.connection().fetchval(
        "UPDATE orders SET event_seq = event_seq + 1, updated_at = $2 WHERE id = $1 RETURNING event_seq",
        order_id, moment,
    )  # fmt: skip
    await tenants.connection().execute(
        "INSERT INTO order_event (id, order_id, seq, field, from_status, to_status, cause, actor, at, details)"
        " VALUES ($1, $2, $3, 'edit', '', $4, $5, $6, $7, $8)",
        new_id(), order_id, seq, what, cause, actor, moment,
        msgspec.json.encode({"before": before, "after": after}).decode(),
    )  # fmt: skip


async def set_address(order_id: UUID, ship_to: Mapping[str, str], phone: str) -> None:
    await tenants.connection().execute(
        "UPDATE orders SET ship_to = $2, phone = $3 WHERE id = $1",
        order_id, msgspec.json.encode(ship_to).decode(), phone,
    )  # fmt: skip


async def set_note(order_id: UUID, note: str) -> None:
    await tenants.connection().execute("UPDATE orders SET note = $2 WHERE id = $1", order_id, note)


async def set_tags(order_id: UUID, tags: Sequence[str]) -> None:
    """Tags are the store's own marks, not part of what was ordered: no event, no version."""
    await tenants.connection().execute("UPDATE orders SET tags = $2 WHERE id = $1", order_id, list(tags))


_LINE = """
UPDATE order_line SET quantity = $2, goods_amount = $3, discount_amount = $4, freight_amount = $5, tax_amount = $6,
    price_breakdown = $7 WHERE id = $1
"""
_SUMS = """
UPDATE orders SET goods_amount = $2, discount_amount = $3, freight_amount = $4, tax_amount = $5, total_amount = $6,
    price_rules = $7 WHERE id = $1
"""


async def rewrite_lines(
    order_id: UUID, lines: Sequence[tuple[Line, int, PricedLine]], priced: Priced, record: Mapping[str, Any]
) -> None:
    """Give lines their new quantity and amounts; a line of nothing is gone. `record` is what they were priced by."""
    database = tenants.connection()
    for line, quantity, amounts in lines:
        if not quantity:
            await database.execute("DELETE FROM order_line WHERE id = $1", line.id)
            continue
        await database.execute(
            _LINE, line.id, quantity, amounts.goods_amount, amounts.discount_amount, amounts.freight_amount,
            amounts.tax_amount, msgspec.json.encode(amounts.breakdown).decode(),
        )  # fmt: skip
    await database.execute(
        _SUMS, order_id, priced.goods_amount, priced.discount_amount, priced.freight_amount, priced.tax_amount,
        priced.total_amount, msgspec.json.encode(record).decode(),
    )  # fmt: skip
