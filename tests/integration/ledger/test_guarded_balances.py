"""Nobody takes more out of an account with a floor than it holds."""

from __future__ import annotations

import asyncio
from uuid import UUID

import asyncpg
import pytest

import tenants
from app import ledger
from app.kernel.ids import new_id
from app.ledger import Account, InsufficientBalance, Leg
from tenants import Tenant
from tests import invariants

BANK, PAYOUTS, DISCOUNTS = Account("bank_clearing"), Account("payout_pending"), Account("discount_given")


async def _put_in(account: Account, amount: int, *, source: UUID | None = None) -> bool:
    async with tenants.transaction():
        return await ledger.post("test.in", source or new_id(), [Leg(BANK, account, amount, "CNY")])


async def _take_out(account: Account, amount: int, *, source: UUID | None = None) -> bool:
    async with tenants.transaction():
        return await ledger.post("test.out", source or new_id(), [Leg(account, BANK, amount, "CNY")])


async def _held(account: Account) -> int:
    async with tenants.transaction():
        return await ledger.balance_of(account, "CNY")


@pytest.mark.parametrize("kind", ["gift_card", "store_credit", "promoter_available"])
async def test_what_was_put_in_can_be_taken_out_once(shop: Tenant, kind: ledger.AccountKind) -> None:
    account = Account(kind, new_id())
    await _put_in(account, 500)

    await _take_out(account, 500)

    assert await _held(account) == 0
    with pytest.raises(InsufficientBalance):
        await _take_out(account, 1)
    await invariants.check(shop)


async def test_of_two_hundred_who_take_everything_at_once_one_gets_it(shop: Tenant) -> None:
    account = Account("promoter_available", new_id())
    await _put_in(account, 20_000)

    outcomes = await asyncio.gather(*(_take_out(account, 20_000) for _try in range(200)), return_exceptions=True)

    assert sum(outcome is True for outcome in outcomes) == 1
    assert sum(isinstance(outcome, InsufficientBalance) for outcome in outcomes) == 199
    assert await _held(account) == 0
    await invariants.check(shop)


async def test_the_same_withdrawal_sent_two_hundred_times_happens_once(shop: Tenant) -> None:
    account, source = Account("store_credit", new_id()), new_id()
    await _put_in(account, 300)

    outcomes = await asyncio.gather(*(_take_out(account, 200, source=source) for _copy in range(200)))

    assert outcomes.count(True) == 1
    assert await _held(account) == 100
    await invariants.check(shop)


async def test_a_repetition_moves_no_balance(shop: Tenant) -> None:
    account, source = Account("gift_card", new_id()), new_id()
    await _put_in(account, 100, source=source)

    assert await _put_in(account, 100, source=source) is False

    assert await _held(account) == 100


async def test_an_overdraft_leaves_nothing_behind_even_when_the_caller_goes_on(shop: Tenant) -> None:
    rich, poor, source = Account("store_credit", new_id()), Account("gift_card", new_id()), new_id()
    await _put_in(rich, 100)

    async with tenants.transaction():
        with pytest.raises(InsufficientBalance):
            await ledger.post("test.both", source, [Leg(rich, BANK, 60, "CNY"), Leg(poor, BANK, 60, "CNY")])

    assert (await _held(rich), await _held(poor)) == (100, 0)
    async with tenants.transaction():
        posted = await tenants.connection().fetchval(
            "SELECT count(*) FROM ledger_transaction WHERE source_id = $1", source
        )
    assert posted == 0
    await invariants.check(shop)


async def test_only_the_sum_of_a_posting_has_to_be_there(shop: Tenant) -> None:
    account = Account("store_credit", new_id())

    async with tenants.transaction():
        legs = [Leg(account, BANK, 80, "CNY"), Leg(DISCOUNTS, account, 100, "CNY")]
        assert await ledger.post("test.through", new_id(), legs)

    assert await _held(account) == 20
    await invariants.check(shop)


async def test_two_postings_over_the_same_accounts_do_not_wait_for_each_other_forever(shop: Tenant) -> None:
    one, other = Account("store_credit", new_id()), Account("store_credit", new_id())
    await _put_in(one, 1000)
    await _put_in(other, 1000)

    async def move(giver: Account, taker: Account) -> None:
        async with tenants.transaction():
            await ledger.post("test.move", new_id(), [Leg(giver, taker, 10, "CNY")])

    await asyncio.gather(*(move(*pair) for pair in [(one, other), (other, one)] * 15))

    assert await _held(one) + await _held(other) == 2000
    await invariants.check(shop)


async def test_another_currency_is_another_account(shop: Tenant) -> None:
    """The id of an account contains its currency, so a leg cannot name accounts of another one."""
    account = Account("gift_card", new_id())
    await _put_in(account, 100)

    async with tenants.transaction():
        with pytest.raises(InsufficientBalance):
            await ledger.post("test.out", new_id(), [Leg(account, BANK, 100, "TWD")])

    async with tenants.transaction():
        assert await ledger.balance_of(account, "TWD") == 0
        mixed = await tenants.connection().fetchval(
            "SELECT count(*) FROM ledger_transfer AS moved JOIN ledger_account AS side"
            " ON side.id IN (moved.debit, moved.credit) WHERE side.currency <> moved.currency"
        )
    assert mixed == 0


async def test_the_database_itself_refuses_a_balance_below_zero(shop: Tenant) -> None:
    account = Account("gift_card", new_id())
    await _put_in(account, 100)

    with pytest.raises(asyncpg.CheckViolationError):
        async with tenants.transaction():
            await tenants.connection().execute("UPDATE ledger_balance SET amount = amount - 101")


async def test_a_balance_nobody_moved_money_for_is_found(shop: Tenant) -> None:
    account = Account("gift_card", new_id())
    await _put_in(account, 100)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE ledger_balance SET amount = 250")

    async with tenants.transaction():
        found, books = await ledger.misstated(), await ledger.trial_balance()

    assert [(one.kind, one.owner, one.kept, one.computed) for one in found] == [("gift_card", account.owner, 250, 100)]
    assert not books.is_whole


async def test_accounts_without_a_floor_are_added_up(shop: Tenant) -> None:
    await _put_in(PAYOUTS, 70)

    assert (await _held(BANK), await _held(PAYOUTS)) == (-70, 70)


async def test_another_shop_holds_nothing(shop: Tenant, other_shop: Tenant) -> None:
    account = Account("gift_card", new_id())
    await _put_in(account, 100)

    with tenants.bind(other_shop):
        assert await _held(account) == 0
