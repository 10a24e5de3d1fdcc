"""What a customer paid is somebody's, to the cent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ledger.accounts import KINDS
from app.ledger.order_money import FEES, MEANS, PARTS, Moved, add_up

SALE = [Moved("psp_clearing", "merchant_sales", 8000), Moved("psp_clearing", "freight_income", 800)]
COMMISSION = Moved("commission_expense", "promoter_frozen", 800)
FEE = Moved("psp_fee", "psp_clearing", 52)


def test_a_sale_with_commission_and_fee_is_shared_out() -> None:
    money = add_up([*SALE, COMMISSION, FEE])

    assert (money.paid, money.merchant, money.promoters, money.fees) == (8800, 7948, 800, 52)
    assert money.difference == 0


def test_a_partial_refund_takes_from_merchant_and_promoter_alike() -> None:
    back = [Moved("merchant_sales", "psp_clearing", 4000), Moved("promoter_frozen", "commission_expense", 400)]

    money = add_up([*SALE, COMMISSION, FEE, *back])

    assert (money.paid, money.refunded, money.merchant, money.promoters) == (8800, 4000, 4348, 400)
    assert money.difference == 0


def test_after_a_full_refund_the_fee_is_the_merchants_loss() -> None:
    back = [Moved("merchant_sales", "psp_clearing", 8000), Moved("freight_income", "psp_clearing", 800)]

    money = add_up([*SALE, FEE, *back])

    assert (money.refunded, money.merchant, money.fees, money.difference) == (8800, -52, 52, 0)


def test_several_means_of_payment_are_told_apart() -> None:
    parts = [
        Moved("gift_card", "customer_prepaid", 3000), Moved("store_credit", "customer_prepaid", 500),
        Moved("psp_clearing", "customer_prepaid", 5300), Moved("customer_prepaid", "merchant_sales", 8000),
        Moved("customer_prepaid", "tax_payable", 800),
    ]  # fmt: skip

    money = add_up(parts)

    assert money.paid_with == {"psp_clearing": 5300, "bank_clearing": 0, "gift_card": 3000, "store_credit": 500}
    assert (money.merchant, money.tax, money.waiting, money.difference) == (8000, 800, 0, 0)


def test_a_bought_gift_card_is_owed_to_its_holder_until_its_price_goes_back() -> None:
    bought = Moved("psp_clearing", "gift_card", 5000)

    assert (add_up([bought]).paid, add_up([bought]).sold_value) == (5000, 5000)
    undone = add_up([bought, Moved("gift_card", "psp_clearing", 5000)])
    assert (undone.paid, undone.refunded, undone.sold_value, undone.difference) == (5000, 5000, 0, 0)


def test_a_refund_to_store_credit_is_a_refund() -> None:
    money = add_up([*SALE, Moved("merchant_sales", "store_credit", 1000)])

    assert (money.refunded, money.returned_to["store_credit"], money.merchant) == (1000, 1000, 7800)
    assert money.difference == 0


def test_a_late_payment_only_passes_through() -> None:
    late = [Moved("psp_clearing", "refund_clearing", 8800), Moved("refund_clearing", "psp_clearing", 8800)]

    assert add_up(late[:1]).waiting == 8800
    money = add_up(late)
    assert (money.paid, money.refunded, money.waiting, money.merchant, money.difference) == (8800, 8800, 0, 0, 0)


@pytest.mark.parametrize(
    "payout", [Moved("payout_pending", "bank_clearing", 800), Moved("supplier_payable", "bank_clearing", 1)]
)
def test_paying_out_what_was_earned_changes_nothing(payout: Moved) -> None:
    assert add_up([*SALE, COMMISSION, payout]) == add_up([*SALE, COMMISSION])


def test_money_on_an_account_nobody_knows_is_a_difference() -> None:
    assert add_up([*SALE, Moved("psp_clearing", "left_pocket", 7)]).difference == 7


def test_every_account_has_its_place() -> None:
    assert {*MEANS, *PARTS} == set(KINDS)
    assert set(PARTS) > FEES


legs = st.builds(
    Moved, st.sampled_from(KINDS), st.sampled_from(KINDS), st.integers(min_value=1, max_value=10**12)
).filter(lambda moved: moved.debit != moved.credit)


@given(st.lists(legs, max_size=30))
def test_whatever_is_posted_adds_up(posted: list[Moved]) -> None:
    assert add_up(posted).difference == 0


@given(st.lists(legs, max_size=15), st.randoms())
def test_the_order_of_events_does_not_matter(posted: list[Moved], random: object) -> None:
    shuffled = list(posted)
    random.shuffle(shuffled)  # type: ignore[attr-defined] # hypothesis gives a random.Random

    assert add_up(shuffled) == add_up(posted)
