"""Take a work order back from its warehouse before it ships, and do what was wanted it for.

The wish is a row, written with a job in one transaction. The job asks the warehouse between two transactions: a yes
cancels the work order and lets the wish follow, under a new reference where something shall leave instead; a no leaves
everything as it is and is an exception for a person. What was to leave from a warehouse that has sold the units
meanwhile waits for a person where it was. "Unknown there" is a yes only when no push can be on its way any
more. Whatever is asked twice happens once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from msgspec.structs import replace

import tenants
from app import fulfillment, inventory, orders
from app.flows import refund_wish, shopper_address
from app.flows.cancel_order import TooLateToCancel
from app.flows.warehouse_turn import NotYet, asked
from app.flows.work_order_steps import (
    SENT,
    TooLateToStop,
    locked,
    move_stock,
    post_stop,
    push,
    require_stoppable,
    tell,
)
from app.fulfillment import Purpose, Stop, WarehouseFacts, WorkOrder, trouble
from app.orders import Order
from infra import wiring
from infra.warehouse.port import WarehouseGateway, WarehouseRejected, WarehouseUnavailable
from tenants import outbox

NOT_THERE = "unknown_order"
WAITS = {"hold": fulfillment.BY_HAND, "refund": fulfillment.REFUND_FOLLOWS}  # for what a copy waits


async def ask_to_stop(work_order_id: UUID, purpose: Purpose, params: Mapping[str, Any], *, actor: str) -> bool:
    """True when it is done at once, because no warehouse knows of it; else its warehouse is asked.

    Raises NotFound, TooLateToStop, AlreadyStopping, GoneMeanwhile.
    """
    async with tenants.transaction():
        order, work_order = await locked(work_order_id)
        if purpose == "move" and str(params["warehouse"]) == str(work_order.warehouse):
            return True  # it is there already
        if work_order.is_unsent and not work_order.stopping_at:
            await _follow(order, work_order, purpose, params, actor)
            return True
        await require_stoppable(work_order)
        if await fulfillment.ask_stop(work_order.id, purpose, params, by=actor):
            await post_stop(work_order.id)
            await tell(order, "stop_asked", work_order.reference, actor=actor)
    return False


async def ask_to_stop_order(order_id: UUID, *, actor: str, cause: str) -> None:
    """The whole order is called off: what warehouses have is asked back, the rest waits for the answer.

    Raises TooLateToCancel, AlreadyStopping.
    """
    async with tenants.transaction():
        order = await orders.lock(order_id)
        work_orders = [
            await fulfillment.lock(each.id)
            for each in await fulfillment.work_orders_of(order_id)
            if each.status != "canceled"
        ]
        sent = [each for each in work_orders if not each.is_unsent]
        if not sent or not order.is_cancelable or any(each.status not in (*SENT, "scheduled") for each in work_orders):
            raise TooLateToCancel
        for each in sent:
            if await fulfillment.ask_stop(each.id, "cancel", {"cause": cause}, by=actor):
                await post_stop(each.id)
                await tell(order, "stop_asked", each.reference, actor=actor)
        await fulfillment.keep_unsent(order_id, keep=True)


async def ask_to_readdress(order_id: UUID, ship_to: Mapping[str, str], *, phone: str, actor: str) -> bool:
    """Warehouses have something of the order already: it is asked back and leaves again to the other address.

    False when it goes there already. Raises TooLateToStop, AlreadyStopping; a shopper's wish has more conditions.
    """
    async with tenants.transaction():
        order = await orders.lock(order_id)
        if (dict(ship_to), phone) == (order.ship_to, order.phone):
            return False
        if actor == shopper_address.SHOPPER:
            await shopper_address.require_fair(order, ship_to)
        known = [await fulfillment.lock(each.id) for each in await fulfillment.work_orders_of(order_id)]
        sent = [each for each in known if not each.is_unsent and each.status != "canceled"]
        if order.status != "placed" or not sent:
            raise TooLateToStop
        for each in sent:
            await require_stoppable(each)
            params = {"ship_to": dict(ship_to), "phone": phone}
            if await fulfillment.ask_stop(each.id, "address", params, by=actor):
                await post_stop(each.id)
                await tell(order, "stop_asked", each.reference, actor=actor)
        await fulfillment.keep_unsent(order_id, keep=True)
    return True


async def keep_for_a_person(order_id: UUID) -> None:
    """It was taken back everywhere and cannot be called off all the same, unless it is called off already."""
    async with tenants.transaction():
        order = await orders.lock(order_id)
        if order.status == "placed":
            await fulfillment.raise_exception(trouble.FAILED_INTERCEPT, order_id=order_id)


async def stop_at_warehouse(work_order_id: UUID, *, last_attempt: bool = False) -> None:
    """The job. Raises NotYet when it is not the time to ask, and WarehouseUnavailable when asking again may help."""
    ready = await _ready(work_order_id)
    if ready is None:
        return
    warehouse, gateway, reference = ready
    stopped, outcome = True, ""
    try:
        async with asked(warehouse, f"stop:{work_order_id}", may_say_no=True):
            await gateway.cancel_order(reference)
    except WarehouseRejected as error:
        stopped, outcome = error.code == NOT_THERE, f"{error.code}: {error.args[1] or error.code}"
    except WarehouseUnavailable as error:
        if not last_attempt:
            raise
        stopped, outcome = False, f"The warehouse did not answer: {error}"
    try:
        await _settle(work_order_id, stopped=stopped, outcome=outcome)
    except inventory.GoneMeanwhile:  # the other warehouse sold the units while this one was asked
        await _settle(work_order_id, stopped=stopped, outcome=outcome, instead="hold")


async def _ready(work_order_id: UUID) -> tuple[WarehouseFacts, WarehouseGateway, str] | None:
    """Whom to ask; None when the answer is known already. Raises NotYet."""
    async with tenants.transaction():
        order, work_order = await locked(work_order_id)
        stop = await fulfillment.open_stop(work_order_id)
        if stop is None:
            return None
        if work_order.status not in (*SENT, "rejected"):
            await _answer(order, work_order, stop, stopped=False, outcome="already_shipped: already_shipped")
            return None
        warehouse = await fulfillment.warehouse(work_order.warehouse)
        gateway = wiring.warehouse_gateway(warehouse, tenant_id=tenants.current().id)
        ago = await fulfillment.unanswered_for(work_order_id)
        if ago is not None and ago < gateway.horizon_s:
            raise NotYet("a call without an answer may still arrive", gateway.horizon_s - ago)
    return warehouse, gateway, work_order.reference


async def _settle(work_order_id: UUID, *, stopped: bool, outcome: str, instead: Purpose | None = None) -> None:
    """`instead` is what follows when what was wanted cannot."""
    async with tenants.transaction():
        order, work_order = await locked(work_order_id)
        stop = await fulfillment.open_stop(work_order_id)
        if stop is not None:
            stop = replace(stop, purpose=instead) if instead else stop
            gone = work_order.status not in (*SENT, "rejected")
            await _answer(order, work_order, stop, stopped=stopped and not gone, outcome=outcome)


async def _answer(order: Order, work_order: WorkOrder, stop: Stop, *, stopped: bool, outcome: str) -> None:
    await fulfillment.settle_stop(stop, stopped=stopped, outcome=outcome)
    if stopped:
        await tell(order, "stopped", work_order.reference, actor="warehouse")
        await _follow(order, work_order, stop.purpose, stop.params, stop.asked_by)
        await _ring(order, stop)
        return
    await tell(order, "not_stopped", work_order.reference, actor="warehouse")
    await fulfillment.raise_exception(
        trouble.FAILED_INTERCEPT, work_order=work_order.id, params={"reason": outcome, "purpose": stop.purpose}
    )
    may_go = await fulfillment.keep_unsent(order.id, keep=False)
    for each in {*may_go, *([work_order.id] if work_order.status in ("open", "submitted") else [])}:
        await push(each)
    await _ring(order, stop)


async def _ring(order: Order, stop: Stop) -> None:
    if stop.purpose == "refund":
        await refund_wish.ring(order.id, str(stop.params["source"]))


async def _follow(order: Order, work_order: WorkOrder, purpose: Purpose, params: Mapping[str, Any], actor: str) -> None:
    """No warehouse has it: do what it was wanted for."""
    if purpose == "cancel":
        await fulfillment.cancel(work_order.id, "stopped: cancel")
        if not await fulfillment.stopping(order.id):
            await outbox.post(
                "orders.cancel", queue="critical", key=f"orders.cancel:{order.id}", order_id=order.id, actor=actor,
                cause=params.get("cause") or "canceled_by_merchant",
            )  # fmt: skip
    elif purpose == "hold" and work_order.is_unsent:
        await fulfillment.hold_by_hand(work_order.id)
    elif purpose == "move" and work_order.is_unsent:
        await _move_here(order, work_order, UUID(str(params["warehouse"])), actor)
    else:
        await _replace(order, work_order, purpose, params, actor)


async def _move_here(order: Order, work_order: WorkOrder, target: UUID, actor: str) -> None:
    """Nobody knows its reference, so it keeps it."""
    await fulfillment.send_from(work_order.id, target)
    await tell(order, "moved", work_order.reference, actor=actor)
    if work_order.status == "open":
        await push(work_order.id)
    await move_stock(order.id, work_order, target)


async def _replace(
    order: Order, work_order: WorkOrder, purpose: Purpose, params: Mapping[str, Any], actor: str
) -> None:
    """What was taken back leaves under a new reference: to another address, from elsewhere, or when it is let out."""
    if purpose == "address":
        await _readdress(order, params, actor)
        if not await fulfillment.stopping(order.id):
            for each in await fulfillment.keep_unsent(order.id, keep=False):
                await push(each)
    target = UUID(str(params["warehouse"])) if purpose == "move" else work_order.warehouse
    reference = await fulfillment.next_reference(order.id, order.number)
    units = {line.order_line: line.asked - line.gone for line in await fulfillment.progress(work_order.id)}
    made = await fulfillment.copy(
        work_order, reference, {line: number for line, number in units.items() if number > 0}, warehouse=target,
        status="on_hold" if purpose in WAITS else "open", reason=WAITS.get(purpose, ""),
        lets_out=purpose != "hold",
    )  # fmt: skip
    await fulfillment.cancel(work_order.id, f"replaced: {reference}")
    if purpose == "address":
        await shopper_address.look_again(await orders.find(order.id), by_shopper=actor == shopper_address.SHOPPER)
    await tell(order, "replaced", work_order.reference, actor=actor, new=reference)
    if purpose not in WAITS:
        await push(made)
    if target != work_order.warehouse:
        await move_stock(order.id, work_order, target)


async def _readdress(order: Order, params: Mapping[str, Any], actor: str) -> None:
    """Several work orders of one order are told the same address; it is written once."""
    ship_to, phone = dict(params["ship_to"]), str(params["phone"])
    if (ship_to, phone) == (order.ship_to, order.phone):
        return
    await orders.set_address(order.id, ship_to, phone)
    before, after = order.ship_to | {"phone": order.phone}, {**ship_to, "phone": phone}
    await orders.record_edit(order.id, "address", before=before, after=after, actor=actor, cause="edited_after_push")
