"""The way of a request: every wait leads somewhere, and no end leads on but by a ruling."""

from __future__ import annotations

from app.aftersales import CLOSED, LEGAL, words


def test_every_state_has_words() -> None:
    assert {state for arrow in LEGAL for state in arrow} == set(words.STATES)


def test_what_is_over_stays_over_unless_staff_rule() -> None:
    assert {arrow for arrow in LEGAL if arrow[0] in CLOSED} == {("declined", "approved")}


def test_every_state_is_on_a_way_to_an_end() -> None:
    leads = set(CLOSED)
    for _ in LEGAL:
        leads |= {at for at, to in LEGAL if to in leads}

    assert leads == set(words.STATES)
