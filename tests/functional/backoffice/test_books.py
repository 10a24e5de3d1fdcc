"""A merchant reads the books, follows the money of an order, and works through the tickets."""

from __future__ import annotations

from typing import Any

import pytest

import tenants
from app import ledger, tickets
from app.kernel.ids import new_id
from app.ledger import Account, Leg
from tenants import Tenant, platform
from tests.builders_backoffice import admin, sign_in, staff_of
from tests.builders_earning import promoter
from tests.builders_selling import offer, order, paid_order


@pytest.fixture
async def finance(visitor: Any, shop: Tenant) -> Any:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "finance"))
    return visitor


async def _number(order_id: Any) -> str:
    async with tenants.transaction():
        number: str = await tenants.connection().fetchval("SELECT number FROM orders WHERE id = $1", order_id)
    return number


async def test_books_without_a_movement_say_how_they_begin(finance: Any) -> None:
    shown = (await finance.get(admin("/books"))).text

    assert "Nothing was posted yet" in shown
    assert "The books are whole." in shown


async def test_the_chart_leads_to_a_statement_and_on_to_the_order(finance: Any, shop: Tenant) -> None:
    placed = await paid_order(await offer(price=4390))
    number = await _number(placed.order_id)

    chart = (await finance.get(admin("/books"))).text
    statement = (await finance.get(admin(f"/books/accounts/{Account('psp_clearing').id_in('CNY')}"))).text

    assert "With payment providers" in chart
    assert "¥43.90" in chart
    assert f"/orders/{number}/money" in statement
    assert "Sales" in statement


async def test_an_owned_account_carries_its_owners_name(finance: Any, shop: Tenant) -> None:
    host = await promoter(name="Lan Ting")
    async with tenants.transaction():
        await ledger.post(
            "commission.accrue", new_id(),
            [Leg(Account("commission_expense"), Account("promoter_frozen", host.id), 439, "CNY")],
        )  # fmt: skip

    listed = (await finance.get(admin("/books/kinds/promoter_frozen"))).text
    shown = (await finance.get(admin(f"/books/accounts/{Account('promoter_frozen', host.id).id_in('CNY')}"))).text

    assert "Lan Ting" in listed
    assert "Lan Ting" in shown
    assert f'href="/promoters/{host.id}"' in shown


async def test_an_unknown_kind_or_account_is_not_found(finance: Any) -> None:
    assert (await finance.get(admin("/books/kinds/left_pocket"))).status_code == 404
    assert (await finance.get(admin(f"/books/accounts/{new_id()}"))).status_code == 404


async def test_the_money_of_an_order_adds_up_and_is_drawn(finance: Any, shop: Tenant) -> None:
    placed = await paid_order(await offer(price=4390))
    number, host = await _number(placed.order_id), await promoter(name="Lan Ting")
    async with tenants.transaction():
        await ledger.post(
            "commission.accrue", new_id(),
            [Leg(Account("commission_expense"), Account("promoter_frozen", host.id), 439, "CNY")],
            order_id=placed.order_id,
        )  # fmt: skip

    order_page = (await finance.get(admin(f"/orders/{number}"))).text
    shown = (await finance.get(admin(f"/orders/{number}/money"))).text

    assert f"/orders/{number}/money" in order_page
    assert "It adds up: ¥" in shown
    assert "¥4.39" in shown
    assert "Lan Ting" in shown
    assert 'class="rb to' in shown


async def test_an_order_nobody_paid_has_no_money_to_follow(finance: Any, shop: Tenant) -> None:
    placed = await order(await offer())

    shown = (await finance.get(admin(f"/orders/{await _number(placed.order_id)}/money"))).text

    assert "No money has moved yet" in shown


async def test_books_that_do_not_fit_the_payments_are_called_out(finance: Any, shop: Tenant) -> None:
    placed = await paid_order(await offer(price=4390))
    async with tenants.transaction():
        legs = [Leg(Account("psp_clearing"), Account("merchant_sales"), 100, "CNY")]
        await ledger.post("stray", new_id(), legs, order_id=placed.order_id)

    shown = (await finance.get(admin(f"/orders/{await _number(placed.order_id)}/money"))).text

    assert "It does not add up." in shown
    assert "¥1.00" in shown


async def test_a_ticket_is_resolved_with_a_note_and_an_audit_entry(finance: Any, shop: Tenant) -> None:
    async with tenants.transaction():
        ticket = await tickets.open("order.money", "T1", currency="CNY", amount=-250, details={"order": "T1"})

    listed = (await finance.get(admin("/tickets?kind=order.money"))).text
    done = await finance.submit(admin(f"/tickets/{ticket}"), {"note": "Corrected by hand"}, page=admin("/tickets"))

    assert "The books of an order do not fit its payments" in listed
    assert "-¥2.50" in listed
    assert "/orders/T1/money" in listed
    assert done.status_code == 303
    assert "No difference is open" in (await finance.get(admin("/tickets"))).text
    assert "Corrected by hand" in (await finance.get(admin("/tickets?status=resolved"))).text
    async with platform.transaction() as database:
        entry = await database.fetchrow(
            "SELECT reason, subject FROM audit_entry WHERE action = 'ticket.resolved' AND tenant = $1", shop.id
        )
    assert dict(entry or {}) == {"reason": "Corrected by hand", "subject": "T1"}


async def test_a_ticket_is_not_resolved_without_a_word(finance: Any, shop: Tenant) -> None:
    async with tenants.transaction():
        ticket = await tickets.open("books.trial", "CNY")

    answer = await finance.submit(admin(f"/tickets/{ticket}"), {"note": " "}, page=admin("/tickets"))

    assert answer.status_code == 422
    async with tenants.transaction():
        assert (await tickets.find(ticket)).status == "open"


async def test_open_differences_are_on_the_first_page(finance: Any, shop: Tenant) -> None:
    async with tenants.transaction():
        await tickets.open("books.trial", "CNY")

    assert "differences to look at" in (await finance.get(admin("/"))).text


async def test_who_may_not_read_the_books_sees_no_door_to_them(visitor: Any, shop: Tenant) -> None:
    await sign_in(visitor, await staff_of(shop, "picker"))

    assert 'href="/books"' not in (await visitor.get(admin("/"))).text
    assert (await visitor.get(admin("/books"))).status_code == 403
    assert (await visitor.get(admin("/tickets"))).status_code == 403
