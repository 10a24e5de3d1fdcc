"""Doubtful sales wait for a person, who releases or refuses them; whatever else happens ends them."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

import tenants
from app import attribution, commissions, risk
from app.flows.finalize_attribution import finalize_attribution
from app.flows.merchant_acts import Actor
from app.flows.move_sale import keep_sale, move_sale
from app.flows.reverse_commission import reverse_commission
from app.flows.review_risk import note_case, refuse_case, release_case
from app.flows.settle_commissions import orders_due, settle_commissions
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.ids import new_id
from tenants import Tenant, platform
from tests import builders_earning, builders_payouts
from tests import builders_risk as build
from tests.invariants import check, check_promoters

SU_HE = Actor(new_id(), "Su He")


async def _line(order_id: object) -> commissions.CommissionLine:
    async with tenants.transaction():
        (line,) = await commissions.lines_of(order_id)  # type: ignore[arg-type]
    return line


async def test_a_held_sale_never_becomes_due_by_itself(shop: Tenant) -> None:
    """The goods arrived long ago and nobody looked: nothing can be withdrawn."""
    seller = await build.person()
    order, _case = await build.held(seller)
    await builders_payouts.terms()
    await builders_payouts.received(order, days_ago=400)

    assert order not in await orders_due()
    await settle_commissions(order)

    assert (await _line(order)).status == "held"
    assert await builders_payouts.purse(seller.promoter) == {"frozen": 439, "available": 0, "debt": 0}
    await check_promoters(shop)


async def test_a_released_sale_goes_its_usual_way(shop: Tenant) -> None:
    seller = await build.person()
    order, case = await build.held(seller)
    await builders_payouts.terms()
    await builders_payouts.received(order)

    await release_case(case.id, words="They are sisters.", actor=SU_HE)
    await settle_commissions(order)

    assert (await _line(order)).status == "available"
    assert (await builders_payouts.purse(seller.promoter))["available"] == 439
    assert (await build.case_of(order)).status == "released"
    await check_promoters(shop)


async def test_a_refused_sale_is_taken_back_by_the_books_and_the_promoter_is_told(shop: Tenant) -> None:
    seller = await build.person()
    order, case = await build.held(seller)

    await refuse_case(case.id, words="It is your own flat.", remember=False, actor=SU_HE)

    line = await _line(order)
    assert (line.status, line.kept_amount) == ("reversed", 0)
    assert await builders_payouts.purse(seller.promoter) == {"frozen": 0, "available": 0, "debt": 0}
    async with tenants.transaction():
        (decision,) = await attribution.decisions_of(order)
        told = await tenants.connection().fetchval("SELECT facts::text FROM message WHERE kind = 'life.sale_refused'")
    assert decision.promoter is None
    assert "It is your own flat." in told
    async with platform.transaction() as database:
        acts = await database.fetch("SELECT action FROM audit_entry WHERE subject = $1", str(case.id))
    assert [row["action"] for row in acts] == ["risk.refuse"]
    await check(shop)


async def test_what_was_refused_is_caught_at_once_the_next_time(shop: Tenant) -> None:
    """Remembered as the promoter's own, the same second account needs no review any more."""
    seller, second = await build.person(), {"email": "second@mail.test", "phone": "13711112222"}
    order = await build.bought(seller, **build.neighbor(seller), **second)
    case = await build.case_of(order)
    await refuse_case(case.id, words="It is yours.", remember=True, actor=SU_HE)

    again = await build.bought(seller, phone=second["phone"])

    assert await build.outcome(again) == "own"


async def test_a_case_is_decided_once_whoever_presses(shop: Tenant) -> None:
    _order, case = await build.held(await build.person())

    outcomes = await asyncio.gather(
        release_case(case.id, words="", actor=SU_HE),
        refuse_case(case.id, words="No.", remember=False, actor=SU_HE),
        return_exceptions=True,
    )

    assert sorted(type(one).__name__ for one in outcomes) == ["CaseDecided", "NoneType"]
    await check(shop)


