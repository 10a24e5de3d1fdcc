"""Every order leaves once and moves on only, whatever warehouses answer, and nobody else waits for it."""

from __future__ import annotations

import pytest

from tests.faults import program
from tests.figures import Figure


@pytest.mark.timeout(900)
async def test_orders_leave_rude_warehouses_once(figure: Figure) -> None:
    code, output = await program.run("tests.faults.rude_warehouses", RUDE_ORDERS="16", RUDE_SLOW_MS="1000")

    assert code == 0, output
    figure(program.figure_of(output))
