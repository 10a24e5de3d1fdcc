"""The product form without script: numbered rows in, an edit out."""

from __future__ import annotations

import pytest

from app.backoffice import product_form
from app.kernel.errors import InvalidInput


def test_listed_values_become_every_combination() -> None:
    values = {"option_values_1": "Red，Blue", "option_values_2": "S, M", "price_1": "9", "rows": "1"}

    combined = product_form.combine(values)

    rows = [(combined[f"option1_{row}"], combined[f"option2_{row}"]) for row in product_form.rows_of(combined)]
    assert rows == [("Red", "S"), ("Red", "M"), ("Blue", "S"), ("Blue", "M")]
    assert combined["price_4"] == "9"


def test_rows_left_empty_or_ticked_for_removal_are_left_out() -> None:
    values = {"title": "Mug", "price_1": "9", "price_2": "", "price_3": "7", "remove_3": "yes", "rows": "3"}

    edit = product_form.read_edit(values, "CNY", None)

    assert [variant.price_amount for variant in edit.variants] == [900]


def test_every_wrong_field_is_named() -> None:
    values = {"title": "Mug", "price_1": "cheap", "stock_1": "two", "weight_1": "1.5", "rows": "1"}

    with pytest.raises(InvalidInput) as refusal:
        product_form.read_edit(values, "CNY", None)

    assert set(refusal.value.fields) == {"price_1", "stock_1", "weight_1"}


def test_nobody_can_ask_for_endless_rows() -> None:
    assert len(product_form.rows_of({"rows": "999999999"})) == product_form.MOST_ROWS
