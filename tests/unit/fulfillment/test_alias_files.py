"""A table of a warehouse's own numbers: what is good is told from what is bad."""

from __future__ import annotations

from uuid import UUID

from app.fulfillment import AliasRow, alias_cells, read_aliases
from app.kernel.ids import new_id

PEACH, PEAR, PLUM = new_id(), new_id(), new_id()
OURS = {"PEACH": [PEACH], "PEAR": [PEAR], "PLUM": [PLUM], "TWICE": [PEACH, PEAR]}


def _read(
    *pairs: tuple[str, str], owners: dict[str, UUID] | None = None
) -> tuple[list[AliasRow], list[tuple[int, str, str]]]:
    rows = [(number, {"sku": ours, "their_sku": theirs}) for number, (ours, theirs) in enumerate(pairs, 2)]
    good, bad = read_aliases(rows, OURS, owners or {})
    return good, [(one.row, one.column, one.message) for one in bad]


def test_columns_are_known_by_their_chinese_names_too() -> None:
    assert alias_cells([(2, {"商品编码": "PEACH ", "仓库编码": " W-1"})]) == [(2, {"sku": "PEACH", "their_sku": "W-1"})]


def test_bad_rows_say_what_is_wrong_and_cost_only_themselves() -> None:
    good, bad = _read(
        ("PEACH", "W-1"), ("NOBODY", "W-2"), ("TWICE", "W-3"), ("PEAR", ""), ("PEAR", "W-1"), ("PEACH", "W-4"),
        ("PLUM", "W" * 101),
    )  # fmt: skip

    assert good == [AliasRow(PEACH, "PEACH", "W-1")]
    assert [(row, column) for row, column, _message in bad] == [
        (3, "sku"), (4, "sku"), (5, "their_sku"), (6, "their_sku"), (7, "sku"), (8, "their_sku"),
    ]  # fmt: skip


def test_a_number_of_other_goods_is_taken_unless_they_get_another_in_the_same_table() -> None:
    swapped = _read(("PEACH", "W-2"), ("PEAR", "W-1"), owners={"W-1": PEACH, "W-2": PEAR})
    taken = _read(("PEACH", "W-2"), owners={"W-2": PEAR})

    assert [row.their_sku for row in swapped[0]] == ["W-2", "W-1"]
    assert swapped[1] == []
    assert (taken[0], [row for row, *_rest in taken[1]]) == ([], [2])


def test_a_row_that_loses_its_number_keeps_it_from_the_others_that_wanted_it() -> None:
    """PEACH cannot have what PLUM keeps, so it keeps W-1, and PEAR cannot have that."""
    good, bad = _read(("PEACH", "W-3"), ("PEAR", "W-1"), owners={"W-1": PEACH, "W-3": PLUM})

    assert good == []
    assert [row for row, *_rest in bad] == [2, 3]
