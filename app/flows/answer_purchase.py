"""A supplier answers a purchase order: all of it, a part, or nothing; and later whether it can still send fewer.

One transaction for each answer, with the purchase order locked. What was called off since it was sent falls out first,
and whoever answers an older version is asked to look again. Units that were refused are free to be ordered elsewhere,
and a person of the store looks at their orders.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import tenants
from app import fulfillment, purchasing
from app.flows import expected_goods, purchase_versions
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.purchasing import AlreadyAnswered, Line, Purchase, PurchaseChanged

LONGEST = 500


async def answer_purchase(
    purchase_id: UUID,
    *,
    version: int,
    accepted: Mapping[UUID, int] | None,
    words: str = "",
    by: str,
    supplier: UUID | None = None,
) -> str:
    """The state it has afterwards. `accepted` says how many of each line, None all; what is missing there is refused.

    Raises NotFound (also for another supplier's), PurchaseChanged, AlreadyAnswered, InvalidInput.
    """
    await _refresh(purchase_id, supplier, by)
    async with tenants.transaction():
        purchase = await purchasing.find_purchase(purchase_id, supplier=supplier, lock=True)
        if purchase.status != "sent":
            raise AlreadyAnswered
        if purchase.version != version:
            raise PurchaseChanged
        lines = await purchasing.lines_of(purchase_id)
        counts = _counted(lines, accepted)
        said = words.strip()[:LONGEST]
        if not said and any(counts[line.id] < line.quantity for line in lines):
            raise InvalidInput({"words": N_("Say why you cannot send everything.")})
        await purchasing.accept_lines(list(counts.items()))
        await _refuse(purchase, lines, counts, said)
        status = "accepted" if any(counts.values()) else "refused"
        await purchasing.answer(purchase_id, status, words=said, by=by)
        await purchasing.total_up(purchase_id)
        await purchasing.write_version(purchase_id, await purchasing.next_version(purchase_id), "answered", by=by)
        await expected_goods.expect(purchase, by=by)
    return status


async def answer_change(
    change_id: UUID, *, agreed: bool, words: str = "", by: str, supplier: UUID | None = None
) -> bool:
    """Whether the supplier still sends fewer. False when it was answered, or nothing is left to take back."""
    async with tenants.transaction():
        change = await purchasing.find_change(change_id)
        purchase = await purchasing.find_purchase(change.purchase_order, supplier=supplier, lock=True)
        if not agreed and not words.strip():
            raise InvalidInput({"words": N_("Say why not.")})
        if not await purchasing.answer_change(change_id, agreed=agreed, words=words.strip()[:LONGEST], by=by):
            return False
        if agreed:
            await _take_back(purchase, change.purchase_line, change.quantity, by)
        else:
            await _tell_who_gets_it(purchase, change.purchase_line, change.quantity, words.strip())
    return True


async def _tell_who_gets_it(purchase: Purchase, line: UUID, quantity: int, words: str) -> None:
    """Goods that are sent to shoppers arrive though nobody wants them any more: a person talks to each of them."""
    if not any(each.id == line and each.drop_ship for each in await purchasing.lines_of(purchase.id)):
        return
    units = await purchasing.last_units(line, quantity, asked_back=True)
    for order_id in sorted(set(units.values())):
        await fulfillment.raise_exception(
            fulfillment.trouble.SUPPLIER_SENDS_ANYWAY, order_id=order_id,
            params={
                "reason": words, "supplier": purchase.supplier_name, "purchase": str(purchase.id),
                "number": purchase.number,
            },
        )  # fmt: skip


async def _take_back(purchase: Purchase, line: UUID, quantity: int, by: str) -> None:
    """What was sent in the meantime cannot be taken back any more."""
    units = await purchasing.last_units(line, quantity, asked_back=True)
    if not units:
        return
    await purchasing.drop_units(list(units))
    await purchasing.accept_fewer(line, len(units))
    await purchasing.total_up(purchase.id)
    await purchasing.write_version(purchase.id, await purchasing.next_version(purchase.id), "called_off", by=by)
    if await purchasing.close_done(purchase.id):
        await expected_goods.call_off(purchase.id, by=by)


async def _refresh(purchase_id: UUID, supplier: UUID | None, by: str) -> None:
    async with tenants.transaction():
        purchase = await purchasing.find_purchase(purchase_id, supplier=supplier, lock=True)
        if purchase.status == "sent" and await purchase_versions.drop_surplus(purchase, by=by):
            await purchase_versions.settle_version(purchase_id, by=by)


def _counted(lines: Sequence[Line], accepted: Mapping[UUID, int] | None) -> dict[UUID, int]:
    if accepted is None:
        return {line.id: line.quantity for line in lines}
    counts = {line.id: accepted.get(line.id, 0) for line in lines}
    wrong = {
        f"accepted_{line.id}": N_("Enter a number between 0 and what was ordered.")
        for line in lines
        if not 0 <= counts[line.id] <= line.quantity
    }
    if wrong:
        raise InvalidInput(wrong)
    return counts


async def _refuse(purchase: Purchase, lines: Sequence[Line], counts: Mapping[UUID, int], words: str) -> None:
    """Whoever paid last goes without first; somebody of the store has to look at each of those orders."""
    without = set[UUID]()
    for line in lines:
        units = await purchasing.last_units(line.id, line.quantity - counts[line.id])
        await purchasing.drop_units(list(units))
        without |= set(units.values())
    for order_id in sorted(without):
        await fulfillment.raise_exception(
            fulfillment.trouble.SUPPLIER_REFUSED, order_id=order_id,
            params={"reason": words, "supplier": purchase.supplier_name, "number": purchase.number},
        )  # fmt: skip
