"""What comes back of an order when the price has fallen: never dearer, never more than is left, exact to the cent."""

from __future__ import annotations

import random
from dataclasses import replace
from uuid import UUID

from app.flows.ladder_difference import difference, never_dearer
from app.orders import (
    CouponRule,
    Freight,
    Line,
    MemberRule,
    PointsRule,
    Priced,
    PriceLine,
    PriceRules,
    Recorded,
    TaxRule,
    as_charged,
    price,
    price_record,
    reprice,
    restore,
)
from app.payments import Part, RefundLine, Terms, choose, spread_parts, what_is_left

A, B = UUID(int=1), UUID(int=2)


def _rows(lines: list[PriceLine], priced: Priced) -> list[Line]:
    """The order lines that these were written as."""
    return [
        Line(
            UUID(int=place), place, line.product, line.variant, "", "", "", None, line.quantity, line.unit_amount,
            each.goods_amount, each.discount_amount, each.freight_amount, each.tax_amount, {}, True,
        )
        for place, (line, each) in enumerate(zip(lines, priced.lines, strict=True), 1)
    ]  # fmt: skip


def _left(rows: list[Line]) -> list[Part]:
    return [Part(row.id, row.quantity, row.paid_goods_amount, row.freight_amount, row.tax_amount) for row in rows]


def _kept(lines: list[PriceLine], rules: PriceRules, freight: Freight) -> Recorded:
    return restore(price_record(lines, rules, freight, price(lines, rules, freight)), as_charged)


def test_the_difference_is_the_fall_of_the_price_times_the_units() -> None:
    lines = [PriceLine(A, A, 5600, 3, campaign_amount=4390)]
    rows, kept = _rows(lines, price(lines)), _kept(lines, PriceRules(), Freight())

    (part,) = difference(rows, reprice(kept, {A: 3990}).lines, _left(rows), 1)

    assert part == Part(rows[0].id, goods_amount=1200)


def test_a_price_that_rose_gives_nothing_and_takes_nothing() -> None:
    lines = [PriceLine(A, A, 5600, 3, campaign_amount=4390)]
    rows, kept = _rows(lines, price(lines)), _kept(lines, PriceRules(), Freight())

    assert difference(rows, reprice(kept, {A: 4990}).lines, _left(rows), 1) == []


def test_free_delivery_and_a_coupon_are_not_lost_because_the_price_fell() -> None:
    lines = [PriceLine(A, A, 5600, 2, campaign_amount=5000)]
    rules = PriceRules(coupon=CouponRule(B, "PEACH", "threshold", amount=1000, from_amount=10_000))
    kept = _kept(lines, rules, Freight(800, free_from=9000))

    final = reprice(kept, {A: 4000})

    assert (price(lines, rules, Freight(800, 9000)).total_amount, final.total_amount) == (9000, 7000)


def test_whoever_has_the_better_members_price_has_no_difference() -> None:
    lines = [PriceLine(A, A, 5600, 1, campaign_amount=5000)]
    kept = _kept(lines, PriceRules(member=MemberRule(B, "Gold", 3000)), Freight())

    assert reprice(kept, {A: 4500}).total_amount == 3920


def test_a_line_that_seems_dearer_by_rounding_is_paid_for_by_the_others() -> None:
    assert never_dearer([100, 50, 30], [90, 51, 20]) == [91, 50, 20]
    assert never_dearer([10, 10], [20, 10]) == [10, 10]


def test_the_smallest_amount_stays_so_that_the_order_is_still_sent() -> None:
    lines = [PriceLine(A, A, 5600, 1, campaign_amount=4390)]
    rules = PriceRules(step=100, coupon=CouponRule(B, "PEACH", "fixed", amount=4000))
    rows, kept = _rows(lines, price(lines, rules)), _kept(lines, rules, Freight())

    (part,) = difference(rows, reprice(kept, {A: 3000}).lines, _left(rows), 100)

    assert (rows[0].paid_goods_amount, part.goods_amount) == (390, 290)


def test_whatever_was_bought_used_and_sent_back_the_shopper_ends_at_the_final_price() -> None:
    """Bought high and settled is the same as bought at the final price, and no order is ever dearer."""
    for seed in range(1500):
        dice = random.Random(seed)
        step = dice.choice((1, 1, 100))
        lines = [_a_line(dice, place, step) for place in range(dice.randint(1, 4))]
        rules, freight = _some_rules(dice, step), Freight(dice.randrange(0, 2000, step), dice.choice((None, 9000)))
        rows, kept = _rows(lines, price(lines, rules, freight)), _kept(lines, rules, freight)
        final = reprice(kept, {line.variant: dice.randrange(step, 9000, step) for line in lines if dice.random() < 0.8})
        terms = Terms(step, bool(rules.tax and rules.tax.on_freight))
        gone = [(row.id, dice.randint(0, row.quantity)) for row in rows]
        left = _send_back(_left(rows), gone, terms)

        back = difference(rows, final.lines, left, step)

        _same_end(seed, rows, final, left, back, gone, step)


