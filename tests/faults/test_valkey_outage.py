"""Valkey goes away in the middle of a live: every click that was answered arrives, once."""

from __future__ import annotations

import pytest

from tests.faults import program
from tests.figures import Figure

pytestmark = pytest.mark.timeout(900)


async def test_no_click_is_lost_or_doubled_while_valkey_is_stopped(figure: Figure) -> None:
    code, output = await program.run("tests.faults.valkey_outage", VALKEY_OUTAGE_SECONDS="3")

    assert "lost=0 double=0 unfolded=0" in output, output
    assert code == 0, output
    figure(program.figure_of(output))


async def test_no_click_is_lost_or_doubled_while_valkey_hangs(figure: Figure) -> None:
    code, output = await program.run("tests.faults.valkey_outage", "--paused", VALKEY_OUTAGE_SECONDS="3")

    assert "lost=0 double=0 unfolded=0" in output, output
    assert code == 0, output
    figure(program.figure_of(output))
