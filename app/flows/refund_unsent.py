"""Pay units back that a warehouse may be packing: it is asked to stop them, and only then the money goes.

Two journeys of one transaction each: asking, and what follows the last answer. Between them stands `stop_at_warehouse`.
When one of the warehouses did not stop, nothing is paid back, what the others stopped leaves after all, and the queue
of exceptions has it. The refund itself is `request_refund`, in its own transaction and once for each wish.
"""

from __future__ import annotations

from uuid import UUID

import tenants
from app import fulfillment, orders
from app.flows import refund_wish
from app.flows.refund_wish import RefundWish
from app.flows.work_order_steps import post_stop, require_stoppable, tell
from app.fulfillment import trouble
from app.kernel.errors import Refusal


class NothingToStop(Refusal):
    """No warehouse has any of these units."""

    code = "fulfillment.nothing_to_stop"
    status = 409
    message = "No warehouse has these units. Give them back without asking."


async def ask_to_refund(order_id: UUID, wish: RefundWish, *, actor: str) -> None:
    """Raises NothingToStop, TooLateToStop, AlreadyStopping."""
    async with tenants.transaction():
        order = await orders.lock(order_id)
        known = [await fulfillment.lock(each.id) for each in await fulfillment.work_orders_of(order_id)]
        wanted = await refund_wish.lines_with_gifts(order_id, wish.lines)
        asked = 0
        for each in known:
            if each.is_unsent or each.status in ("canceled", "closed", "incomplete", "rejected"):
                continue
            if not wanted & {line.order_line for line in await fulfillment.progress(each.id)}:
                continue
            await require_stoppable(each)
            asked += 1
            if await fulfillment.ask_stop(each.id, "refund", wish.as_params, by=actor):
                await post_stop(each.id)
                await tell(order, "stop_asked", each.reference, actor=actor)
        if not asked:
            raise NothingToStop
        await fulfillment.keep_unsent(order_id, keep=True)


async def refund_to_make(order_id: UUID, source: UUID) -> RefundWish | None:
    """After the last answer: what is to be paid back now. None when a warehouse did not stop it: all of it leaves."""
    async with tenants.transaction():
        await orders.lock(order_id)
        answers = await fulfillment.answers_for(order_id, str(source))
        if set(answers) == {"stopped"}:
            return refund_wish.wish_of(answers["stopped"])
        if "asked" not in answers:
            await refund_wish.let_the_rest_go(order_id)
    return None


async def after_the_refund(order_id: UUID, *, refused: str = "") -> None:
    """Units that are not part of it leave. When it was refused meanwhile, a person hears."""
    async with tenants.transaction():
        await orders.lock(order_id)
        await refund_wish.let_the_rest_go(order_id)
        if refused:
            await fulfillment.raise_exception(
                trouble.FAILED_INTERCEPT, order_id=order_id, params={"reason": refused, "purpose": "refund"}
            )
