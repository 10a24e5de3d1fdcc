"""Orders survive everything being killed at random; without the outbox they do not, which shows we would notice."""

from __future__ import annotations

import pytest

from tests.faults import program
from tests.faults.verdict import Verdict
from tests.figures import Figure


@pytest.mark.timeout(900)
async def test_every_paid_order_ships_once_whatever_is_killed(figure: Figure) -> None:
    code, output = await program.run("tests.faults", FAULTS_ORDERS="120")

    assert "lost=0 double=0" in output, output
    assert code == 0, output
    figure(program.figure_of(output))


@pytest.mark.timeout(900)
async def test_the_same_storm_without_the_outbox_loses_orders(figure: Figure) -> None:
    code, output = await program.run("tests.faults", "--control", FAULTS_ORDERS="80")

    assert code == 0, output
    figure(program.figure_of(output))


def test_work_that_is_done_too_late_is_not_called_clean() -> None:
    done = Verdict(
        paid=9, shipped=9, lost=0, double=0, clicks=9, clicks_lost=0, unpaid_after_paying=0, jobs_left=0
    )  # fmt: skip

    assert list(done.not_kept(59, 60)) == []
    assert list(done.not_kept(75, 60)) == ["all was done only 75 s after the last fault; 60 s are allowed."]
