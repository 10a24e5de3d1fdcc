"""Every order leaves once and moves on only, whatever warehouses answer, and nobody else waits for it."""

from __future__ import annotations

import pytest

from infra.warehouse.simulator.office import LogEntry
from tests.faults import program, rude_verdict
from tests.figures import Figure


@pytest.mark.timeout(900)
async def test_orders_leave_rude_warehouses_once(figure: Figure) -> None:
    code, output = await program.run(
        "tests.faults.rude_warehouses", RUDE_ORDERS="16", RUDE_SLOW_MS="1000", RUDE_MOMENT_MS="10000"
    )

    assert code == 0, output
    figure(program.figure_of(output))


def _asked(*moments: float) -> list[LogEntry]:
    return [LogEntry(1, at, "asked", "push", "1-1", 0, 0, "503, not done", 100, 0) for at in moments]


def test_a_gate_that_opens_late_is_seen() -> None:
    in_time, late = _asked(0, 1, 2, 3, 4, 4.5, 14), _asked(0, 1, 2, 3, 4, 6, 7, 17)

    assert rude_verdict.before_rest(in_time) == (6, 0)
    assert rude_verdict.before_rest(late) == (7, 2)
