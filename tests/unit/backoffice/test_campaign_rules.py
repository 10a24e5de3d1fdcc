"""A campaign's rules as sentences: nothing that was decided is left out, nothing is said that was not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import tenants
from app.backoffice import campaign_rules
from app.group_buying import KINDS, DemandTestTerms, LadderTerms, PresaleTerms, TeamGroupTerms, terms_of
from app.kernel.i18n import current_locale

END = datetime(2099, 11, 30, 12, 0, tzinfo=UTC)


class _Shop:
    currency, time_zone = "CNY", "Asia/Shanghai"


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(tenants, "current", _Shop)
    token = current_locale.set("en")
    yield
    current_locale.reset(token)


def _rules(kind: str, terms: Any, **changed: Any) -> str:
    known: dict[str, Any] = {"starts_at": None, "ends_at": END, "person_limit": None, "audience": "everyone"} | changed
    return " ".join(campaign_rules.rules_of(kind, terms, **known))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_how_long_it_runs_and_what_happens_in_it(kind: str) -> None:
    rules = campaign_rules.rules_of(
        kind, terms_of(kind, {}), starts_at=None, ends_at=END, person_limit=None, audience="everyone"
    )

    assert "ends on 30 Nov 2099 20:00" in rules[0]
    assert len(rules) >= 2


def test_a_team_says_who_is_refunded_and_what_its_leader_gets() -> None:
    usual = _rules("team_group", TeamGroupTerms(people=3, hours=1))
    other = _rules("team_group", TeamGroupTerms(completes_itself=True, leader_benefit="reward", leader_amount=500))

    assert "3 people who pay within 1 hour make a team" in usual
    assert "stays incomplete" in usual
    assert "gets ¥5 back" in other
    assert "stays incomplete" not in other


def test_a_ladder_says_its_minimum_only_when_there_is_one() -> None:
    assert "fewer than" not in _rules("ladder_campaign", LadderTerms())
    assert "fewer than 5 come together, everybody keeps" in _rules(
        "ladder_campaign", LadderTerms(min_count=5, below_min="keep")
    )


def test_a_presale_says_what_becomes_of_a_deposit_whose_balance_is_not_paid() -> None:
    dates: Any = {"opens_at": END, "due_at": END + timedelta(days=3), "ships_at": END + timedelta(days=10)}

    assert "the deposit stays with you" in _rules("presale", PresaleTerms(deposits={"x": 1}, forfeits=True, **dates))
    assert "the deposit goes back" in _rules("presale", PresaleTerms(deposits={"x": 1}, **dates))
    assert "The whole price is paid" in _rules("presale", PresaleTerms(ships_at=END))


def test_a_demand_test_says_its_target_in_what_is_measured() -> None:
    assert "30 paid orders" in _rules("demand_test", DemandTestTerms())
    assert "5% of the views" in _rules("demand_test", DemandTestTerms(metric="conversion", target_bps=500))


def test_limits_and_circles_are_said_when_there_are_some() -> None:
    rules = _rules("flash_sale", terms_of("flash_sale", {}), person_limit=2, audience="members", starts_at=END)

    assert "It runs from" in rules
    assert "At most 2 per person." in rules
    assert "Only for: Members." in rules
