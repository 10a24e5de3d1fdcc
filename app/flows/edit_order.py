"""Correct an order before it is sent: where it goes, what was asked for, and less of it.

One transaction for each edit. Nothing can be added: more goods are another order, because what was agreed on - prices,
coupons, the promise of stock, who brought the sale - is agreed on once.

Fewer goods of an unpaid order are priced again by the order's own rules, and a payment that was begun for the former
sum is closed, by a job at its provider too. Of a paid order they are a refund of that
part, which is a journey of its own (`request_refund`); here is only its entry in the history.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app import attribution, commissions, freight, fulfillment, inventory, live, orders, payments, promotions
from app.flows import shopper_address
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.orders import Line, Order, PriceLine
from tenants import outbox

CAUSE = "edited_by_merchant"
BY_SHOPPER = "edited_by_shopper"


class AtTheWarehouse(Refusal):
    """The warehouse has the order, or may have it."""

    code = "orders.at_the_warehouse"
    status = 409
    message = "The warehouse already has this order, so it cannot be changed here. Ask the warehouse, or refund a part."


class NothingToReduce(Refusal):
    """No line is smaller than before, or nothing would be left."""

    code = "orders.nothing_to_reduce"
    status = 422
    message = "Lower at least one quantity and leave something in the order. To drop all of it, cancel the order."


class NotReducible(Refusal):
    """Amounts that other books already know."""

    code = "orders.not_reducible"
    status = 409
    message = "A part of this order is paid, or points were spent on it. Cancel it instead; everything goes back."


class WouldCostMore(Refusal):
    """With fewer goods a discount or free delivery falls away."""

    code = "orders.would_cost_more"
    status = 409
    message = "With fewer goods this order would cost more, because a discount or free delivery no longer applies."


async def edit_address(order_id: UUID, seen: int, ship_to: Mapping[str, str], *, phone: str, actor: str) -> None:
    """Send it to another place or person. Raises OrderChanged, NotEditable, AtTheWarehouse.

    A shopper's wish has more conditions: see `shopper_address`.
    """
    by_shopper = actor == shopper_address.SHOPPER
    async with tenants.transaction():
        order = await _editable(order_id, seen)
        if (dict(ship_to), phone) == (order.ship_to, order.phone):
            return
        if by_shopper:
            await shopper_address.require_fair(order, ship_to)
        await orders.set_address(order_id, ship_to, phone)
        before, after = order.ship_to | {"phone": order.phone}, {**ship_to, "phone": phone}
        cause = BY_SHOPPER if by_shopper else CAUSE
        await orders.record_edit(order_id, "address", before=before, after=after, actor=actor, cause=cause)
        await shopper_address.look_again(await orders.find(order_id), by_shopper=by_shopper)


async def edit_note(order_id: UUID, seen: int, note: str, *, actor: str) -> None:
    """Change what goes to the warehouse as the shopper's remark. Raises OrderChanged, NotEditable, AtTheWarehouse."""
    async with tenants.transaction():
        order = await _editable(order_id, seen)
        if note != order.note:
            await orders.set_note(order_id, note)
            await orders.record_edit(order_id, "note", before=order.note, after=note, actor=actor, cause=CAUSE)


async def reduce_unpaid(order_id: UUID, seen: int, wanted: Mapping[UUID, int], *, actor: str) -> None:
    """Less of an unpaid order: `wanted` are the new quantities by line, 0 for none of it.

    Raises OrderChanged, NotEditable, AtTheWarehouse, NotReducible, NothingToReduce, WouldCostMore, InvalidInput.
    """
    async with tenants.transaction():
        order = await _editable(order_id, seen)
        kept = await orders.recorded(order_id, _freight_of)
        if order.payment_status != "unpaid" or order.deposit_amount or kept.rules.points is not None:
            raise NotReducible
        lines = await orders.lines_of(order_id)
        check_reduction([line for line in lines if not line.gift], wanted)
        wanted = {**wanted, **await _gifts_without_goods(order_id, lines, wanted)}
        to_price = _fewer(kept.lines, lines, wanted)
        kept = msgspec.structs.replace(kept, freight=_without_empty_parcels(kept.freight, to_price))
        priced = orders.price(to_price, kept.rules, kept.freight)
        if not 0 < priced.total_amount < order.total_amount:
            raise WouldCostMore if priced.total_amount else NothingToReduce
        await _close_tries(order)
        await _rewrite(order, lines, wanted, to_price, kept, priced)
        await orders.record_edit(
            order_id, "lines", actor=actor, cause=CAUSE,
            before=_told(lines, {}, order.total_amount), after=_told(lines, wanted, priced.total_amount),
        )  # fmt: skip


async def require_reducible(order_id: UUID, seen: int, wanted: Mapping[UUID, int]) -> list[tuple[Line, int]]:
    """Lines of a paid order and how many units of each shall go. Changes nothing; raises like `reduce_unpaid`."""
    async with tenants.transaction():
        await _editable(order_id, seen)
        lines = await standing_lines(order_id)
        check_reduction(lines, wanted)
        return [
            (line, line.quantity - wanted[line.id])
            for line in lines
            if wanted.get(line.id, line.quantity) < line.quantity
        ]


