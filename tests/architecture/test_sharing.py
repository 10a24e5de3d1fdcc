"""What is said about sharing the tests out is about places that exist."""

from __future__ import annotations

from infra.settings import ROOT
from tests import sharing


def test_every_place_that_has_a_turn_or_a_group_is_there() -> None:
    missing = [place for place in {*sharing.GROUPS, *sharing.LONG} if not (ROOT / place).exists()]

    assert missing == []


def test_the_tests_of_one_program_stay_together_and_all_others_go_alone() -> None:
    assert sharing.group_of("tests/browser/test_teams.py::test_a") == sharing.group_of(
        "tests/browser/test_b.py::test_b"
    )
    assert sharing.group_of("tests/unit/test_a.py::test_a") != sharing.group_of("tests/unit/test_a.py::test_b")
