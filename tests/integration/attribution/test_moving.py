"""A disputed sale is kept or moved; the books take back and give, and nothing that was paid out moves."""

from __future__ import annotations

from uuid import UUID

import pytest

import tenants
from app import attribution, promoters
from app.flows.decide_attribution import decide_attribution
from app.flows.dispute_sale import dispute_sale
from app.flows.finalize_attribution import finalize_attribution
from app.flows.merchant_acts import Actor
from app.flows.move_sale import HadItBefore, PaidOutAlready, keep_sale, move_sale
from app.flows.reverse_commission import reverse_commission
from app.kernel.errors import InvalidInput
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_attribution as policies
from tests import builders_earning as build
from tests.invariants import check_promoters

BY = Actor(new_id(), "Su He")


class Sale:
    """An order of Xiaoya's that Ajie touched too."""

    order: UUID
    line: UUID
    xiaoya: promoters.Promoter
    ajie: promoters.Promoter


async def _sale(*, paid: bool = True) -> Sale:
    made, visitor = Sale(), new_id()
    made.xiaoya = await build.promoter(name="Xiaoya", rate_bps=1000)
    made.ajie = await build.promoter(name="Ajie", rate_bps=2000)
    await build.click(await build.link(made.ajie), visitor=visitor, at=build.days_ago(2))
    await build.click(await build.link(made.xiaoya), visitor=visitor, at=build.days_ago(1))
    made.order = await build.order(visitor=visitor, goods=(10_000,))
    await decide_attribution(made.order)
    if paid:
        await build.mark_paid(made.order)
        await finalize_attribution(made.order)
    async with tenants.transaction():
        made.line = (await attribution.decisions_of(made.order))[0].order_line
    return made


async def _lines(order: UUID) -> list[tuple[str, str, int]]:
    async with tenants.transaction():
        rows = await tenants.connection().fetch(
            "SELECT p.name, c.status, c.amount - c.reversed_amount FROM commission_line c JOIN promoter p"
            " ON p.id = c.promoter WHERE c.order_id = $1 ORDER BY c.id",
            order,
        )
    return [tuple(row.values()) for row in rows]


async def test_a_disputed_sale_goes_to_the_other_by_the_books(shop: Tenant) -> None:
    sale = await _sale()
    await dispute_sale(sale.line, sale.ajie.id, "Ajie", "I brought her to the store.")

    await move_sale(sale.line, sale.ajie.id, reason="He did", actor=BY)

    assert await _lines(sale.order) == [("Xiaoya", "reversed", 0), ("Ajie", "accrued", 2_000)]
    async with tenants.transaction():
        decision = (await attribution.decisions_of(sale.order))[0]
        disputes = await attribution.disputes_of([decision.id])
        moves = await attribution.moves_of([decision.id])
        receipt = (await attribution.receipt_of(sale.order))[0]
    assert decision.promoter == sale.ajie.id
    assert [(one.status, one.answer) for one in disputes] == [("moved", "He did")]
    assert [(one.from_name, one.to_name) for one in moves] == [("Xiaoya", "Ajie")]
    assert receipt.winner is not None
    assert receipt.winner.promoter_name == "Xiaoya"
    await check_promoters(shop)


async def test_what_was_refunded_before_is_not_given_to_the_other(shop: Tenant) -> None:
    sale = await _sale()
    await build.mark_refunded(sale.order, 5_000)
    await reverse_commission(sale.order)

    await move_sale(sale.line, sale.ajie.id, reason="He did", actor=BY)
    await reverse_commission(sale.order)

    assert await _lines(sale.order) == [("Xiaoya", "reversed", 0), ("Ajie", "accrued", 1_000)]
    await check_promoters(shop)


async def test_a_sale_moved_before_it_is_paid_is_accrued_for_the_other_alone(shop: Tenant) -> None:
    sale = await _sale(paid=False)

    await move_sale(sale.line, sale.ajie.id, reason="He did", actor=BY)
    await build.mark_paid(sale.order)
    await finalize_attribution(sale.order)

    assert await _lines(sale.order) == [("Xiaoya", "canceled", 1_000), ("Ajie", "accrued", 2_000)]
    await check_promoters(shop)


async def test_a_sale_given_to_nobody_costs_nothing(shop: Tenant) -> None:
    sale = await _sale()

    await move_sale(sale.line, None, reason="Both were out of their minds", actor=BY)

    assert await _lines(sale.order) == [("Xiaoya", "reversed", 0)]
    await check_promoters(shop)


async def test_nothing_moves_without_a_reason_to_strangers_back_or_after_it_was_paid_out(shop: Tenant) -> None:
    sale, stranger = await _sale(), await build.promoter(name="Stranger")
    before = await _lines(sale.order)

    for to, reason, refusal in (
        (sale.ajie.id, " ", InvalidInput),
        (stranger.id, "why not", InvalidInput),
        (sale.xiaoya.id, "hers", InvalidInput),
    ):  # fmt: skip
        with pytest.raises(refusal):
            await move_sale(sale.line, to, reason=reason, actor=BY)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE commission_line SET status = 'paid'")
    with pytest.raises(PaidOutAlready):
        await move_sale(sale.line, sale.ajie.id, reason="He did", actor=BY)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE commission_line SET status = 'accrued'")
    assert await _lines(sale.order) == before

    await move_sale(sale.line, sale.ajie.id, reason="He did", actor=BY)
    with pytest.raises(HadItBefore):
        await move_sale(sale.line, sale.xiaoya.id, reason="Or not", actor=BY)
    await check_promoters(shop)


async def test_one_question_at_a_time(shop: Tenant) -> None:
    sale = await _sale()
    await dispute_sale(sale.line, sale.ajie.id, "Ajie", "Mine.")

    with pytest.raises(attribution.DisputeOpen):
        await dispute_sale(sale.line, sale.ajie.id, "Ajie", "Really mine.")
    await keep_sale(sale.line, reason="She came last", actor=BY)
    await dispute_sale(sale.line, sale.ajie.id, "Ajie", "Please look again.")

    async with tenants.transaction():
        decision = (await attribution.decisions_of(sale.order))[0].id
        disputes = await attribution.disputes_of([decision])
    assert [(one.status, one.answer) for one in disputes] == [("kept", "She came last"), ("open", "")]


async def test_a_held_coupon_counts_once_somebody_has_looked(shop: Tenant) -> None:
    await policies.policy()
    leader, order = await build.promoter(name="Leader"), await build.order(goods=(10_000,))
    await policies.use_coupon(await policies.coupon_of(leader), order)
    await build.mark_paid(order)
    await decide_attribution(order)
    await finalize_attribution(order)
    async with tenants.transaction():
        line = (await attribution.decisions_of(order))[0].order_line
    held = await _lines(order)

    await keep_sale(line, reason="She came to the shop", actor=BY)

    assert (held, await _lines(order)) == ([("Leader", "held", 1_000)], [("Leader", "accrued", 1_000)])
    await check_promoters(shop)