async def record_reduction(order_id: UUID, gone: Sequence[tuple[Line, int]], *, actor: str) -> None:
    """The refund of these units is on its way: say in the history that it was an edit."""
    async with tenants.transaction():
        order = await orders.lock(order_id)
        lines = [line for line, _units in gone]
        wanted = {line.id: line.quantity - units for line, units in gone}
        await orders.record_edit(
            order_id, "lines", actor=actor, cause=CAUSE,
            before=_told(lines, {}, order.total_amount), after=_told(lines, wanted, None),
        )  # fmt: skip


async def standing_lines(order_id: UUID) -> list[Line]:
    """The lines with what is still wanted of each, but gifts; units whose money goes back do not count any more."""
    gone = await payments.gone_of(order_id)
    lines = [
        msgspec.structs.replace(line, quantity=line.quantity - (gone[line.id].quantity if line.id in gone else 0))
        for line in await orders.lines_of(order_id)
    ]
    return [line for line in lines if line.quantity > 0 and not line.gift]


async def _gifts_without_goods(order_id: UUID, lines: Sequence[Line], wanted: Mapping[UUID, int]) -> dict[UUID, int]:
    """A gift whose goods are taken out goes with them, and others can have it; fewer of them leave it."""
    gifts = await live.gifts_by_id([line.gift for line in lines if line.gift])
    left = {line.variant for line in lines if not line.gift and wanted.get(line.id, line.quantity)}
    gone = [line for line in lines if line.gift and gifts[line.gift].for_variant not in left]
    for line in gone:
        await live.give_back(order_id, line.gift)
    return {line.id: 0 for line in gone}


def check_reduction(lines: Sequence[Line], wanted: Mapping[UUID, int]) -> None:
    """Raises InvalidInput, NothingToReduce, and NotFound for lines of another order."""
    known = {line.id: line for line in lines}
    if not set(wanted) <= set(known):
        raise NotFound
    for line_id, quantity in wanted.items():
        if not 0 <= quantity <= known[line_id].quantity:
            raise InvalidInput({f"quantity-{line_id}": "Not more than was ordered; for more, place another order."})
    left = [wanted.get(line.id, line.quantity) for line in lines]
    if not any(left) or left == [line.quantity for line in lines]:
        raise NothingToReduce


async def _editable(order_id: UUID, seen: int) -> Order:
    order = await orders.lock(order_id)
    orders.require_editable(order, seen)
    if await fulfillment.may_be_there(order_id):
        raise AtTheWarehouse
    return order


def _freight_of(record: dict[str, Any]) -> orders.FreightRule:
    return freight.restore(record) if record.get("kind") == "templates" else orders.flat_or_charged(record)


def _without_empty_parcels(rule: orders.FreightRule, lines: Sequence[PriceLine]) -> orders.FreightRule:
    if not isinstance(rule, freight.Delivery):
        return rule
    sent = tuple(parcel for parcel in rule.sent if any(lines[place].quantity for place in parcel.lines))
    return msgspec.structs.replace(rule, sent=sent)


def _fewer(recorded: Sequence[PriceLine], lines: Sequence[Line], wanted: Mapping[UUID, int]) -> list[PriceLine]:
    """The recorded lines with new quantities. One that is gone stays as a line of nothing: rules count places."""
    left = iter(lines)
    fewer = []
    for line in recorded:
        quantity = wanted.get((row := next(left)).id, row.quantity) if line.quantity else 0
        fewer.append(
            msgspec.structs.replace(line, quantity=quantity, requires_shipping=line.requires_shipping and quantity > 0)
        )
    return fewer


async def _rewrite(
    order: Order, lines: Sequence[Line], wanted: Mapping[UUID, int], to_price: Sequence[PriceLine],
    kept: orders.Recorded, priced: orders.Priced,
) -> None:  # fmt: skip
    """Amounts, whose sale it is, and last the stock. Whose sale it is is decided anew, because shares depend on it."""
    await commissions.forget_estimates(order.id)
    await attribution.undecide(order.id)
    await inventory.hold_fewer({line.id: wanted[line.id] for line in lines if line.id in wanted})
    before = [at for at, line in enumerate(kept.lines) if line.quantity]
    amounts = [(line, to_price[at].quantity, priced.lines[at]) for line, at in zip(lines, before, strict=True)]
    record = orders.price_record(to_price, kept.rules, kept.freight, priced)
    await orders.rewrite_lines(order.id, amounts, priced, record)
    if kept.rules.coupon:
        await promotions.correct_discount(order.id, priced.sum("coupon_amount"))
    await outbox.post("attribution.decide", queue="critical", key=f"decide:{order.id}", order_id=order.id)


async def _close_tries(order: Order) -> None:
    """What was begun would pay the former sum: nobody shall pay it any more, and what comes all the same goes back."""
    for payment in await payments.open_payments_of(order.id):
        await payments.close(payment.id, "canceled", failure=CAUSE)
        await outbox.post(
            "payments.close_at_provider", queue="critical", key=f"close:{payment.id}", payment_id=payment.id
        )


def _told(lines: Sequence[Line], wanted: Mapping[UUID, int], total: int | None) -> dict[str, Any]:
    told = [
        {
            "title": " ".join(filter(None, (line.title, line.variant_title))),
            "quantity": wanted.get(line.id, line.quantity),
        }
        for line in lines
    ]
    return {"lines": told} | ({} if total is None else {"total_amount": total})
