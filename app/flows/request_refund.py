"""The merchant gives money back: units or amounts of lines, delivery, a part of the whole, or all of it.

One transaction. Units that were never sent are freed for sale at once and taken off their work order; units that were
sent return to the shelf when the refund succeeds, if that is wished. Requests about goods that have nothing left to
give back are over with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

import tenants
from app import aftersales, fulfillment, inventory, live, orders, payments
from app.flows import campaign_seats, gift_lines, giving_back, unsent_goods
from app.flows.aftersale_overtaken import overtake
from app.flows.unsent_goods import UnitsHaveLeft
from app.inventory import Standing
from app.kernel.errors import Refusal
from app.payments import Part, Refund, RefundLine
from tenants import outbox

SHORT_PICK = "short_pick"  # given back because a warehouse does not have it, and only as long as that is so
Shares = Mapping[tuple[UUID, UUID], int]  # units by order line and warehouse


class NothingToRefund(Refusal):
    """The order was never paid, or everything is on its way back already."""

    code = "payments.nothing_to_refund"
    status = 409
    message = "There is nothing left to give back on this order."


class NobodyToCredit(Refusal):
    """Store credit belongs to an account."""

    code = "payments.nobody_to_credit"
    status = 409
    message = "This order was placed without an account, so there is nobody to give store credit to."


class UnitsAtWarehouse(Refusal):
    """The warehouse may be packing these units: they cannot be given back and sent at the same time."""

    code = "payments.units_at_warehouse"
    status = 409
    message = (
        "The warehouse is already packing %(title)s. Give an amount back instead of units, or wait until it arrives."
    )


async def request_refund(
    order_id: UUID,
    *,
    lines: Sequence[RefundLine] = (),
    freight_amount: int = 0,
    amount: int | None = None,
    reason: str,
    restock: bool = False,
    source_id: UUID | None = None,
    into_credit: bool = False,
    unsent_only: bool = False,
) -> list[Refund]:
    """Owe money back: of `lines` and of delivery, or `amount` of the whole order, or (with none of these) all there is.

    Answers one refund for each payment it is taken from: outside payments first, then store credit, then gift cards.
    What is promised but not yet done counts as gone, so that two people pressing the button cannot give back twice;
    asking again with the same `source_id` answers with the refunds of the first time.

    `into_credit` makes it store credit of the customer at once, instead of sending the money back. `unsent_only` gives
    nothing back of units that have left, which would have to come back first.

    Raises NothingToRefund, InvalidInput, UnitsAtWarehouse, UnitsHaveLeft, NobodyToCredit.
    """
    async with tenants.transaction():
        order = await orders.lock(order_id)
        if source_id and (known := await payments.refunds_for(source_id)):
            return known
        left = await giving_back.left_of(order_id)
        if reason == SHORT_PICK and not await fulfillment.missing_units(order_id):
            raise NothingToRefund  # the shopper took other goods meanwhile, or another warehouse sends it
        if not order.is_paid or not await payments.refundable_payments(order_id):
            raise NothingToRefund
        terms = await giving_back.terms_of(order)
        if lines or freight_amount:
            parts = payments.choose(left, lines, freight_amount, terms)
        else:
            parts = payments.spread_parts(left, sum(part.amount for part in left) if amount is None else amount, terms)
        if not sum(part.amount for part in parts):
            raise NothingToRefund
        if into_credit and order.customer is None:
            raise NobodyToCredit
        whole = sum(part.amount for part in parts) == sum(part.amount for part in left)
        if whole:  # lines whose money went before are in it too: their units may still wait
            parts = payments.merge([*parts, *(Part(part.order_line) for part in left)])
        presents, gifts = await gift_lines.falling_away(order_id, left, parts, whole=whole)
        parts = await _place(
            order, payments.merge([*parts, *presents]), restock=restock, whole=whole, unsent_only=unsent_only
        )
        shelved = {part.order_line: part.restock_quantity for part in parts}
        await overtake(order, payments.what_is_left(left, parts), shelved)
        refunds = await giving_back.owe(order, parts, reason=reason, source_id=source_id, into_credit=into_credit)
        if whole and await campaign_seats.waits(order):  # nobody pays for it any more, so its group goes on without it
            await campaign_seats.release(order, reason)
        for gift in gifts:
            await live.give_back(order_id, gift)
        await _free(order, {part.order_line: part.released_quantity for part in parts if part.released_quantity})
        return refunds


async def _place(
    order: orders.Order, parts: Sequence[Part], *, restock: bool, whole: bool, unsent_only: bool
) -> list[Part]:
    """Where the units are: never sent, or with the shopper and perhaps to be put back on the shelf.

    With the `whole` of the order given back nothing is paid for any more: what waits to be sent goes with it, unless
    the warehouse may be packing it.
    """
    if not whole and not any(part.quantity for part in parts):
        return list(parts)
    standing = await inventory.standing_of(order.id)
    gone = await payments.gone_of(order.id)
    packing = await fulfillment.packing(order.id)
    counted = await aftersales.inspected_units(order.id)  # on the shelf, or scrap, already
    placed = []
    for part in parts:
        known = gone.get(part.order_line, Part(part.order_line))
        stands = standing.get(part.order_line, Standing(0, 0))
        arrived = stands.shipped - (known.quantity - known.released_quantity)
        waiting, free = stands.promised, sum(_free_shelves(part.order_line, stands, packing).values())
        if whole and free:
            part = replace(part, quantity=max(part.quantity, free))
        released = _released(part.quantity, waiting, max(arrived, 0), sent_first=restock or free < waiting)
        if unsent_only and (released := part.quantity) > waiting:
            raise UnitsHaveLeft(title=await _title(order.id, part.order_line), left=waiting)
        if released > free:
            raise UnitsAtWarehouse(title=await _title(order.id, part.order_line))
        back = max(min(part.quantity - released, arrived - counted.get(part.order_line, 0)), 0) if restock else 0
        placed.append(replace(part, released_quantity=released, restock_quantity=back))
    return placed


def _free_shelves(line: UUID, stands: Standing, packing: set[tuple[UUID, UUID]]) -> dict[UUID, int]:
    """What no warehouse is packing, the smallest parts first: with a part that is gone goes its parcel."""
    shelves = sorted(stands.shelves.items(), key=lambda shelf: (shelf[1], shelf[0]))
    return {place: units for place, units in shelves if (line, place) not in packing}


def _released(units: int, waiting: int, arrived: int, *, sent_first: bool) -> int:
    """How many of the units are ones that were never sent. Unless told otherwise, those come first."""
    return min(waiting, max(units - arrived, 0) if sent_first else units)


async def _title(order_id: UUID, order_line: UUID) -> str:
    return next((line.title for line in await orders.lines_of(order_id) if line.id == order_line), "")


async def _free(order: orders.Order, units: Mapping[UUID, int]) -> None:
    """These units will not be sent: nobody packs them, and they can be sold again."""
    if not units:
        return
    missing = await _missing(order.id)
    shares = await _shares(order.id, units, missing)
    await fulfillment.take_off(order.id, shares)
    await inventory.free_units(shares)
    await _write_off(order.id, shares, missing)
    await unsent_goods.move_on(order, cause="refunded_unsent")


async def _missing(order_id: UUID) -> Shares:
    found = Counter[tuple[UUID, UUID]]()
    for parts in (await fulfillment.missing_units(order_id)).values():
        found.update(parts)
    return found


async def _write_off(order_id: UUID, shares: Shares, missing: Shares) -> None:
    """Units that a warehouse did not find are not for sale again: they never were there."""
    variants = {line.id: line.variant for line in await orders.lines_of(order_id)} if missing else {}
    lost = Counter[tuple[UUID, UUID]]()
    for (line, place), units in missing.items():
        lost[variants[line], place] += min(units, shares.get((line, place), 0))
    await inventory.write_off(lost, about=order_id, actor="warehouse")


async def _shares(order_id: UUID, units: Mapping[UUID, int], missing: Shares) -> dict[tuple[UUID, UUID], int]:
    """From which warehouses' shelves the units are taken: first from one that misses some, which nobody would send."""
    standing, packing = await inventory.standing_of(order_id), await fulfillment.packing(order_id)
    shares: dict[tuple[UUID, UUID], int] = {}
    for line, left in units.items():
        shelves = _free_shelves(line, standing.get(line, Standing(0, 0)), packing)
        for place, there in sorted(shelves.items(), key=lambda shelf: (line, shelf[0]) not in missing):
            if share := min(left, there):
                shares[line, place] = share
                left -= share
    return shares


async def retry_refund(refund_id: UUID, *, only_failed: bool = False) -> bool:
    """Try a refund again under its own number. Raises NothingToRefund when the money is back already.

    `only_failed` is for tries that nobody asked for: they do nothing unless it still stands as failed.
    """
    async with tenants.transaction():
        refund = await payments.find_refund(refund_id)
        await orders.lock(refund.order_id)
        if only_failed and (await payments.find_refund(refund_id)).status != "failed":
            return False
        if not await payments.retry_refund(refund_id):
            raise NothingToRefund
        await outbox.post("payments.refund", queue="critical", key=f"refund:{refund_id}", refund_id=refund_id)
        return True
