"""What suppliers earn and are paid: through the books, entry by entry. One transaction each, safe to repeat.

A unit is owed when it was shipped in a parcel or received, and due so many days later as was agreed. Of goods a
supplier ships itself, those whose money went back to the shopper are taken off again, unit by unit at the same cost.
Whoever writes an entry has locked the supplier's row; a payment is never more than what is due and not disputed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import tenants
from app import ledger, purchasing, suppliers
from app.flows import supply_mail
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.i18n import N_
from app.ledger import Account, Leg
from app.purchasing import NewEntry, Owed
from tenants import states

COST, BANK = Account("cost_of_goods"), Account("bank_clearing")
LONGEST = 500


class AnsweredBefore(Refusal):
    """Somebody answered in the meantime."""

    code = "purchasing.answered_before"
    status = 409
    message = "This was answered in the meantime."


def payable(supplier: UUID) -> Account:
    return Account("supplier_payable", supplier)


async def settle_supplier(supplier_id: UUID) -> int:
    """Write down what became owed, or is not owed any more; answers how many entries. Raises NotFound."""
    async with tenants.transaction():
        supplier = await suppliers.find(supplier_id, lock=True)
        await purchasing.note_shipped(supplier_id)
        owed = await purchasing.to_owe(supplier_id)
        for each in owed:
            await _owe(supplier, each)
        back = await purchasing.to_take_back(supplier_id) if supplier.takes_returns else []
        await _take_back(supplier_id, back, "")
        for purchase in await purchasing.purchases_done(supplier_id):
            await purchasing.close_done(purchase)
    return len(owed) + len(back)


async def claim_back(purchase_line: UUID, units: int, *, words: str, by: str) -> int:
    """Goods that were owed for are missing or broken: they are not paid for. How many units that became.

    Raises NotFound, InvalidInput.
    """
    if units < 1 or not words.strip():
        raise InvalidInput({"units": N_("Say how many, and what is wrong with them.")})
    async with tenants.transaction():
        line = await purchasing.find_line(purchase_line)
        purchase = await purchasing.find_purchase(line.purchase_order)
        await suppliers.find(purchase.supplier, lock=True)
        found = await purchasing.last_owed(purchase_line, units)
        if sum(len(each.ids) for each in found) < units:
            raise InvalidInput({"units": N_("So many are not owed for.")})
        await _take_back(purchase.supplier, found, f"{words.strip()[:LONGEST]} ({by})")
    return units


async def pay_supplier(supplier_id: UUID, amount: int, *, reference: str, paid_on: date, by: str) -> str:
    """A bank transfer was made; the number it has here. Raises NotFound, MoreThanDue, PaidBefore, StoreClosed."""
    states.require(tenants.current(), "pay_out")
    async with tenants.transaction():
        await suppliers.find(supplier_id, lock=True)
        payment, number = await purchasing.write_payment(
            supplier_id, amount, reference=reference.strip(), paid_on=paid_on, by=by
        )
        entry = NewEntry(kind="payment", amount=-amount, due_at=now(), payment=payment, words=reference.strip())
        await purchasing.add_entry(supplier_id, entry)
        await ledger.post("supply.paid", payment, [Leg(payable(supplier_id), BANK, amount, _currency())])
        await _tell(supplier_id, "supply.paid", number, amount)
    return number


async def state_supplier(supplier_id: UUID, *, until: datetime | None = None, by: str) -> UUID:
    """A statement of everything until then, else until now. Raises NotFound, NothingToState."""
    await settle_supplier(supplier_id)
    async with tenants.transaction():
        await suppliers.find(supplier_id, lock=True)
        statement = await purchasing.state(supplier_id, until or now(), by=by)
        made = await purchasing.find_statement(statement)
        await _tell(supplier_id, "supply.statement", made.number, made.closing_amount)
    return statement


async def confirm_statement(statement_id: UUID, *, by: str, supplier: UUID) -> bool:
    """Raises NotFound. Saying it twice is once."""
    async with tenants.transaction():
        await purchasing.find_statement(statement_id, supplier=supplier)
        return await purchasing.confirm_statement(statement_id, by=by)


async def dispute_entry(entry_id: UUID, *, wanted_amount: int, reason: str, by: str, supplier: UUID) -> None:
    """Nothing is paid for the entry until the store has answered. Raises NotFound, InvalidInput, DisputedAlready."""
    if not reason.strip():
        raise InvalidInput({"reason": N_("Say what is wrong.")})
    if not wanted_amount:
        raise InvalidInput({"wanted": N_("Say by how much it is wrong.")})
    async with tenants.transaction():
        await suppliers.find(supplier, lock=True)
        entry = await purchasing.find_entry(entry_id, supplier=supplier)
        if entry is None or entry.kind == "payment":
            raise NotFound
        await purchasing.open_dispute(entry_id, reason=reason.strip()[:LONGEST], wanted_amount=wanted_amount, by=by)


async def answer_dispute(dispute_id: UUID, *, accept: bool, words: str, by: str) -> None:
    """Money or words. Raises NotFound, AnsweredBefore, InvalidInput."""
    if not accept and not words.strip():
        raise InvalidInput({"words": N_("Say why not.")})
    async with tenants.transaction():
        known = await purchasing.find_dispute(dispute_id)
        await suppliers.find(known.supplier, lock=True)
        dispute = await purchasing.find_dispute(dispute_id, lock=True)
        if dispute.status != "open":
            raise AnsweredBefore
        adjustment = await _adjust(dispute) if accept else None
        await purchasing.answer_dispute(dispute_id, answer=words.strip()[:LONGEST], by=by, adjustment=adjustment)
        kind = "supply.dispute_accepted" if accept else "supply.dispute_refused"
        await _tell(dispute.supplier, kind, dispute.purchase_number, dispute.wanted_amount, words.strip())


async def _owe(supplier: suppliers.Supplier, owed: Owed) -> None:
    entry = NewEntry(
        kind="goods", amount=owed.amount, units=len(owed.ids), due_at=owed.done_at + timedelta(days=supplier.due_days),
        purchase_line=owed.purchase_line, order_id=owed.order_id, order_line=owed.order_line,
    )  # fmt: skip
    if not owed.amount:
        return
    known = await purchasing.add_entry(supplier.id, entry)
    await purchasing.mark_owed(owed.ids, known)
    legs = [Leg(COST, payable(supplier.id), owed.amount, _currency())]
    await ledger.post("supply.goods", known, legs, order_id=owed.order_id)


async def _take_back(supplier: UUID, back: Sequence[Owed], words: str) -> None:
    for each in back:
        entry = NewEntry(
            kind="back", amount=-each.amount, units=len(each.ids), due_at=each.done_at, words=words,
            purchase_line=each.purchase_line, order_id=each.order_id, order_line=each.order_line,
        )  # fmt: skip
        known = await purchasing.add_entry(supplier, entry)
        await purchasing.mark_back(each.ids, known)
        legs = [Leg(payable(supplier), COST, each.amount, _currency())]
        await ledger.post("supply.back", known, legs, order_id=each.order_id)


async def _adjust(dispute: purchasing.Dispute) -> UUID:
    amount = dispute.wanted_amount
    entry = NewEntry(
        kind="adjustment", amount=amount, due_at=now(), words=dispute.reason, purchase_line=dispute.purchase_line,
        order_id=dispute.order_id, order_line=dispute.order_line,
    )  # fmt: skip
    known = await purchasing.add_entry(dispute.supplier, entry)
    sides = (COST, payable(dispute.supplier)) if amount > 0 else (payable(dispute.supplier), COST)
    await ledger.post("supply.adjust", known, [Leg(*sides, abs(amount), _currency())], order_id=dispute.order_id)
    return known


async def _tell(supplier: UUID, kind: str, number: str, amount: int, words: str = "") -> None:
    await supply_mail.write(
        supplier, kind, number=number, amount=amount, currency=_currency(), path="/money", words=words
    )


def _currency() -> str:
    return tenants.current().currency
