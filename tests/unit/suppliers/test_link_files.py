"""A table of goods from one supplier: good rows are told from bad."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.kernel.table_files import small_table
from app.suppliers import in_our_words, known_names, read_rows

PEACH, PLUM = UUID(int=1), UUID(int=2)
VARIANTS = {"PEACH": [PEACH], "PLUM": [PLUM], "TWICE": [UUID(int=3), UUID(int=4)]}


def _read(text: str) -> tuple[list[tuple[object, ...]], list[tuple[int, str]]]:
    names, rows = small_table(text.encode(), most=100)
    good, bad = read_rows(in_our_words(rows, known_names(names)), VARIANTS, "CNY")
    said: list[tuple[object, ...]] = [
        (row.edit.variant, row.edit.supplier_sku, row.cost_amount, row.edit.lead_days, row.edit.drop_ship)
        for row in good
    ]
    return said, [(row.row, row.column) for row in bad]


def test_good_rows_are_taken_in_any_of_our_languages() -> None:
    assert _read("sku,supplier_sku,cost,lead_days,drop_ship,main\nPEACH,P-1,12.50,3,yes,no\nPLUM,,,,,\n") == (
        [(PEACH, "P-1", 1_250, 3, True), (PLUM, "", None, 0, False)], [],
    )  # fmt: skip
    assert _read("商品编码\t采购价\t一件代发\nPEACH\t8\t是\n")[0] == [(PEACH, "", 800, 0, True)]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("NONE,,1,1,no,no", "sku"), ("TWICE,,1,1,no,no", "sku"), (",x,1,1,no,no", "sku"),
        ("PEACH,,twelve,1,no,no", "cost"), ("PEACH,,1,-1,no,no", "lead_days"), ("PEACH,,1,400,no,no", "lead_days"),
        ("PEACH,,1,1,perhaps,no", "drop_ship"), ("PEACH,,1,1,no,perhaps", "main"),
    ],
)  # fmt: skip
def test_a_bad_row_says_which_column_is_wrong_and_keeps_nobody_waiting(row: str, column: str) -> None:
    good, bad = _read(f"sku,supplier_sku,cost,lead_days,drop_ship,main\n{row}\nPLUM,,1,1,no,no\n")

    assert bad == [(2, column)]
    assert [one[0] for one in good] == [PLUM]


def test_the_same_goods_twice_are_taken_once() -> None:
    good, bad = _read("sku,cost\nPEACH,1\nPEACH,2\n")

    assert ([one[2] for one in good], bad) == ([100], [(3, "sku")])
