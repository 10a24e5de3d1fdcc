"""What each event makes of a shopper's binding."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.attribution.binding_rules import Answer, Approach, Binding, approach, drop, paid
from app.attribution.policies import RUNGS, SNATCHING, Policy
from app.attribution.reasons import REASONS

START = datetime(2026, 11, 1, 12, tzinfo=UTC)
XIAOYA, AJIE = UUID(int=1), UUID(int=2)
POLICY = Policy(version=1, rungs=RUNGS)


def _on(day: float) -> datetime:
    return START + timedelta(days=day)


def _touch(promoter: UUID, day: float, kind: str = "click", **facts: object) -> Approach:
    return Approach(at=_on(day), promoter=promoter, kind=kind, lock_days=5, **facts)  # type: ignore[arg-type]


def _bound(**facts: object) -> Binding:
    """To Xiaoya, from the start, for five days."""
    made = approach(None, _touch(XIAOYA, 0), POLICY).binding
    assert made is not None
    return msgspec.structs.replace(made, **facts)


def test_a_first_touch_binds_for_the_days_of_a_click() -> None:
    made = approach(None, _touch(XIAOYA, 0), POLICY)

    assert made.outcome == "created"
    assert made.binding is not None
    assert (made.binding.valid_until, made.binding.protect_until) == (_on(5), _on(5))


def test_the_same_sharer_extends_and_never_shortens() -> None:
    longer = approach(_bound(), _touch(XIAOYA, 2), POLICY).binding
    kept = approach(_bound(valid_until=_on(30)), _touch(XIAOYA, 2), POLICY).binding

    assert longer is not None
    assert kept is not None
    assert (longer.valid_until, kept.valid_until) == (_on(7), _on(30))


@pytest.mark.parametrize(
    ("snatching", "day", "outcome"),
    [("anytime", 1, "snatched"), ("never", 4, "refused"), ("after_protection", 1, "refused"),
     ("after_protection", 3, "snatched")],
)  # fmt: skip
def test_another_sharer_takes_over_only_as_the_policy_says(snatching: str, day: int, outcome: str) -> None:
    policy = msgspec.structs.replace(POLICY, snatch_policy=snatching, protect_days=3)
    first = approach(None, _touch(XIAOYA, 0), policy).binding

    answer = approach(first, _touch(AJIE, day), policy)

    assert answer.outcome == outcome
    if outcome == "snatched":
        assert answer.closed
        assert (answer.closed.ended_at, answer.closed.ended_because) == (_on(day), "snatched")
    else:
        assert answer.binding == first


def test_a_binding_that_ran_out_ended_when_it_did() -> None:
    answer = approach(_bound(), _touch(AJIE, 9), POLICY)

    assert answer.outcome == "created"
    assert answer.closed
    assert (answer.closed.ended_at, answer.closed.ended_because) == (_on(5), "expired")


def test_who_may_not_bind_hears_why_and_changes_nothing() -> None:
    before = _bound()

    answer = approach(before, _touch(AJIE, 9, barred="own_purchase"), POLICY)

    assert (answer.outcome, answer.reason, answer.closed) == ("refused", "own_purchase", None)


def test_only_what_the_policy_names_binds() -> None:
    policy = msgspec.structs.replace(POLICY, bind_trigger="register")

    assert approach(None, _touch(XIAOYA, 0), policy).reason == "other_trigger"
    assert approach(None, _touch(XIAOYA, 0, "register"), policy).outcome == "created"
    assert approach(None, _touch(XIAOYA, 0, "admin"), policy).outcome == "created"


def test_a_click_of_the_own_sharer_extends_whatever_binds() -> None:
    policy = msgspec.structs.replace(POLICY, bind_trigger="register")

    assert approach(_bound(), _touch(XIAOYA, 2), policy).outcome == "extended"


def test_where_only_new_customers_are_bound_old_ones_are_not() -> None:
    policy = msgspec.structs.replace(POLICY, eligible="new_customers")

    assert approach(None, _touch(XIAOYA, 0, is_new=False), policy).reason == "not_new"


def test_the_store_and_the_shopper_move_a_binding_that_is_protected() -> None:
    moved = approach(_bound(), _touch(AJIE, 1, "admin"), POLICY)
    changed = approach(_bound(), _touch(AJIE, 1, "chosen"), POLICY)

    assert moved.closed
    assert moved.closed.ended_because == "moved"
    assert changed.closed
    assert changed.closed.ended_because == "changed"


def test_a_paid_order_extends_and_renews_protection() -> None:
    answer = paid(_bound(), _on(4), 20, POLICY)

    assert answer.binding is not None
    assert (answer.binding.valid_until, answer.binding.protect_until, answer.binding.orders) == (_on(24), _on(9), 1)


def test_a_lock_for_two_orders_ends_with_the_second() -> None:
    policy = msgspec.structs.replace(POLICY, max_orders=2)

    first = paid(_bound(), _on(1), 20, policy)
    second = paid(first.binding, _on(2), 20, policy)

    assert first.outcome == "extended"
    assert second.closed
    assert (second.closed.ended_at, second.closed.ended_because) == (_on(2), "used_up")


def test_who_is_bound_to_nobody_has_nothing_to_let_go() -> None:
    assert drop(_bound(), _on(6), "dropped").reason == "not_bound"
    assert drop(_bound(), _on(1), "dropped").closed is not None


EVENTS = st.lists(
    st.tuples(
        st.integers(0, 600),
        st.sampled_from(["click", "register", "admin", "chosen", "paid", "drop"]),
        st.sampled_from([XIAOYA, AJIE]),
    ),
    max_size=40,
)
POLICIES = st.builds(
    Policy, version=st.just(1), rungs=st.just(RUNGS), snatch_policy=st.sampled_from(SNATCHING),
    protect_days=st.integers(0, 9), bind_trigger=st.sampled_from(["click", "register"]),
    max_orders=st.one_of(st.none(), st.integers(1, 3)),
)  # fmt: skip


def _play(events: list[tuple[int, str, UUID]], policy: Policy) -> list[Binding]:
    """Every binding there was, in the order they began."""
    known: dict[UUID, Binding] = {}
    open_one: Binding | None = None
    for hour, kind, who in sorted(events, key=lambda event: event[0]):
        answer = _answer(open_one, hour / 24, kind, who, policy)
        assert answer.reason in ("", *REASONS, "used_up", "dropped")
        known |= {one.id: one for one in (answer.closed, answer.binding) if one}
        open_one = answer.binding if answer.outcome != "refused" else open_one
    return sorted(known.values(), key=lambda one: one.starts_at)


def _answer(before: Binding | None, day: float, kind: str, who: UUID, policy: Policy) -> Answer:
    if kind == "paid":
        return paid(before, _on(day), 20, policy)
    return drop(before, _on(day), "dropped") if kind == "drop" else approach(before, _touch(who, day, kind), policy)


@given(EVENTS, POLICIES)
def test_nobody_is_ever_bound_twice_at_one_instant(events: list[tuple[int, str, UUID]], policy: Policy) -> None:
    bindings = _play(events, policy)

    for hour in range(0, 2_000, 7):
        assert sum(one.is_live_at(_on(hour / 24)) for one in bindings) <= 1
    for one, following in itertools.pairwise(bindings):
        assert one.ended_at is not None
        assert one.ended_at <= following.starts_at


@given(EVENTS, POLICIES)
def test_the_same_touches_give_the_same_bindings(events: list[tuple[int, str, UUID]], policy: Policy) -> None:
    def told() -> list[tuple[object, ...]]:
        return [msgspec.structs.astuple(one)[1:] for one in _play(events, policy)]

    assert told() == told()
