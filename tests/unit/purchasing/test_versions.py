"""What changed from one version of a purchase order to the next."""

from __future__ import annotations

from uuid import UUID

import msgspec

from app.purchasing import Portion, differences

POINT, OTHER = UUID(int=7), UUID(int=8)
PEACHES = Portion(
    variant=UUID(int=1), title="Peaches", sku="P", supplier_sku="", drop_ship=False, cost_amount=2_000,
    destination_kind="point", destination=POINT, label="Gate", quantity=3,
)  # fmt: skip


def test_each_place_of_each_variant_is_compared() -> None:
    more = msgspec.structs.replace(PEACHES, quantity=5)
    elsewhere = msgspec.structs.replace(PEACHES, destination=OTHER, label="Yard", quantity=2)
    plums = msgspec.structs.replace(PEACHES, variant=UUID(int=2), title="Plums", quantity=1)

    found = differences([PEACHES, plums], [more, elsewhere])

    assert [(one.kind, one.portion.title, one.portion.label, one.before, one.after) for one in found] == [
        ("changed", "Peaches", "Gate", 3, 5), ("removed", "Plums", "Gate", 1, 0), ("added", "Peaches", "Yard", 0, 2),
    ]  # fmt: skip


def test_the_same_again_is_no_change() -> None:
    assert differences([PEACHES], [msgspec.structs.replace(PEACHES, label="Gate, new sign")]) == []
