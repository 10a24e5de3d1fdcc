"""A hundred units, two thousand buyers, three in ten walk off: what there is gets sold, once, and paid."""

from __future__ import annotations

import pytest

from tests.faults import program
from tests.figures import Figure

pytestmark = pytest.mark.timeout(900)


async def test_a_flash_sale_sells_what_there_is_once_and_what_was_left_behind_again(figure: Figure) -> None:
    code, output = await program.run("tests.faults.flash_sale", FLASH_BUYERS="120", FLASH_UNITS="12")

    assert "sold=12 oversold=0 lost=0 errors_5xx=0" in output, output
    assert code == 0, output
    figure(program.figure_of(output))


async def test_one_buyer_at_a_time_comes_to_the_same_end(figure: Figure) -> None:
    code, output = await program.run("tests.faults.flash_sale", "--one-at-a-time", FLASH_BUYERS="40", FLASH_UNITS="6")

    assert "sold=6 oversold=0 lost=0 errors_5xx=0" in output, output
    assert code == 0, output
    figure(program.figure_of(output))
