"""What protects a promoter's money and the store's: the password again, cooling off, and what is kept back."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

import tenants
from app import commissions, engagement, payouts, promoters
from app.flows.decide_payout import approve_payouts, confirm_payout, reject_payouts
from app.flows.request_payout import request_payout
from app.flows.reverse_commission import reverse_commission
from app.flows.send_payout import send_payout
from app.flows.settle_commissions import settle_commissions
from app.flows.settle_payout import settle_payout
from app.identity import PasswordNeeded
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, Refusal
from app.payouts import Payout
from tenants import Tenant
from tests import builders_earning as earning
from tests import builders_payouts as build
from tests.builders_payouts import SU_HE, TO_BANK, Till
from tests.invariants import check_promoters

OTHER_BANK = TO_BANK | {"account": "6222029999888877776"}


async def _ask(host: promoters.Promoter, amount: int, *, confirmed: bool, payee: dict[str, str] = TO_BANK) -> Payout:
    return await request_payout(host.id, amount=amount, way="bank_transfer", payee=payee, confirmed=confirmed)


async def _mails() -> list[tuple[str, str]]:
    async with tenants.transaction():
        rows = await tenants.connection().fetch("SELECT kind, address FROM message ORDER BY created_at, id")
    return [tuple(row.values()) for row in rows]


async def _end_cooling(payout: Payout) -> None:
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE payout SET not_before = now() WHERE id = $1", payout.id)


async def test_an_account_used_for_the_first_time_wants_the_password(shop: Tenant) -> None:
    host = await build.earner(100_000)

    with pytest.raises(PasswordNeeded):
        await _ask(host, 1_000, confirmed=False)
    first = await _ask(host, 1_000, confirmed=True)
    again = await _ask(host, 1_000, confirmed=False)

    assert (first.not_before, again.not_before) == (None, None)


async def test_a_large_sum_wants_the_password_whatever_the_account(shop: Tenant) -> None:
    host = await build.earner(200_000)
    await build.terms(step_up_amount=5_000)
    await _ask(host, 1_000, confirmed=True)

    await _ask(host, 5_000, confirmed=False)
    with pytest.raises(PasswordNeeded):
        await request_payout(host.id, amount=5_001, way="sandbox", payee={}, confirmed=False)

    assert (await build.purse(host))["available"] == 14_000


async def test_a_changed_account_is_paid_later_and_the_promoter_hears_of_it(shop: Tenant) -> None:
    host = await build.earner(100_000)
    await _ask(host, 1_000, confirmed=True)

    changed = await _ask(host, 1_000, confirmed=True, payee=OTHER_BANK)
    second = await _ask(host, 1_000, confirmed=False, payee=OTHER_BANK)

    assert changed.not_before is not None
    assert timedelta(hours=23) < changed.not_before - now() <= timedelta(hours=24)
    assert second.not_before == changed.not_before
    assert [kind for kind, _address in await _mails()] == [
        "payout.requested", "payout.account_changed", "payout.account_changed",
    ]  # fmt: skip
    assert {address for _kind, address in await _mails()} == {host.email}


async def test_no_transfer_to_a_new_account_counts_before_its_time(shop: Tenant) -> None:
    host = await build.earner(100_000)
    await _ask(host, 1_000, confirmed=True)
    changed = await _ask(host, 1_000, confirmed=True, payee=OTHER_BANK)
    await build.approve(changed)

    with pytest.raises(InvalidInput):
        await confirm_payout(changed.id, paid=True, words="ICBC-1", by=SU_HE)
    async with tenants.transaction():
        assert await payouts.waiting_for_file("CNY") == (0, 0)
    await _end_cooling(changed)
    await confirm_payout(changed.id, paid=True, words="ICBC-1", by=SU_HE)

    assert (await build.reload(changed)).status == "succeeded"
    await check_promoters(shop)


async def test_a_provider_is_not_asked_before_the_account_has_cooled_off_and_the_payout_can_be_stopped(
    shop: Tenant,
) -> None:
    till, host = Till(), await build.earner(100_000)
    payout = await build.asked(host, 4_000)
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE payout SET not_before = now() + interval '5 hours' WHERE id = $1", payout.id
        )

    await build.approve(payout)
    sent = await send_payout(payout.id, till)
    async with tenants.transaction():
        due = await tenants.connection().fetchval("SELECT run_at FROM outbox WHERE kind = 'payouts.send'")
        quiet = await payouts.quiet_since(now() + timedelta(minutes=1))
    stopped = await reject_payouts([payout.id], words="That was not you.", by=SU_HE)

    assert (sent, till.transfers, quiet) == (None, {}, [])
    assert due - now() > timedelta(hours=4)
    assert len(stopped) == 1
    assert (await build.purse(host))["available"] == 10_000
    await check_promoters(shop)


async def test_a_share_is_kept_back_until_its_day_however_many_ask(shop: Tenant) -> None:
    await build.terms(reserve_bps=2_000, reserve_days=30)
    host = await earning.promoter()
    await settle_commissions(await build.sold(host, 100_005))

    async def ask() -> str:
        try:
            return (await build.asked(host, 1_000)).status
        except Refusal as refusal:
            return refusal.code

    outcomes = Counter(await asyncio.gather(*(ask() for _ in range(20))))

    async with tenants.transaction():
        kept = await commissions.kept_back(host.id, "CNY")
    assert outcomes["requested"] == 8
    assert [part.amount for part in kept] == [2_000]
    assert timedelta(days=29) < kept[0].until - now() <= timedelta(days=30)
    assert (await build.purse(host))["available"] == 2_000
    await check_promoters(shop)


async def test_what_was_kept_back_is_the_promoters_on_its_day(shop: Tenant) -> None:
    await build.terms(reserve_bps=5_000, reserve_days=10)
    host = await earning.promoter()
    await settle_commissions(await build.sold(host, 100_000))
    with pytest.raises(InvalidInput):
        await build.asked(host, 5_001)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE commission_line SET reserve_until = now() - interval '1 minute'")

    payout = await build.asked(host, 10_000)

    assert payout.status == "requested"


async def test_other_terms_leave_what_was_promised(shop: Tenant) -> None:
    await build.terms(reserve_bps=1_000)
    host = await earning.promoter()
    await settle_commissions(await build.sold(host, 100_000))

    await build.terms(reserve_bps=9_000, reserve_days=300)
    await settle_commissions(await build.sold(host, 100_000))

    async with tenants.transaction():
        kept = [part.amount for part in await commissions.kept_back(host.id, "CNY")]
    assert kept == [1_000, 9_000]


async def test_a_refund_is_taken_from_what_was_kept_back_without_a_debt(shop: Tenant) -> None:
    await build.terms(reserve_bps=5_000)
    host = await earning.promoter()
    order = await build.sold(host, 10_000)
    await settle_commissions(order)
    await build.asked(host, 500)

    await earning.mark_refunded(order, 4_000)
    await reverse_commission(order)

    assert await build.purse(host) == {"frozen": 0, "available": 100, "debt": 0}
    await check_promoters(shop)


async def test_what_is_withheld_for_tax_is_booked_when_the_rest_is_paid(shop: Tenant) -> None:
    host = await build.earner(100_000)
    await build.terms(withholding_bps=1_255)
    payout = await _ask(host, 4_001, confirmed=True)
    await build.approve(payout)

    await confirm_payout(payout.id, paid=True, words="ICBC-1", by=SU_HE)

    assert (payout.withheld_amount, payout.net_amount) == (502, 3_499)
    async with tenants.transaction():
        moved = await tenants.connection().fetch(
            "SELECT there.kind, leg.amount FROM ledger_transfer AS leg JOIN ledger_account AS there"
            " ON there.id = leg.credit JOIN ledger_transaction AS entry ON entry.id = leg.ledger_transaction"
            " WHERE entry.kind = 'payout.paid' ORDER BY leg.leg"
        )
    assert [tuple(row.values()) for row in moved] == [("bank_clearing", 3_499), ("withheld_tax", 502)]
    await check_promoters(shop)


async def test_the_provider_sends_what_is_left_and_the_whole_comes_back_when_it_fails(shop: Tenant) -> None:
    till, host = Till(), await build.earner(100_000)
    await build.terms(withholding_bps=2_000)
    payout = await build.asked(host, 5_000)
    await build.approve(payout)
    till.mood = "broke"

    state = await send_payout(payout.id, till)
    assert state is not None
    assert state.amount == 4_000
    await approve_payouts([payout.id], by=SU_HE)
    await settle_payout(state, source="sandbox")

    assert (await build.purse(host))["available"] == 10_000
    await check_promoters(shop)


async def test_every_step_of_a_payout_is_told_to_the_promoter(shop: Tenant) -> None:
    till, host = Till(), await build.earner(100_000)
    sent, returned = await build.asked(host, 1_000), await build.asked(host, 1_000)
    await approve_payouts([sent.id, returned.id], by=SU_HE)
    for payout in (sent, returned):
        state = await send_payout(payout.id, till)
        assert state is not None
        await settle_payout(state, source="sandbox")
    await settle_payout(till.end(sent.number, "succeeded"), source="sandbox")
    for _ in range(2):
        await settle_payout(till.end(returned.number, "failed"), source="sandbox")

    kinds = Counter(kind for kind, _address in await _mails())
    assert kinds == {"payout.requested": 2, "payout.confirm": 2, "payout.sent": 1, "payout.failed": 1}
    assert all(("promoter", kind) in engagement.TEXTS for kind in kinds)
