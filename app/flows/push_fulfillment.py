"""Hand a work order to its warehouse: once, whatever happens on the way.

Short steps instead of one transaction, because the outside is called between them: `prepare` (it may be known over
there from now on), the call, `accept` or `take_no`. A call without an answer may still be on its way, so the next
attempt waits until it cannot be any more (`horizon_s`, by the database's clock), asks by reference, and sends again
only what never arrived; the warehouse on its side ships one reference once.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from uuid import UUID

import tenants
from app import fulfillment, group_buying, orders, pickups
from app.flows import sheet_links
from app.flows.order_documents import speaking
from app.flows.warehouse_receiver import receiver_of
from app.flows.warehouse_turn import (
    NotYet,
    Unlucky,
    may_be_on_its_way,
    pass_gate,
    renewing,
    require_unlocked,
    since,
    turn,
)
from app.fulfillment import WarehouseFacts
from app.kernel.i18n import gettext
from app.orders import Order
from infra import wiring
from infra.warehouse.port import (
    NobodyToAsk,
    Receipt,
    WarehouseGateway,
    WarehouseLine,
    WarehouseOrder,
    WarehouseRejected,
    WarehouseUnavailable,
)
from tenants import outbox

CANCELED_THERE = "canceled"


@dataclass(frozen=True, slots=True)
class Consignment:
    """Everything the call needs. `ask_first`: an earlier attempt may have arrived."""

    work_order: UUID
    warehouse: UUID
    order: WarehouseOrder
    gateway: WarehouseGateway
    ask_first: bool


async def push_fulfillment(work_order: UUID, *, last_attempt: bool = False) -> None:
    """Raises NotYet when it is not the time to try, WarehouseUnavailable when another attempt may help, and Unlucky
    when it may help soon.

    After the last attempt the order waits for a person.
    """
    warehouse = await _whom_to_ask(work_order)
    if warehouse is None:
        return
    async with turn(warehouse, str(work_order)):
        consignment = await prepare(work_order)
        if consignment is not None:
            await _exchange(consignment, last_attempt=last_attempt)


async def _exchange(consignment: Consignment, *, last_attempt: bool) -> None:
    began = time.monotonic()
    try:
        receipt = await _hand_over(consignment)
    except WarehouseRejected as error:
        await take_no(consignment, error, took_ms=since(began))
    except WarehouseUnavailable as error:
        is_shut = await _note_silence(consignment, error, took_ms=since(began), give_up=last_attempt)
        if last_attempt:
            return
        if not is_shut:
            raise Unlucky(str(error)) from error
        raise
    else:
        await accept(consignment, receipt, took_ms=since(began))


async def _whom_to_ask(work_order_id: UUID) -> WarehouseFacts | None:
    """Its warehouse, if there is something to send there. Raises NotYet while nobody asks it."""
    async with tenants.transaction():
        found = await fulfillment.readiness(work_order_id)
    if found.work_order.status not in ("open", "submitted"):
        return None
    require_unlocked(found.gate_left)
    return found.warehouse


async def prepare(work_order_id: UUID) -> Consignment | None:
    """Say first that the warehouse may know of it. None when there is nothing to push any more. Raises NotYet."""
    async with tenants.transaction():
        # Order before work order, like every journey: whoever cancels it has done so, or finds it submitted.
        order = await orders.lock_by_work_order(work_order_id)
        found = await fulfillment.readiness(work_order_id, lock=True)
        work_order, warehouse = found.work_order, found.warehouse
        if work_order.status not in ("open", "submitted"):
            return None
        if order.status != "placed" or order.payment_status not in orders.MAY_SHIP:
            await fulfillment.hold(work_order_id, "The order was canceled or refunded before it was sent.")
            return None
        if work_order.stopping_at or (found.needs_somebody and await fulfillment.keep_back(work_order_id)):
            return None  # somebody takes it back, or nobody let it out yet
        if warehouse.status == "paused" and work_order.submitted_at is None:
            return None  # stays open; whoever lets the warehouse go on posts it again
        gateway = wiring.warehouse_gateway(warehouse, tenant_id=tenants.current().id)
        _require_nothing_on_its_way(found.unanswered_for, gateway)
        await pass_gate(warehouse.id, found.gate_left)
        content = await _content(work_order_id, work_order.reference, order)
        await fulfillment.mark_submitted(work_order_id)
        ask_first = work_order.submitted_at is not None
        if not ask_first:
            await fulfillment.mark_asked(work_order_id)
    return Consignment(work_order_id, warehouse.id, content, gateway, ask_first)


def _require_nothing_on_its_way(ago: float | None, gateway: WarehouseGateway) -> None:
    """ "Not here" means nothing as long as an earlier call may still arrive. Raises NotYet."""
    if ago is not None and ago < gateway.horizon_s:
        raise NotYet("an earlier call without an answer may still arrive", gateway.horizon_s - ago)


async def accept(consignment: Consignment, receipt: Receipt, *, took_ms: int | None = None) -> None:
    async with tenants.transaction():
        await fulfillment.mark_accepted(consignment.work_order, receipt.warehouse_ref)
        await fulfillment.note_answer(consignment.warehouse, took_ms)
        outbox.done_with_this()


async def take_no(consignment: Consignment, error: WarehouseRejected, *, took_ms: int | None = None) -> None:
    """The warehouse answered, and the answer is no: a person corrects something and presses "retry", or cancels."""
    reason = f"{error.code}: {error.args[1] or error.code}"
    async with tenants.transaction():
        if error.code == CANCELED_THERE:
            await fulfillment.refuse(consignment.work_order, reason)
        else:
            await fulfillment.hold_unsent(consignment.work_order, reason)
        await fulfillment.note_answer(consignment.warehouse, took_ms)


async def _note_silence(consignment: Consignment, error: WarehouseUnavailable, *, took_ms: int, give_up: bool) -> bool:
    """An answer that makes no sense, and a call that reached nobody, leave nothing on its way; silence may.

    True when nobody asks this warehouse any more for now.
    """
    async with tenants.transaction():
        if not may_be_on_its_way(error):
            await fulfillment.forget_asking(consignment.work_order)
        if give_up:
            await fulfillment.hold(consignment.work_order, f"The warehouse did not answer: {error}")
        return await fulfillment.note_trouble(consignment.warehouse, str(error), took_ms)


async def _hand_over(consignment: Consignment) -> Receipt:
    if consignment.ask_first:
        known = await _known_there(consignment)
        if known:
            return known
        async with tenants.transaction():
            await fulfillment.mark_asked(consignment.work_order)
    async with renewing(consignment.warehouse, forgetting=consignment.work_order):
        return await consignment.gateway.push_order(consignment.order)


async def _known_there(consignment: Consignment) -> Receipt | None:
    """What an earlier attempt left behind. A refused question is no answer: the order may be there all the same."""
    reference = consignment.order.reference
    try:
        async with renewing(consignment.warehouse):
            state = await consignment.gateway.query_order(reference)
    except NobodyToAsk:
        raise  # a person asks, and decides whether it is sent again
    except WarehouseRejected as error:
        raise WarehouseUnavailable(f"does not say whether it has the order: {error.code}") from error
    if state and state.status == "canceled":
        raise WarehouseRejected(CANCELED_THERE, "The warehouse has canceled this order.")
    return Receipt(reference, state.warehouse_ref) if state else None


async def _content(work_order: UUID, reference: str, order: Order) -> WarehouseOrder:
    """What to send where. The live host's code goes with each line if the attribution is known already."""
    rows = await tenants.connection().fetch(
        "SELECT l.id, l.title, l.variant_title, w.quantity, l.unit_amount, l.gift,"
        " coalesce(a.their_sku, nullif(l.sku, ''), l.variant::text) AS number,"
        " coalesce(d.promoter::text, '') AS referrer_id"
        " FROM fulfillment_order_line w JOIN order_line l ON l.id = w.order_line"
        " JOIN fulfillment_order f ON f.id = w.fulfillment_order"
        " LEFT JOIN sku_alias a ON a.warehouse = f.warehouse AND a.variant = l.variant"
        " LEFT JOIN attribution_decision d ON d.order_line = l.id AND d.live_session IS NOT NULL"
        " WHERE w.fulfillment_order = $1 ORDER BY l.line_number",
        work_order,
    )
    lines = tuple(
        WarehouseLine(
            line_id=str(row["id"]),
            # A warehouse finds goods by its own number, else by ours; a variant without one is known there by its id.
            sku=row["number"],
            name=_name(row["title"], row["variant_title"], is_gift=row["gift"] is not None),
            quantity=row["quantity"],
            amount=row["unit_amount"] * row["quantity"],
            referrer_id=row["referrer_id"],
        )
        for row in rows
    )
    at_point, remark = await _at_point(order)
    return WarehouseOrder(
        reference=reference,
        placed_at=order.placed_at,
        paid_at=order.paid_at or order.placed_at,
        buyer_id=str(order.customer or order.visitor_id or order.id),
        receiver=receiver_of({**order.ship_to, **at_point}),
        lines=lines,
        currency=order.currency,
        amount=sum(line.amount for line in lines),
        remark=" · ".join(filter(None, (remark, order.note))),
        answer_url=sheet_links.url(reference),
    )


def _name(title: str, variant_title: str, *, is_gift: bool) -> str:
    """In the store's language with a word about what nobody paid for, so that nobody leaves it out of the parcel."""
    with speaking(tenants.current().locale):
        return " ".join(filter(None, (f"{gettext('Gift')} ·" if is_gift else "", title, variant_title)))


async def _at_point(order: Order) -> tuple[dict[str, str], str]:
    """For a pickup point: whose name is on the parcel, and by which words its order is found among the others."""
    pickup = await pickups.pickup_of(order.id) if order.campaign else None
    if pickup is None or pickup.point is None:
        return {}, ""
    point = await pickups.find_point(pickup.point)
    number = (await group_buying.participation_of(order.id)).sequence_number
    return {"recipient": point.contact, "phone": point.phone, **point.address}, f"{point.name} #{number or '?'}"
