"""What suppliers earn and are paid, to the cent: owed once, taken back exactly, disputed, stated, paid once."""

from __future__ import annotations

import asyncio
from datetime import date
from uuid import UUID

import pytest

import tenants
from app import ledger, orders, purchasing
from app.flows.answer_purchase import answer_purchase
from app.flows.receive_goods import receive_goods
from app.flows.request_refund import request_refund
from app.flows.settle_refund import settle_refund
from app.flows.settle_suppliers import (
    answer_dispute,
    claim_back,
    confirm_statement,
    dispute_entry,
    pay_supplier,
    settle_supplier,
    state_supplier,
)
from app.kernel.errors import InvalidInput, NotFound
from app.payments import RefundLine
from app.purchasing import DisputedAlready, MoreThanDue, NothingToState, PaidBefore, Standing
from infra.payment.port import RefundState
from tenants import Tenant
from tests.builders_selling import offer
from tests.builders_supply import (
    SU_HE,
    batch,
    comes_from,
    drop_shipped,
    entries,
    lines,
    planned,
    shipped,
    standing,
    supplier,
)
from tests.invariants import check

TODAY = date(2026, 7, 1)


async def _parts(order_id: UUID) -> tuple[int, int, int, int]:
    """Paid, merchant, supplier, refunded; nothing is left over."""
    async with tenants.transaction():
        money = ledger.add_up(one.moved for one in await ledger.transfers_of(order_id))
    assert money.difference == 0
    return money.paid, money.merchant, money.supplier, money.refunded


async def _refund(order_id: UUID, units: int) -> None:
    async with tenants.transaction():
        [line] = await orders.lines_of(order_id)
    each = RefundLine(line.id, units, units * line.unit_amount)
    for refund in await request_refund(order_id, lines=[each], reason="bruised"):
        state = RefundState(refund.number, "payment", "succeeded", refund.amount, refund.currency)
        assert await settle_refund(state) == "refunded"


async def test_what_was_shipped_is_owed_once_and_the_order_still_adds_up(shop: Tenant) -> None:
    orchard, order_id, _purchase = await drop_shipped(quantity=3, cost=2_000)
    assert await standing(orchard) == Standing(0, 0, 0)
    await shipped(orchard)

    await asyncio.gather(*(settle_supplier(orchard) for _ in range(3)))

    assert await standing(orchard) == Standing(6_000, 6_000, 0)
    paid, merchant, owed, _back = await _parts(order_id)
    assert (owed, merchant) == (6_000, paid - 6_000)
    await check(shop)


async def test_what_is_not_due_yet_is_not_paid(shop: Tenant) -> None:
    orchard, _order, _purchase = await drop_shipped(due_days=14)
    await shipped(orchard)

    assert await standing(orchard) == Standing(6_000, 0, 0)
    with pytest.raises(MoreThanDue):
        await pay_supplier(orchard, 1, reference="ICBC-1", paid_on=TODAY, by=SU_HE)


async def test_goods_received_are_owed_and_claims_take_them_back(shop: Tenant) -> None:
    peaches, orchard = await offer(), await supplier(due_days=0)
    await comes_from(orchard, peaches, cost=1_501)
    await planned(peaches, quantity=3)
    [purchase] = await batch()
    await answer_purchase(purchase.id, version=1, accepted=None, by="Gu")
    [line] = await lines(purchase)
    await receive_goods(purchase.id, {line.id: 3}, by=SU_HE)
    assert (await standing(orchard)).owed == 4_503

    assert await claim_back(line.id, 1, words="rotten", by=SU_HE) == 1

    assert (await standing(orchard)).owed == 3_002
    with pytest.raises(InvalidInput):
        await claim_back(line.id, 3, words="rotten", by=SU_HE)
    await check(shop)


