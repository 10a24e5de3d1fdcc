"""How much a refund gives back of each line, and what that leaves of a commission."""

from __future__ import annotations

import random
from uuid import UUID

import pytest

from app.commissions import remaining_base, reversal_due
from app.kernel.errors import InvalidInput
from app.kernel.money import floor_share
from app.payments import Part, RefundLine, Terms, choose, share_out, spread_parts, take_all

A, B, C = UUID(int=1), UUID(int=2), UUID(int=3)
PLAIN = Terms()


def _left(parts: list[Part], taken: list[Part]) -> list[Part]:
    gone = {part.order_line: part for part in taken}
    return [part.less(gone[part.order_line]) if part.order_line in gone else part for part in parts]


def test_units_take_their_part_and_the_last_one_takes_the_rest() -> None:
    left = [Part(A, 3, 1000, 800, 100)]
    given = []

    for _unit in range(3):
        (part,) = choose(left, [RefundLine(A, 1)], 0, PLAIN)
        given.append((part.goods_amount, part.tax_amount, part.freight_amount))
        left = _left(left, [part])

    assert given == [(333, 33, 0), (333, 33, 0), (334, 34, 0)]
    assert left == [Part(A, 0, 0, 800, 0)]


def test_an_amount_replaces_what_the_units_are_worth() -> None:
    (part,) = choose([Part(A, 3, 1000, 0, 100)], [RefundLine(A, 1, 110)], 0, PLAIN)

    assert part == Part(A, 1, 100, 0, 10)


