"""How much is earned, and how much goes back."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from app.commissions import Party, Plan, Rule, Share, evaluate
from app.commissions.plans import SHAPES
from app.commissions.shares import remaining_base, reversal_due, share_amount
from app.kernel.money import floor_share, spread
from tests.figures import Figure
from tests.unit.commissions.builders import LEVELS, chains, party, plan, plans, rule, sold


def test_half_of_an_order_back_is_half_of_its_base() -> None:
    assert remaining_base(8780, paid=9980, refunded=4990) == 4390


def test_nothing_back_is_nothing_reversed() -> None:
    assert reversal_due(8780, 1000, reversed_before=0, base_left=8780) == 0


@given(
    base=st.integers(0, 10**9), extra=st.integers(0, 10**6), bps=st.integers(0, 5000),
    steps=st.lists(st.integers(1, 10**9), max_size=12), whole=st.booleans(),
)  # fmt: skip
def test_any_row_of_refunds_ends_at_the_share_of_what_remains(
    base: int, extra: int, bps: int, steps: list[int], whole: bool
) -> None:
    paid, refunded, reversed_so_far = base + extra, 0, 0
    for step in [*steps, paid if whole else 0]:
        refunded = min(paid, refunded + step)
        left = remaining_base(base, paid=paid, refunded=refunded)
        due = reversal_due(base, bps, reversed_before=reversed_so_far, base_left=left)
        reversed_so_far += due

        assert due >= 0
        assert floor_share(base, bps) - reversed_so_far == floor_share(left, bps)
    if paid and refunded == paid:
        assert reversed_so_far == floor_share(base, bps)


def test_a_fee_goes_back_with_its_unit() -> None:
    flat = rule(shape="flat", rates=(), fees=(500,))
    (share,) = evaluate(plan(flat), sold(10_000, units=3), [party()])

    kept = [
        share_amount(remaining_base(10_000, paid=10_000, refunded=back), share.rate_bps, flat_amount=500, units=left)
        for back, left in ((0, 3), (3_334, 2), (6_667, 1), (10_000, 0))
    ]

    assert kept == [1_500, 1_000, 500, 0]


@given(base=st.integers(200, 10**7), extra=st.integers(0, 10**5), units=st.integers(1, 60), fee=st.integers(1, 10**4))
def test_a_fee_the_cap_leaves_alone_is_the_fee_for_every_unit_that_stays(
    base: int, extra: int, units: int, fee: int
) -> None:
    """Whichever cents a unit costs, as long as the larger ones go back first."""
    flat = rule(shape="flat", rates=(), fees=(fee,))
    (share,) = evaluate(plan(flat), sold(base, units), [party()])
    paid, refunded = base + extra, 0

    for left, back in zip(range(units - 1, -1, -1), spread(paid, [1] * units), strict=True):
        refunded += back
        kept = share_amount(
            remaining_base(base, paid=paid, refunded=refunded), share.rate_bps, flat_amount=fee, units=left
        )
        assert kept == fee * left or share.rate_bps < share.listed_bps


def _refund_at_random(dice: Random, shares: list[Share], base: int, paid: int, units: int, cap_bps: int) -> list[int]:
    """Any number of refunds by units, by amount or both, the last of them sometimes of all; what is kept in the end."""
    refunded, left, taken = 0, units, [0] * len(shares)
    for step in range(dice.randint(1, 8)):
        whole = step == 7
        refunded = paid if whole else min(paid, refunded + dice.randint(0, max(1, paid // 2)))
        left = 0 if whole else max(0, left - dice.randint(0, 2))
        base_left = remaining_base(base, paid=paid, refunded=refunded)
        for number, share in enumerate(shares):
            due = reversal_due(
                base, share.rate_bps, reversed_before=taken[number], base_left=base_left,
                flat_amount=share.flat_amount, units=share.units, units_left=left if share.units else 0,
            )  # fmt: skip
            taken[number] += due
            kept = share_amount(base_left, share.rate_bps, flat_amount=share.flat_amount, units=left)
            assert due >= 0
            assert share.amount - taken[number] == kept
        assert sum(share.amount for share in shares) - sum(taken) <= floor_share(base_left, cap_bps)
    if refunded == paid:
        assert taken == [share.amount for share in shares]
    return [share.amount - back for share, back in zip(shares, taken, strict=True)]


def _any_rule(dice: Random) -> Rule:
    shape, depth = dice.choice(SHAPES), dice.randint(1, 3)
    if shape == "flat":
        return rule(shape=shape, depth=depth, rates=(), fees=tuple(dice.randint(0, 3_000) for _ in range(depth)))
    if shape == "differential":
        by_level = {str(level): dice.randint(0, 5_000) for level in LEVELS}
        return rule(shape=shape, depth=depth, rates=(dice.randint(0, 5_000),), by_level=by_level)
    return rule(shape=shape, depth=depth, rates=tuple(dice.randint(0, 5_000) for _ in range(depth)))


def test_twenty_thousand_rows_of_refunds_reverse_every_shape_exactly(figure: Figure) -> None:
    dice = Random(20_260_301)
    for _story in range(1_000):
        written = plan(_any_rule(dice), cap_bps=dice.randint(0, 5_000))
        chain = [party(level=dice.choice((None, *LEVELS)), is_active=dice.random() < 0.8) for _ in range(4)]
        base, units = dice.choice((dice.randint(0, 99), dice.randint(0, 10**6))), dice.randint(1, 9)
        shares = evaluate(written, sold(base, units), chain, on_inactive=dice.choice(("skip", "compress", "house")))
        for _row in range(20):
            _refund_at_random(dice, shares, base, base + dice.randint(0, 500), units, written.cap_bps)
    figure("refund_rows tried=20000 inexact=0")


@given(plan=plans(), chain=chains(), base=st.integers(0, 10**7), units=st.integers(1, 9), seed=st.integers(0, 10**6))
def test_any_row_of_refunds_of_any_plan_is_exact(
    plan: Plan, chain: list[Party], base: int, units: int, seed: int
) -> None:
    _refund_at_random(Random(seed), evaluate(plan, sold(base, units), chain), base, base + seed, units, plan.cap_bps)
