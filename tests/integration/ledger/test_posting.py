"""The books: written once, never changed, always whole."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

import tenants
from app import ledger
from app.kernel.ids import new_id
from app.ledger import Account, Leg
from tenants import Tenant

PSP, SALES = Account("psp_clearing"), Account("merchant_sales")


async def _post(source: object, amount: int = 100) -> bool:
    async with tenants.transaction():
        return await ledger.post("sale", source, [Leg(PSP, SALES, amount, "CNY")])  # type: ignore[arg-type]


async def test_the_same_event_is_posted_once(shop: Tenant) -> None:
    source = new_id()

    outcomes = await asyncio.gather(*(_post(source) for _copy in range(6)))

    assert sorted(outcomes) == [False] * 5 + [True]
    async with tenants.transaction():
        assert {balance.kind: balance.amount for balance in await ledger.balances()} == {
            "psp_clearing": 100,
            "merchant_sales": -100,
        }
        assert (await ledger.trial_balance()).is_whole


async def test_many_events_at_once_share_their_accounts(shop: Tenant) -> None:
    await asyncio.gather(*(_post(new_id()) for _event in range(20)))

    async with tenants.transaction():
        assert sum(abs(balance.amount) for balance in await ledger.balances()) == 4000
        assert len(await ledger.balances()) == 2


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE ledger_transfer SET amount = amount + 1",
        "DELETE FROM ledger_transfer",
        "TRUNCATE ledger_transfer",
        "UPDATE ledger_transaction SET kind = 'x'",
        "DELETE FROM ledger_transaction",
        "TRUNCATE ledger_transaction CASCADE",
    ],
)
async def test_nothing_that_was_written_can_be_changed(shop: Tenant, tampering: str) -> None:
    await _post(new_id())

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with tenants.transaction():
            await tenants.connection().execute(tampering)


async def test_an_amount_below_zero_is_turned_away(shop: Tenant) -> None:
    with pytest.raises(ValueError, match="positive"):
        await _post(new_id(), amount=-1)


async def test_one_account_cannot_stand_on_both_sides(shop: Tenant) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        async with tenants.transaction():
            await ledger.post("sale", new_id(), [Leg(PSP, PSP, 1, "CNY")])


async def test_legs_of_nothing_are_not_written(shop: Tenant) -> None:
    assert await _post(new_id(), amount=0) is False


async def test_another_shop_has_its_own_books(shop: Tenant, other_shop: Tenant) -> None:
    await _post(new_id())

    with tenants.bind(other_shop):
        async with tenants.transaction():
            assert await ledger.balances() == []
