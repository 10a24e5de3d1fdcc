"""What a form asks for: fields named after lines, and nothing else."""

from __future__ import annotations

import pytest

from app.flows.aftersale_wish import wish_of
from app.kernel.errors import InvalidInput
from app.kernel.ids import new_id


def test_fields_are_read_by_the_line_they_name() -> None:
    line, another, instead = new_id(), new_id(), new_id()

    asked = {f"quantity_{line}": "2", f"instead_{line}": str(instead), f"quantity_{another}": "0"}
    wish = wish_of({"kind": "exchange"} | asked, "CNY")

    assert [(one.order_line, one.quantity, one.exchange_variant) for one in wish.lines] == [(line, 2, instead)]


@pytest.mark.parametrize("field", ["quantity_", "quantity_x", "quantities"])
def test_what_names_no_line_is_not_wished_for(field: str) -> None:
    assert wish_of({field: "1"}, "CNY").lines == []


@pytest.mark.parametrize("count", ["-1", "1.5", "", "many"])
def test_what_is_no_count_is_not_wished_for(count: str) -> None:
    assert wish_of({f"quantity_{new_id()}": count}, "CNY").lines == []


def test_an_amount_that_is_none_is_refused() -> None:
    assert wish_of({"amount": "3.50"}, "CNY").amount == 350
    with pytest.raises(InvalidInput):
        wish_of({"amount": "much"}, "CNY")
