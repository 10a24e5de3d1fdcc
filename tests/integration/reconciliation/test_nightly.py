"""Every night everything is added up anew: what does not fit becomes a ticket, and goes when it fits again."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

import tenants
from app import ledger, tickets
from app.flows.decide_attribution import decide_attribution
from app.flows.finalize_attribution import finalize_attribution
from app.flows.recompute_books import recompute_books
from app.kernel.ids import new_id
from app.ledger import Account, Leg
from tenants import Tenant
from tests import builders_earning as earning
from tests import builders_payouts as payouts
from tests.builders_selling import offer, order, paid_order
from workers import timetable

TODAY = datetime.now(UTC).date()


async def _change(statement: str, *values: object) -> None:
    async with tenants.transaction():
        await tenants.connection().execute(statement, *values)


async def _open() -> list[tuple[str, int]]:
    async with tenants.transaction():
        page = await tickets.ticket_page()
    return sorted((one.kind, one.amount) for one in page.items)


async def test_a_sound_store_has_no_difference(shop: Tenant) -> None:
    await paid_order(await offer(stock=3), quantity=2)
    await order(await offer(stock=3))

    assert await recompute_books(TODAY) == 0

    assert await _open() == []
    async with tenants.transaction():
        check = await ledger.last_check()
    assert check is not None
    assert (check.day, check.differences, check.figures["orders"]) == (TODAY, 0, 2)


async def _guarded() -> None:
    async with tenants.transaction():
        card = Account("gift_card", new_id())
        await ledger.post("card.sold", new_id(), [Leg(Account("psp_clearing"), card, 500, "CNY")])
    await _change("UPDATE ledger_balance SET amount = amount + 70")


async def _held_stock() -> None:
    await order(await offer(stock=9), quantity=2)
    await _change("UPDATE stock_level SET reserved = reserved + 3")


async def _unwritten_stock() -> None:
    await offer(stock=9)
    await _change("UPDATE stock_level SET on_hand = on_hand + 2")


async def _owned_stock() -> None:
    await paid_order(await offer(stock=9), quantity=2)
    await _change("UPDATE stock_level SET allocated = allocated - 1")


async def _paid_too_much() -> None:
    await paid_order()
    await _change("UPDATE orders SET paid_amount = paid_amount + 5")


async def _refund_nobody_made() -> None:
    await paid_order()
    await _change("UPDATE orders SET refunded_amount = 40")


async def _stray_posting() -> None:
    placed = await paid_order()
    async with tenants.transaction():
        legs = [Leg(Account("psp_clearing"), Account("merchant_sales"), 100, "CNY")]
        await ledger.post("stray", new_id(), legs, order_id=placed.order_id)


async def _commission() -> UUID:
    """An order of 87.80 with 8.78 of commission; its payment was never booked, which is one difference already."""
    host, visitor = await earning.promoter(), new_id()
    await earning.click(await earning.link(host), visitor=visitor)
    order_id = await earning.order(visitor=visitor, goods=(8780,))
    await decide_attribution(order_id)
    await earning.mark_paid(order_id)
    await finalize_attribution(order_id)
    return order_id


async def _half_reversed() -> None:
    await _commission()
    await _change("UPDATE commission_line SET reversed_amount = 1")


async def _settled_unbooked() -> None:
    await _commission()
    await _change("UPDATE commission_line SET status = 'available', available_at = now()")


async def _payout_forgotten() -> None:
    """Said to be given back, and the books know nothing of it."""
    await payouts.asked(await payouts.earner(8780), 500)
    await _change("UPDATE payout SET status = 'failed', finished_at = now()")


async def _never_reversed() -> None:
    await earning.mark_refunded(await _commission(), 4390)
    await _change("UPDATE refund SET succeeded_at = '2026-01-01'")


async def _reversed_soon() -> None:
    """The job that takes the commission back may still be on its way."""
    await earning.mark_refunded(await _commission(), 4390)


async def _shipped_without_pay() -> None:
    placed = await order()
    await _parcel(placed.order_id, units=1)
    await _change("UPDATE reservation SET shipped_quantity = quantity")


async def _shipped_too_much() -> None:
    placed = await paid_order()
    await _parcel(placed.order_id, units=3)
    await _change("UPDATE reservation SET shipped_quantity = quantity")
    await _change("UPDATE stock_level SET allocated = 0")


async def _shipped_and_still_there() -> None:
    placed = await paid_order()
    await _parcel(placed.order_id, units=1)


async def _parcel(order_id: object, *, units: int) -> None:
    work_order, parcel = new_id(), new_id()
    await _change(
        "INSERT INTO fulfillment_order (id, order_id, warehouse, reference, status, created_at, updated_at)"
        " SELECT $1, $2, id, $3, 'accepted', now(), now() FROM warehouse",
        work_order, order_id, work_order.hex,
    )  # fmt: skip
    await _change(
        "INSERT INTO fulfillment (id, fulfillment_order, order_id, parcel_ref, status, created_at, updated_at)"
        " VALUES ($1, $2, $3, 'P1', 'shipped', now(), now())",
        parcel, work_order, order_id,
    )  # fmt: skip
    await _change(
        "INSERT INTO fulfillment_line (id, fulfillment, order_line, quantity)"
        " SELECT $1, $2, id, $3 FROM order_line WHERE order_id = $4",
        new_id(), parcel, units, order_id,
    )  # fmt: skip


PLANTED = {
    _guarded: [("books.balance", 70)],
    _held_stock: [("stock.reserved", 3)],
    _unwritten_stock: [("stock.on_hand", 2)],
    _owned_stock: [("stock.allocated", -1)],
    _paid_too_much: [("order.paid", 5)],
    _refund_nobody_made: [("order.refunded", 40)],
    _stray_posting: [("order.money", 100)],
    _half_reversed: [
        ("commission.books", 1),
        ("commission.share", -1),
        ("order.money", -8780),
        ("promoter.frozen", 1),
    ],
    _settled_unbooked: [("order.money", -8780), ("promoter.frozen", 878), ("promoter.settled", -878)],
    _payout_forgotten: [
        ("order.money", -8780),
        ("payout.books", 0),
        ("payout.pending", 500),
        ("promoter.settled", -500),
    ],
    _never_reversed: [("commission.share", 439), ("order.money", -8780)],
    _reversed_soon: [("order.money", -8780)],
    _shipped_without_pay: [("parcel.unpaid", 0)],
    _shipped_too_much: [("parcel.units", 2)],
    _shipped_and_still_there: [("parcel.stock", 1)],
}


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__.lstrip("_"))
async def test_each_difference_is_found_and_nothing_else(shop: Tenant, plant: object) -> None:
    await plant()  # type: ignore[operator] # a coroutine function from the table above

    await recompute_books(TODAY)
    again = await recompute_books(TODAY)

    assert await _open() == PLANTED[plant]  # type: ignore[index] # the same
    assert again == len(PLANTED[plant])  # type: ignore[index] # the same


async def test_a_difference_that_is_gone_closes_its_ticket(shop: Tenant) -> None:
    await _paid_too_much()
    await recompute_books(TODAY)
    await _change("UPDATE orders SET paid_amount = paid_amount - 5")

    assert await recompute_books(TODAY) == 0

    assert await _open() == []


async def test_the_night_is_asked_for_once_a_day(shop: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timetable, "NIGHT_HOUR", 0)

    await timetable.recompute_books()
    await timetable.recompute_books()

    async with tenants.transaction():
        days = await tenants.connection().fetch("SELECT payload FROM outbox WHERE kind = 'reconciliation.nightly'")
    assert len(days) == 1


async def test_a_day_that_was_added_up_is_not_asked_for_again(shop: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timetable, "NIGHT_HOUR", 0)
    from zoneinfo import ZoneInfo

    await recompute_books(datetime.now(ZoneInfo(shop.time_zone)).date())

    await timetable.recompute_books()

    async with tenants.transaction():
        asked = await tenants.connection().fetchval("SELECT count(*) FROM outbox WHERE kind = 'reconciliation.nightly'")
    assert asked == 0


async def test_one_stores_differences_are_its_own(shop: Tenant, other_shop: Tenant) -> None:
    await _paid_too_much()

    with tenants.bind(other_shop):
        assert await recompute_books(TODAY) == 0
