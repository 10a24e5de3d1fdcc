"""The ladder of claims."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from app.attribution.candidates import Candidate
from app.attribution.ladder import HELD, judge, with_leader
from app.attribution.policies import RUNGS, Policy
from app.attribution.reasons import REASONS
from app.kernel.ids import new_id

PLACED = datetime(2026, 11, 22, 12, tzinfo=UTC)
XIAOYA, AJIE = UUID(int=1), UUID(int=2)


def _click(promoter: UUID, days: float, *, barred: str = "") -> Candidate:
    return Candidate(
        click=new_id(), touch=new_id(), promoter=promoter, promoter_name="", link=new_id(), code="", label="",
        live_session=None, kind="link", occurred_at=PLACED - timedelta(days=days), barred=barred,
    )  # fmt: skip


def test_the_last_click_wins_and_every_loser_hears_why() -> None:
    clicks = [_click(XIAOYA, 31), _click(XIAOYA, 5), _click(AJIE, 3), _click(XIAOYA, 2)]
    clicks.append(_click(AJIE, 1, barred="paused"))

    verdict = judge(clicks, Policy(), placed_at=PLACED)

    assert verdict.winner == clicks[3]
    assert [loser.reason for loser in verdict.losers] == ["paused", "later_click_won", "earlier_click", "too_old"]


def test_a_click_after_the_order_is_too_late() -> None:
    verdict = judge([_click(XIAOYA, -0.1)], Policy(), placed_at=PLACED)

    assert (verdict.winner, verdict.reason, verdict.losers[0].reason) == (None, "nobody_qualified", "after_the_order")


def test_without_clicks_nobody_sold_it() -> None:
    assert judge([], Policy(), placed_at=PLACED).reason == "no_click"


def test_the_edge_of_the_window_still_counts() -> None:
    assert judge([_click(XIAOYA, 30)], Policy(), placed_at=PLACED).winner is not None


@given(st.lists(st.tuples(st.sampled_from([XIAOYA, AJIE]), st.integers(-2, 40), st.booleans()), max_size=20))
def test_the_same_clicks_in_any_order_give_the_same_verdict(facts: list[tuple[UUID, int, bool]]) -> None:
    clicks = [_click(who, days, barred="machine" if barred else "") for who, days, barred in facts]
    shuffled = random.Random(3).sample(clicks, len(clicks))

    verdict = judge(clicks, Policy(), placed_at=PLACED)

    assert judge(shuffled, Policy(), placed_at=PLACED) == verdict
    assert len(verdict.losers) + (verdict.winner is not None) == len(clicks)


ALL = Policy(version=1, rungs=RUNGS)


def _claim(promoter: UUID, kind: str, minutes: float = 0) -> Candidate:
    return Candidate(
        click=None, touch=new_id(), promoter=promoter, promoter_name="", link=None, code="", label="",
        live_session=None, kind=kind, occurred_at=PLACED - timedelta(minutes=minutes), source=new_id(),
    )  # fmt: skip


def _room(promoter: UUID, minutes: float, *, on_air: bool = False) -> Candidate:
    return msgspec.structs.replace(_click(promoter, minutes / 1440), kind="live", on_air=on_air)


def test_the_ladder_is_climbed_from_the_top() -> None:
    ladder = [
        _claim(XIAOYA, "code_at_checkout"), _room(AJIE, 10), _claim(XIAOYA, "coupon"),
        _claim(XIAOYA, "binding", minutes=60), _click(XIAOYA, 2),
    ]  # fmt: skip

    won = [judge(ladder[lowest:], ALL, placed_at=PLACED) for lowest in range(len(ladder))]

    assert [verdict.rung for verdict in won] == list(RUNGS[:5])
    assert [verdict.winner for verdict in won] == ladder


def test_a_coupon_counts_high_only_with_a_touch_of_its_owner() -> None:
    coupon, own_click, other_click = _claim(AJIE, "coupon"), _click(AJIE, 5), _click(XIAOYA, 1)

    backed = judge([coupon, own_click, other_click], ALL, placed_at=PLACED)
    unbacked = judge([coupon, other_click], ALL, placed_at=PLACED)
    alone = judge([coupon], ALL, placed_at=PLACED)

    assert (backed.rung, backed.winner) == ("coupon", coupon)
    assert (unbacked.rung, unbacked.winner) == ("last_click", other_click)
    assert [(loser.rung, loser.reason) for loser in unbacked.losers] == [("unbacked_coupon", "higher_rung_won")]
    assert (alone.rung, alone.winner) == (HELD, coupon)


def test_a_click_that_no_longer_counts_backs_nothing() -> None:
    verdict = judge([_claim(AJIE, "coupon"), _click(AJIE, 31)], ALL, placed_at=PLACED)

    assert verdict.rung == HELD


def test_the_room_counts_half_an_hour_after_the_last_touch() -> None:
    assert judge([_room(AJIE, 30), _click(XIAOYA, 0.001)], ALL, placed_at=PLACED).rung == "live"
    assert judge([_room(AJIE, 31)], ALL, placed_at=PLACED).rung == "last_click"


def test_whoever_stays_in_the_room_orders_from_it_while_the_show_goes_on() -> None:
    room = _room(AJIE, 90, on_air=True)

    assert judge([room], ALL, placed_at=PLACED).rung == "live"
    assert judge([room, _click(XIAOYA, 0.01)], ALL, placed_at=PLACED).winner != room


def test_what_the_policy_does_not_count_is_told_so() -> None:
    verdict = judge([_claim(XIAOYA, "binding"), _click(AJIE, 1)], Policy(), placed_at=PLACED)

    assert (verdict.rung, verdict.losers[0].reason) == ("last_click", "rung_off")


def test_the_leader_of_a_campaign_comes_before_a_coupon_nothing_backs() -> None:
    leader = _claim(XIAOYA, "leader")

    held = judge([_claim(AJIE, "coupon")], ALL, placed_at=PLACED)
    clicked = judge([_click(AJIE, 1)], ALL, placed_at=PLACED)

    assert with_leader(held, leader).winner == leader
    assert with_leader(clicked, leader).losers[-1].reason == "link_won"


@given(
    st.permutations(RUNGS),
    st.lists(st.tuples(st.sampled_from([XIAOYA, AJIE]), st.sampled_from(["link", "live", "coupon", "binding"]),
                       st.integers(0, 40)), max_size=12),
)  # fmt: skip
def test_there_is_one_winner_at_most_and_everybody_else_hears_why(
    rungs: list[str], facts: list[tuple[UUID, str, int]]
) -> None:
    everyone = [_click(who, days) if kind in ("link", "live") else _claim(who, kind, days) for who, kind, days in facts]

    verdict = judge(everyone, Policy(version=1, rungs=tuple(rungs)), placed_at=PLACED)

    assert len(verdict.losers) + (verdict.winner is not None) == len(everyone)
    assert all(loser.reason in REASONS for loser in verdict.losers)