def test_several_wishes_for_one_line_come_one_after_the_other() -> None:
    left = [Part(A, 3, 1000)]

    (part,) = choose(left, [RefundLine(A, 2), RefundLine(A, 0, 100)], 0, PLAIN)

    assert part == Part(A, 2, 766)
    with pytest.raises(InvalidInput):
        choose(left, [RefundLine(A, 2), RefundLine(A, 2)], 0, PLAIN)


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (RefundLine(A, 4), f"quantity-{A}"),
        (RefundLine(A, -1), f"quantity-{A}"),
        (RefundLine(A, 0, 1001), f"amount-{A}"),
        (RefundLine(A, 0, -1), f"amount-{A}"),
        (RefundLine(B, 1), f"amount-{B}"),
    ],
)
def test_more_than_is_left_of_a_line_is_refused_at_its_own_field(wish: RefundLine, field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        choose([Part(A, 3, 1000, 800)], [wish], 0, PLAIN)

    assert list(refusal.value.fields) == [field]


def test_freight_alone_comes_from_the_lines_that_carried_it() -> None:
    left = [Part(A, 1, 100, 0), Part(B, 1, 100, 300), Part(C, 1, 100, 500)]

    parts = choose(left, [], 400, PLAIN)

    assert parts == [Part(B, freight_amount=150), Part(C, freight_amount=250)]


def test_tax_follows_freight_only_where_freight_was_taxed() -> None:
    left = [Part(A, 1, 1000, 500, 150)]

    assert choose(left, [], 500, Terms(freight_taxed=True)) == [Part(A, 0, 0, 500, 50)]
    assert choose(left, [RefundLine(A, 1)], 0, Terms(freight_taxed=True)) == [Part(A, 1, 1000, 0, 100)]
    assert choose(left, [], 500, PLAIN) == [Part(A, 0, 0, 500, 0)]
    assert choose(left, [RefundLine(A, 1)], 0, PLAIN) == [Part(A, 1, 1000, 0, 150)]


def test_a_currency_without_small_coins_goes_back_in_whole_coins() -> None:
    left = [Part(A, 3, 100_00, 80_00), Part(B, 1, 50_00)]
    terms = Terms(step=100)

    (units,) = choose(left, [RefundLine(A, 1)], 0, terms)
    parts = spread_parts(left, 77_00, terms)

    assert units.amount == 33_00
    assert all(amount % 100 == 0 for part in parts for amount in (part.goods_amount, part.freight_amount))


def test_the_last_unit_takes_what_is_no_whole_coin_too() -> None:
    odd = Part(A, 2, 1050, 0, 53)
    coins = Terms(step=100)

    first = choose([odd], [RefundLine(A, 1)], 0, coins)[0]
    rest = odd.less(first)
    last = choose([rest], [RefundLine(A, 1)], 0, coins)[0]

    assert (first.goods_amount, first.tax_amount) == (500, 0)
    assert (last.goods_amount, last.tax_amount) == (550, 53)


def test_each_payment_gives_what_it_has_before_the_next_one_gives_anything() -> None:
    parts = [Part(A, 2, 700, 100, 0, released_quantity=2), Part(B, 1, 300)]

    first, second, third = share_out(parts, [500, 600, 1000])

    assert first == [Part(A, 2, 500, released_quantity=2)]
    assert second == [Part(A, 0, 200, 100), Part(B, 1, 300)]
    assert third == []
    with pytest.raises(InvalidInput):
        share_out(parts, [500, 599])


def test_an_order_called_off_gives_back_everything_that_is_left() -> None:
    left = [Part(A, 2, 700, 100, 50), Part(B, 0, 0, 0, 0)]

    assert take_all(left) == [Part(A, 2, 700, 100, 50, released_quantity=2)]


def test_twenty_thousand_rows_of_refunds_end_at_the_cent() -> None:
    """Units, amounts of lines, freight, and amounts of the whole order, in any order, until nothing is left.

    Nothing is ever given twice, no part goes below zero, each commission is the share of what remains of its line, and
    it never grows.
    """
    dice = random.Random(20261126)
    for _row in range(20_000):
        paid = [
            Part(line, dice.randint(1, 9), dice.randint(0, 99_999), dice.randint(0, 900), dice.randint(0, 9_000))
            for line in (A, B, C)[: dice.randint(1, 3)]
        ]
        terms = Terms(freight_taxed=dice.random() < 0.5)
        bps, kept = dice.randint(0, 5000), {part.order_line: 0 for part in paid}
        left, given = list(paid), 0
        for _step in range(dice.randint(0, 4)):
            taken = _some(dice, left, terms)
            left, given = _left(left, taken), given + sum(part.amount for part in taken)
            _reverse(paid, left, bps, kept)
        if dice.random() < 0.5 and (whole := sum(part.amount for part in left)):
            left, given = _left(left, spread_parts(left, whole, terms)), given + whole
            _reverse(paid, left, bps, kept)
            assert all(kept[part.order_line] == floor_share(part.goods_amount, bps) for part in paid)
        assert given + sum(part.amount for part in left) == sum(part.amount for part in paid)


def _some(dice: random.Random, left: list[Part], terms: Terms) -> list[Part]:
    whole, freight = sum(part.amount for part in left), sum(part.freight_amount for part in left)
    if dice.random() < 0.3 and whole:
        return spread_parts(left, dice.randint(1, whole), terms)
    part = dice.choice(left)
    amount = None if dice.random() < 0.6 else dice.randint(0, part.goods_amount)
    wish = RefundLine(part.order_line, dice.randint(0, part.quantity), amount)
    return choose(left, [wish], dice.choice([0, freight, freight // 3]), terms)


def _reverse(paid: list[Part], left: list[Part], bps: int, back: dict[UUID, int]) -> None:
    for was, now in zip(paid, left, strict=True):
        assert min(now.quantity, now.goods_amount, now.freight_amount, now.tax_amount) >= 0
        base, gone = was.goods_amount, was.goods_amount - now.goods_amount
        remains = remaining_base(base, paid=base, refunded=gone)
        due = reversal_due(base, bps, reversed_before=back[was.order_line], base_left=remains)
        assert due >= 0
        back[was.order_line] += due
        assert floor_share(base, bps) - back[was.order_line] == floor_share(base - gone, bps)
