"""Money for what a warehouse misses: pressed twice it is one refund, and lines missed later are another one."""

from app.backoffice.order_parcels import wish_of
from app.kernel.ids import new_id


def test_the_same_lines_are_one_wish_in_any_order() -> None:
    work_order, peaches, plums = new_id(), new_id(), new_id()

    assert wish_of(work_order, {peaches: 1, plums: 2}) == wish_of(work_order, {plums: 2, peaches: 1})


def test_a_line_that_is_missed_later_is_a_wish_of_its_own() -> None:
    work_order = new_id()

    assert wish_of(work_order, {new_id(): 1}) != wish_of(work_order, {new_id(): 1})
