"""Price stairs: which step holds, what is missing, and what may be changed once people have joined."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.group_buying import Item, Tier
from app.group_buying.stairs import check_stairs, keeps_promise, stairs_of

TIERS = (Tier(3, 4390), Tier(10, 3990))


def _item(*tiers: Tier, price: int = 4990) -> Item:
    return Item(
        id=UUID(int=1), variant=UUID(int=2), product=UUID(int=3), handle="peach", title="Peach", variant_title="",
        image_key=None, list_amount=5600, price_amount=price, quota=None, held=0, taken=0, active=True, tiers=tiers,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("count", "price", "missing"),
    [(0, 4990, 3), (2, 4990, 1), (3, 4390, 7), (9, 4390, 1), (10, 3990, 0), (99, 3990, 0)],
)
def test_the_step_that_holds_and_what_is_missing_to_the_next(count: int, price: int, missing: int) -> None:
    stairs = stairs_of(_item(*TIERS), count)

    assert (stairs.price_amount, stairs.missing) == (price, missing)
    assert (stairs.next is None) == (missing == 0)


@pytest.mark.parametrize(
    ("tiers", "climbable"),
    [
        (TIERS, True),
        ((), False),
        ((Tier(1, 4390),), False),
        ((Tier(3, 4990),), False),
        ((Tier(3, 0),), False),
        ((Tier(3, 4390), Tier(3, 3990)), False),
        ((Tier(3, 4390), Tier(2, 3990)), False),
        ((Tier(3, 4390), Tier(9, 4400)), False),
        (tuple(Tier(count, 4990 - count) for count in range(2, 6)), True),
        (tuple(Tier(count, 4990 - count) for count in range(2, 7)), False),
    ],
)
def test_prices_fall_and_counts_rise(tiers: tuple[Tier, ...], climbable: bool) -> None:
    assert (check_stairs(4990, tiers) == "") is climbable


@pytest.mark.parametrize(
    ("count", "price", "tiers", "kept"),
    [
        (1, 4990, TIERS, True),
        (1, 4990, (Tier(2, 4390), Tier(10, 3990)), True),
        (1, 4990, (Tier(3, 4390), Tier(10, 3490)), True),
        (1, 4990, (Tier(3, 4390), Tier(11, 3990)), False),
        (1, 4990, (Tier(4, 4390), Tier(10, 3990)), False),
        (1, 5190, TIERS, False),
        (3, 5190, TIERS, True),  # the first price is history
        (12, 4990, (Tier(3, 3990),), True),
        (12, 4990, (Tier(3, 4000),), False),
    ],
)
def test_what_people_joined_for_only_gets_better(count: int, price: int, tiers: tuple[Tier, ...], kept: bool) -> None:
    assert keeps_promise(_item(*TIERS), price, tiers, count) is kept
