"""Every account tells its own story: what moved, and what it held after each movement."""

from __future__ import annotations

import pytest

import tenants
from app import ledger
from app.kernel.errors import NotFound
from app.kernel.ids import new_id
from app.ledger import Account, Leg
from tenants import Tenant

PSP, SALES, FREIGHT = Account("psp_clearing"), Account("merchant_sales"), Account("freight_income")


async def _post(*legs: Leg) -> None:
    async with tenants.transaction():
        await ledger.post("sale", new_id(), legs)


async def test_the_newest_row_ends_at_the_balance(shop: Tenant) -> None:
    await _post(Leg(PSP, SALES, 1000, "CNY"), Leg(PSP, FREIGHT, 80, "CNY"))
    await _post(Leg(SALES, PSP, 300, "CNY"))

    async with tenants.transaction():
        account = await ledger.find_account(PSP.id_in("CNY"))
        page = await ledger.statement(account)

    assert [(one.amount, one.balance, one.other_kind) for one in page.items] == [
        (-300, 780, "merchant_sales"), (80, 1080, "freight_income"), (1000, 1000, "merchant_sales"),
    ]  # fmt: skip
    assert (account.balance, account.debited, account.credited) == (780, 1080, 300)


async def test_income_grows_with_credits(shop: Tenant) -> None:
    await _post(Leg(PSP, SALES, 1000, "CNY"))

    async with tenants.transaction():
        account = await ledger.find_account(SALES.id_in("CNY"))
        page = await ledger.statement(account)

    assert account.balance == 1000
    assert [(one.amount, one.balance) for one in page.items] == [(-1000, 1000)]


async def test_a_statement_is_read_page_by_page_and_back(shop: Tenant) -> None:
    for amount in (1, 2, 3, 4, 5):
        await _post(Leg(PSP, SALES, amount, "CNY"))

    async with tenants.transaction():
        account = await ledger.find_account(PSP.id_in("CNY"))
        first = await ledger.statement(account, limit=2)
        second = await ledger.statement(account, limit=2, after=first.next)
        third = await ledger.statement(account, limit=2, after=second.next)
        back = await ledger.statement(account, limit=2, before=third.previous)

    assert [[(one.amount, one.balance) for one in page.items] for page in (first, second, third)] == [
        [(5, 15), (4, 10)], [(3, 6), (2, 3)], [(1, 1)],
    ]  # fmt: skip
    assert not third.next
    assert back.items == second.items


async def test_accounts_of_many_owners_are_one_line_of_the_chart(shop: Tenant) -> None:
    for amount in (100, 200, 300):
        await _post(Leg(Account("commission_expense"), Account("promoter_frozen", new_id()), amount, "CNY"))

    async with tenants.transaction():
        chart = {one.kind: (one.accounts, one.balance) for one in await ledger.kinds()}
        page = await ledger.accounts_of_kind("promoter_frozen", limit=2)
        rest = await ledger.accounts_of_kind("promoter_frozen", limit=2, after=page.next)

    assert chart == {"commission_expense": (1, 600), "promoter_frozen": (3, 600)}
    assert sum(one.balance for one in [*page.items, *rest.items]) == 600
    assert (len(page.items), len(rest.items), rest.next) == (2, 1, "")


async def test_what_belongs_to_one_person_is_found_together(shop: Tenant) -> None:
    promoter = new_id()
    await _post(Leg(Account("commission_expense"), Account("promoter_frozen", promoter), 100, "CNY"))
    await _post(Leg(Account("promoter_frozen", promoter), Account("promoter_available", promoter), 40, "CNY"))

    async with tenants.transaction():
        theirs = {one.kind: one.balance for one in await ledger.accounts_of(promoter)}

    assert theirs == {"promoter_frozen": 60, "promoter_available": 40}


async def test_another_shops_account_is_not_there(shop: Tenant, other_shop: Tenant) -> None:
    await _post(Leg(PSP, SALES, 1, "CNY"))

    with tenants.bind(other_shop), pytest.raises(NotFound):
        async with tenants.transaction():
            await ledger.find_account(PSP.id_in("CNY"))