def _a_line(dice: random.Random, place: int, step: int) -> PriceLine:
    amount = dice.randrange(step, 9000, step)
    return PriceLine(
        A, UUID(int=place + 10), amount, dice.randint(1, 5), taxable=dice.random() < 0.8,
        campaign_amount=dice.choice((None, dice.randrange(0, amount + step, step))),
    )  # fmt: skip


def _some_rules(dice: random.Random, step: int) -> PriceRules:
    coupon = CouponRule(
        B, "PEACH", dice.choice(("fixed", "percent", "threshold")), amount=dice.randrange(0, 5000, step),
        bps=dice.randrange(0, 6000), cap_amount=dice.choice((None, 3000)), from_amount=dice.choice((0, 6000)),
    )  # fmt: skip
    return PriceRules(
        step=step,
        member=MemberRule(B, "Gold", dice.randrange(0, 3000)) if dice.random() < 0.3 else None,
        coupon=coupon if dice.random() < 0.6 else None,
        points=PointsRule(dice.randrange(0, 100_000), 100, 100, 5000) if dice.random() < 0.3 else None,
        tax=TaxRule(dice.randrange(0, 2000), inclusive=dice.random() < 0.5) if dice.random() < 0.5 else None,
    )


def _send_back(left: list[Part], gone: list[tuple[UUID, int]], terms: Terms) -> list[Part]:
    return what_is_left(left, choose(left, [RefundLine(line, units) for line, units in gone], 0, terms))


def _same_end(
    seed: int, rows: list[Line], final: Priced, left: list[Part], back: list[Part], gone: list[tuple[UUID, int]],
    step: int,
) -> None:  # fmt: skip
    """Each line, and all of them, end at what they would have cost; where a cent stays, one cent is missing."""
    there = {part.order_line: part for part in left}
    for part in back:
        assert 0 <= part.goods_amount <= there[part.order_line].goods_amount, seed
        assert 0 <= part.tax_amount <= there[part.order_line].tax_amount, seed
        assert (part.freight_amount, part.quantity) == (0, 0), seed
    if any(units for _line, units in gone):
        return
    paid = sum(row.paid_goods_amount + row.tax_amount for row in rows)
    cost = sum(each.worth + each.tax_amount for each in final.lines)
    nothing_left = sum(part.amount for part in left) - (paid - cost) < step
    assert cost <= paid, seed
    assert sum(part.amount for part in back) == max(paid - cost - step * nothing_left, 0), seed


def test_units_sent_back_before_leave_the_same_as_if_they_had_cost_the_final_price() -> None:
    for seed in range(1500):
        dice = random.Random(seed)
        lines = [_a_line(dice, 0, 1)]
        rules = PriceRules(coupon=CouponRule(B, "PEACH", "fixed", amount=dice.randrange(0, 3000)))
        rows, kept = _rows(lines, price(lines, rules)), _kept(lines, rules, Freight())
        final = reprice(kept, {lines[0].variant: dice.randrange(1, 9000)})
        gone = [(rows[0].id, dice.randint(0, rows[0].quantity))]

        left = _send_back(_left(rows), gone, Terms())
        back = sum(part.amount for part in difference(rows, final.lines, left, 1))

        cheaper = [replace(part, goods_amount=each.worth) for part, each in zip(_left(rows), final.lines, strict=True)]
        (as_if,) = _send_back(cheaper, gone, Terms())
        stays = 1 if left[0].amount and not as_if.amount else 0
        assert left[0].amount - back == as_if.amount + stays, seed


def test_an_amount_given_back_without_units_is_no_part_of_the_price() -> None:
    lines = [PriceLine(A, A, 5600, 2, campaign_amount=5000)]
    rows, kept = _rows(lines, price(lines)), _kept(lines, PriceRules(), Freight())
    for amount, expected in ((300, 2000), (8500, 1499)):
        left = what_is_left(_left(rows), spread_parts(_left(rows), amount, Terms()))
        assert sum(part.amount for part in difference(rows, reprice(kept, {A: 4000}).lines, left, 1)) == expected
