"""What an order costs."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.money import CURRENCIES
from app.orders import (
    CouponRule,
    Freight,
    MemberRule,
    PointsRule,
    PriceLine,
    PriceRules,
    TaxRule,
    price,
    price_record,
    restore,
)

SHELF = [UUID(int=number) for number in range(1, 5)]
SHELVES = [UUID(int=number) for number in range(11, 14)]
COUPON, LEVEL = UUID(int=21), UUID(int=22)


def line(unit: int = 1000, quantity: int = 1, **facts: object) -> PriceLine:
    return PriceLine(SHELF[0], SHELF[0], unit, quantity, **facts)  # type: ignore[arg-type] # facts of a test


def coupon(**facts: object) -> CouponRule:
    return CouponRule(COUPON, "PEACH", **({"kind": "fixed"} | facts))  # type: ignore[arg-type] # facts of a test


@st.composite
def line_lists(draw: st.DrawFn, step: int = 1) -> list[PriceLine]:
    prices = st.integers(0, 20_000).map(lambda steps: steps * step)
    one = st.builds(
        PriceLine, st.sampled_from(SHELF), st.sampled_from(SHELF), prices, st.integers(1, 9),
        collections=st.lists(st.sampled_from(SHELVES), max_size=2).map(tuple),
        campaign_amount=st.none() | prices, requires_shipping=st.booleans(), taxable=st.booleans(),
    )  # fmt: skip
    return draw(st.lists(one, min_size=1, max_size=6))


@st.composite
def rule_sets(draw: st.DrawFn, step: int = 1) -> PriceRules:
    amounts = st.integers(0, 50_000).map(lambda steps: steps * step)
    coupons = st.builds(
        CouponRule, st.just(COUPON), st.just("PEACH"), st.sampled_from(["fixed", "percent", "threshold"]), amounts,
        st.integers(0, 10_000), st.none() | amounts, amounts, st.sampled_from(["all", "collections", "products"]),
        st.lists(st.sampled_from(SHELF + SHELVES), max_size=3).map(tuple),
    )  # fmt: skip
    points = st.builds(
        PointsRule, st.integers(0, 10**6), st.integers(1, 1000), st.sampled_from([1, 100]), st.integers(0, 10_000)
    )
    taxes = st.builds(TaxRule, st.integers(0, 3_000), st.booleans(), st.booleans())
    members = st.builds(MemberRule, st.just(LEVEL), st.just("Gold"), st.integers(0, 10_000))
    return PriceRules(
        step, draw(st.none() | members), draw(st.none() | coupons), draw(st.none() | points), draw(st.none() | taxes)
    )


FREIGHTS = st.builds(Freight, st.integers(0, 5_000), st.none() | st.integers(0, 100_000))


@given(lines=line_lists(), rules=rule_sets(), freight=FREIGHTS)
def test_lines_add_up_to_the_order_and_nothing_is_below_zero(
    lines: list[PriceLine], rules: PriceRules, freight: Freight
) -> None:
    priced = price(lines, rules, freight)

    assert priced.total_amount == sum(each.total_amount for each in priced.lines)
    assert priced.total_amount == (
        priced.goods_amount - priced.discount_amount + priced.freight_amount + priced.tax_amount
    )
    for each, asked in zip(priced.lines, lines, strict=True):
        assert each.goods_amount == asked.unit_amount * asked.quantity
        assert 0 <= each.discount_amount <= each.goods_amount
        assert min(each.member_amount, each.campaign_amount) == 0
        assert min(each.coupon_amount, each.points_amount, each.freight_amount, each.tax_amount) >= 0
        assert 0 <= each.tax_included <= each.total_amount
        assert each.breakdown["total"] == sum(
            amount for step, amount in each.breakdown.items() if step not in ("tax_included", "total")
        )


@given(lines=line_lists(), rules=rule_sets(), freight=FREIGHTS)
def test_the_same_record_gives_the_same_cents(lines: list[PriceLine], rules: PriceRules, freight: Freight) -> None:
    priced = price(lines, rules, freight)

    kept = restore(price_record(lines, rules, freight, priced))

    assert price(kept.lines, kept.rules, kept.freight) == priced


@given(lines=line_lists(), rules=rule_sets(), freight=FREIGHTS)
def test_every_share_adds_up_to_what_was_spread(lines: list[PriceLine], rules: PriceRules, freight: Freight) -> None:
    priced = price(lines, rules, freight)

    taken = rules.coupon.cut(priced.coupon_base, rules.step) if rules.coupon else 0
    assert priced.sum("coupon_amount") == taken
    assert priced.freight_amount == freight.of(lines, priced.goods_amount - priced.discount_amount)
    for each, asked in zip(priced.lines, lines, strict=True):
        assert not each.coupon_amount or (rules.coupon and rules.coupon.covers(asked))
        assert not each.freight_amount or asked.requires_shipping
        assert not (each.tax_amount or each.tax_included) or asked.taxable


@given(
    lines=line_lists(), rules=rule_sets(), freight=st.integers(0, 5_000),
    less=st.integers(0, 50_000), more=st.integers(0, 50_000),
)  # fmt: skip
def test_a_coupon_worth_more_never_makes_an_order_dearer(
    lines: list[PriceLine], rules: PriceRules, freight: int, less: int, more: int
) -> None:
    """With freight that does not depend on the goods; free delivery may be lost by paying less."""

    def total(amount: int) -> int:
        fixed = coupon(amount=amount)
        return price(lines, PriceRules(1, rules.member, fixed, rules.points, rules.tax), Freight(freight)).total_amount

    assert total(less + more) <= total(less)


@given(lines=line_lists(100), rules=rule_sets(100), freight=st.integers(0, 50).map(lambda dollars: dollars * 100))
def test_whole_dollars_stay_whole_where_the_currency_has_no_cents(
    lines: list[PriceLine], rules: PriceRules, freight: int
) -> None:
    """TWD keeps two decimals and is paid in none."""
    priced = price(lines, rules, Freight(freight))

    assert all(amount % 100 == 0 for each in priced.lines for amount in (each.discount_amount, each.total_amount))


@given(lines=line_lists(), rules=rule_sets())
def test_points_pay_no_more_than_they_are_worth(lines: list[PriceLine], rules: PriceRules) -> None:
    priced = price(lines, rules)

    if rules.points:
        assert priced.points <= rules.points.points
        assert priced.sum("points_amount") * rules.points.points_per_unit <= priced.points * rules.points.unit_amount
    else:
        assert priced.points == 0


@pytest.mark.parametrize(
    ("currency", "unit", "member_unit", "tax"),
    [("CNY", 4395, 3956, 198), ("TWD", 128_500, 115_700, 5_800), ("JPY", 1285, 1157, 58)],
)
def test_each_currency_is_cut_in_amounts_it_is_paid_in(currency: str, unit: int, member_unit: int, tax: int) -> None:
    """Ten percent off, then five percent tax."""
    rules = PriceRules(CURRENCIES[currency].step, MemberRule(LEVEL, "Gold", 1000), tax=TaxRule(500))

    priced = price([line(unit)], rules)

    assert (priced.goods_amount - priced.discount_amount, priced.tax_amount) == (member_unit, tax)


def test_campaign_or_member_price_whichever_is_lower() -> None:
    rules = PriceRules(member=MemberRule(LEVEL, "Gold", 1000))

    campaign, member, equal, dearer = price(
        [line(campaign_amount=800), line(campaign_amount=950), line(campaign_amount=900), line(campaign_amount=2000)],
        rules,
    ).lines

    assert (campaign.campaign_amount, campaign.member_amount) == (200, 0)
    assert (member.campaign_amount, member.member_amount) == (0, 100)
    assert (equal.campaign_amount, equal.member_amount) == (100, 0)
    assert (dearer.campaign_amount, dearer.member_amount) == (0, 100)


def test_every_step_works_on_what_the_step_before_left() -> None:
    rules = PriceRules(
        member=MemberRule(LEVEL, "Gold", 1000),
        coupon=coupon(kind="percent", bps=2000),
        points=PointsRule(10_000, points_per_unit=100, unit_amount=100, max_share_bps=5000),
        tax=TaxRule(1000),
    )

    priced = price([line(10_000)], rules, Freight(500))

    assert priced.lines[0].breakdown == {
        "list": 10_000, "member": -1000, "coupon": -1800, "points": -3600, "freight": 500, "tax": 410, "total": 4510,
    }  # fmt: skip
    assert priced.points == 3600


def test_a_coupon_is_spread_over_its_own_goods_and_ties_go_to_the_earlier_line() -> None:
    other = PriceLine(SHELF[1], SHELF[1], 1000, 1)
    rules = PriceRules(coupon=coupon(amount=101, scope="products", targets=(SHELF[0],)))

    cuts = [each.coupon_amount for each in price([line(), other, line()], rules).lines]

    assert cuts == [51, 0, 50]


def test_a_coupon_reaches_its_threshold_with_its_own_goods_only() -> None:
    threshold = coupon(kind="threshold", amount=10_000, from_amount=50_000)

    assert [threshold.cut(base, 1) for base in (49_999, 50_000)] == [0, 10_000]


def test_a_percentage_stops_at_its_cap() -> None:
    assert coupon(kind="percent", bps=5000, cap_amount=3000).cut(10_000, 1) == 3000


def test_tax_inside_the_price_is_told_apart_and_not_added() -> None:
    priced = price([line(11_300), line(5_000, taxable=False)], PriceRules(tax=TaxRule(1300, inclusive=True)))

    assert [each.tax_included for each in priced.lines] == [1300, 0]
    assert (priced.tax_amount, priced.total_amount) == (0, 16_300)


def test_delivery_is_free_from_the_amount_on_and_not_below() -> None:
    freight = Freight(800, free_from=10_000)

    assert (freight.of([line()], 9_999), freight.of([line()], 10_000)) == (800, 0)


def test_free_delivery_counts_what_is_really_paid_for_the_goods() -> None:
    rules, freight = PriceRules(coupon=coupon(amount=1)), Freight(800, free_from=10_000)

    assert price([line(10_000)], rules, freight).freight_amount == 800


def test_what_is_not_sent_costs_no_delivery() -> None:
    sent, read = price([line(), line(requires_shipping=False)], freight=Freight(800)).lines

    assert (sent.freight_amount, read.freight_amount) == (800, 0)
    assert Freight(800).of([line(requires_shipping=False)], 100) == 0


def test_a_breakdown_tells_every_step_that_applies() -> None:
    (priced,) = price([line(1000, 2)], freight=Freight(500)).lines

    assert priced.breakdown == {"list": 2000, "freight": 500, "total": 2500}