async def test_a_payment_is_written_down_once_and_never_more_than_is_due(shop: Tenant) -> None:
    orchard, _order, _purchase = await drop_shipped()
    await shipped(orchard)
    await settle_supplier(orchard)

    outcomes = await asyncio.gather(
        *(pay_supplier(orchard, 4_000, reference=f"ICBC-{n}", paid_on=TODAY, by=SU_HE) for n in range(3)),
        return_exceptions=True,
    )

    assert sorted(type(one).__name__ for one in outcomes) == ["MoreThanDue", "MoreThanDue", "str"]
    done = next(f"ICBC-{n}" for n, one in enumerate(outcomes) if isinstance(one, str))
    with pytest.raises(PaidBefore):
        await pay_supplier(orchard, 2_000, reference=done, paid_on=TODAY, by=SU_HE)
    assert await standing(orchard) == Standing(2_000, 2_000, 0)
    await check(shop)


async def test_a_disputed_line_waits_and_an_accepted_dispute_is_paid(shop: Tenant) -> None:
    orchard, _order, _purchase = await drop_shipped()
    await shipped(orchard)
    await settle_supplier(orchard)
    [entry] = await entries(orchard)
    with pytest.raises(NotFound):
        await dispute_entry(entry.id, wanted_amount=50, reason="price", by="Gu", supplier=await supplier())

    await dispute_entry(entry.id, wanted_amount=50, reason="price", by="Gu", supplier=orchard)

    assert await standing(orchard) == Standing(6_000, 0, 6_000)
    with pytest.raises(DisputedAlready):
        await dispute_entry(entry.id, wanted_amount=60, reason="price", by="Gu", supplier=orchard)
    async with tenants.transaction():
        [dispute] = await purchasing.disputes_of(orchard, open_only=True)
    await answer_dispute(dispute.id, accept=True, words="", by=SU_HE)
    assert await standing(orchard) == Standing(6_050, 6_050, 0)
    await check(shop)


async def test_a_refused_dispute_leaves_the_account_as_it_was(shop: Tenant) -> None:
    orchard, _order, _purchase = await drop_shipped()
    await shipped(orchard)
    await settle_supplier(orchard)
    [entry] = await entries(orchard)
    await dispute_entry(entry.id, wanted_amount=-1, reason="too much", by="Gu", supplier=orchard)
    async with tenants.transaction():
        [dispute] = await purchasing.disputes_of(orchard)

    with pytest.raises(InvalidInput):
        await answer_dispute(dispute.id, accept=False, words=" ", by=SU_HE)
    await answer_dispute(dispute.id, accept=False, words="as agreed", by=SU_HE)

    assert await standing(orchard) == Standing(6_000, 6_000, 0)
    await check(shop)


async def test_a_statement_begins_where_the_last_one_ended(shop: Tenant) -> None:
    orchard, _order, _purchase = await drop_shipped()
    with pytest.raises(NothingToState):
        await state_supplier(orchard, by=SU_HE)
    await shipped(orchard)
    first = await state_supplier(orchard, by=SU_HE)
    await pay_supplier(orchard, 2_500, reference="ICBC-1", paid_on=TODAY, by=SU_HE)

    second = await state_supplier(orchard, by=SU_HE)

    async with tenants.transaction():
        said = await purchasing.find_statement(second, supplier=orchard)
        with pytest.raises(NotFound):
            await purchasing.find_statement(first, supplier=UUID(int=1))
    assert (said.opening_amount, said.payment_amount, said.closing_amount) == (6_000, -2_500, 3_500)
    assert [await confirm_statement(second, by="Gu", supplier=orchard) for _ in range(2)] == [True, False]
    await check(shop)


async def test_units_whose_money_went_back_are_not_paid_for(shop: Tenant) -> None:
    orchard, order_id, _purchase = await drop_shipped(quantity=3, cost=2_000)
    await shipped(orchard)
    assert (await standing(orchard)).owed == 6_000

    await _refund(order_id, 1)
    await asyncio.gather(*(settle_supplier(orchard) for _ in range(2)))

    assert await standing(orchard) == Standing(4_000, 4_000, 0)
    assert (await _parts(order_id))[2] == 4_000
    await _refund(order_id, 2)
    assert await standing(orchard) == Standing(0, 0, 0)
    await check(shop)
