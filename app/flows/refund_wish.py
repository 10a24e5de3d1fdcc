"""A refund of units that a warehouse has: what is wanted once it gives them back. Not a flow, but what flows share.

The wish rides on the stops that ask for the units, all with the same `source`; when every one of them is answered, a
job looks at the answers and makes the refund, or leaves it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app import fulfillment
from app.flows.work_order_steps import push
from app.payments import RefundLine
from tenants import outbox


class RefundWish(msgspec.Struct, frozen=True):
    """What `request_refund` will be asked for; `source` makes it happen once."""

    source: UUID
    lines: Sequence[RefundLine]
    freight_amount: int = 0
    reason: str = ""
    restock: bool = False
    into_credit: bool = False
    unsent_only: bool = False

    @property
    def as_params(self) -> dict[str, Any]:
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain


def wish_of(params: dict[str, Any]) -> RefundWish:
    return msgspec.convert(params, RefundWish)


async def ring(order_id: UUID, source: str) -> None:
    """Once every warehouse that was asked has answered, somebody has to look at the answers."""
    if "asked" not in await fulfillment.answers_for(order_id, source):
        await outbox.post(
            "payments.refund_stopped", queue="critical", key=f"refund_stopped:{source}", order_id=order_id,
            source=source,
        )  # fmt: skip


async def let_the_rest_go(order_id: UUID) -> None:
    """What waited for the refund and is not part of it leaves after all. The order's row is locked."""
    freed = await fulfillment.let_go(order_id, fulfillment.REFUND_FOLLOWS)
    if not await fulfillment.stopping(order_id):
        freed = [*freed, *await fulfillment.keep_unsent(order_id, keep=False)]
    for work_order in dict.fromkeys(freed):
        await push(work_order)


async def lines_with_gifts(order_id: UUID, lines: Sequence[RefundLine]) -> set[UUID]:
    """Gifts may fall away with their goods, so they are taken back with them."""
    rows = await tenants.connection().fetch(
        "SELECT id FROM order_line WHERE order_id = $1 AND gift IS NOT NULL", order_id
    )
    return {line.order_line for line in lines if line.quantity} | {row["id"] for row in rows}