async def test_nothing_is_decided_before_it_is_paid(shop: Tenant) -> None:
    seller = await build.person()
    order = await build.place(seller, **build.neighbor(seller))
    case = await build.case_of(order)

    with pytest.raises(risk.NotPaidYet):
        await release_case(case.id, words="", actor=SU_HE)


async def test_a_refusal_says_why(shop: Tenant) -> None:
    _order, case = await build.held(await build.person())

    with pytest.raises(InvalidInput):
        await refuse_case(case.id, words=" ", remember=False, actor=SU_HE)


async def test_a_refund_of_everything_ends_the_case(shop: Tenant) -> None:
    order, _case = await build.held(await build.person())
    await builders_earning.mark_refunded(order, 4390)

    await reverse_commission(order)

    ended = await build.case_of(order)
    assert (ended.status, ended.words) == ("ended", "refunded")
    assert (await _line(order)).status == "reversed"
    await check_promoters(shop)


async def test_a_refund_of_a_part_leaves_less_to_decide(shop: Tenant) -> None:
    order, case = await build.held(await build.person())
    await builders_earning.mark_refunded(order, 2000)
    await reverse_commission(order)

    await refuse_case(case.id, words="No.", remember=False, actor=SU_HE)

    line = await _line(order)
    assert (line.status, line.reversed_amount) == ("reversed", 439)
    await check_promoters(shop)


async def test_an_order_that_is_never_paid_ends_its_case(shop: Tenant) -> None:
    seller = await build.person()
    order = await build.place(seller, **build.neighbor(seller))
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE orders SET status = 'expired' WHERE id = $1", order)

    await finalize_attribution(order)

    assert (await build.case_of(order)).words == "order_over"


async def test_a_payment_that_proves_it_ends_the_case(shop: Tenant) -> None:
    """Doubtful when it was placed; then the promoter's own wallet paid."""
    seller = await build.person()

    order = await build.bought(seller, payer=seller.payer, **build.neighbor(seller))

    assert (await build.case_of(order)).words == "own_purchase"
    async with tenants.transaction():
        assert await commissions.lines_of(order) == []
        (decision,) = await attribution.decisions_of(order)
    assert decision.promoter is None
    await check(shop)


async def test_a_sale_given_to_somebody_else_ends_its_case(shop: Tenant) -> None:
    seller, other = await build.person(), await build.person(name="Zhou Min")
    visitor = new_id()
    await builders_earning.click(other.link, visitor=visitor, at=builders_earning.days_ago(1))
    order = await build.bought(seller, visitor=visitor, **build.neighbor(seller))
    line = await _line(order)

    await move_sale(line.order_line, other.promoter.id, reason="hers", actor=SU_HE)

    assert (await build.case_of(order)).words == "moved"
    await check(shop)


async def test_an_answer_to_a_dispute_releases_no_doubtful_sale(shop: Tenant) -> None:
    order, _case = await build.held(await build.person())

    await keep_sale((await _line(order)).order_line, reason="stays", actor=SU_HE)

    assert (await _line(order)).status == "held"


async def test_a_case_has_a_day_by_which_it_should_be_decided(shop: Tenant) -> None:
    await build.policy(review_days=2)
    _order, case = await build.held(await build.person())

    assert case.due_at - case.opened_at == timedelta(days=2)
    assert not case.is_late


async def test_notes_stay_with_the_case(shop: Tenant) -> None:
    _order, case = await build.held(await build.person())

    await note_case(case.id, "Called her; no answer.", actor=SU_HE)

    async with tenants.transaction():
        assert [note.words for note in await risk.notes_of(case.id)] == ["Called her; no answer."]


async def test_another_store_knows_nothing_of_a_case(shop: Tenant, other_shop: Tenant) -> None:
    _order, case = await build.held(await build.person())

    with tenants.bind(other_shop), pytest.raises(NotFound):
        await release_case(case.id, words="", actor=SU_HE)
