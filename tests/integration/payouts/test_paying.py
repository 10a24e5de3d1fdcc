"""Payouts are decided, sent once, confirmed by the promoter, and come back to the cent when they fail."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

import tenants
from app import payouts, promoters
from app.flows.decide_payout import approve_payouts, confirm_payout, reject_payouts
from app.flows.reverse_commission import reverse_commission
from app.flows.send_payout import ask_about_payout, send_payout
from app.flows.settle_commissions import settle_commissions
from app.flows.settle_payout import settle_payout
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.ids import new_id
from app.payouts import IllegalMove, Payout
from infra.payment.payouts_port import TransferNotice, TransferState
from infra.payment.port import PaymentUnavailable
from tenants import Tenant
from tests import builders_earning as earning
from tests import builders_payouts as build
from tests.builders_payouts import SU_HE, Till
from tests.builders_selling import jobs
from tests.invariants import check_promoters


async def _sent(till: Till, amount: int = 4_000) -> Payout:
    """Asked for, approved and sent; the answer settled."""
    payout = await build.asked(await build.earner(100_000), amount)
    await approve_payouts([payout.id], by=SU_HE)
    state = await send_payout(payout.id, till)
    assert state is not None
    await settle_payout(state, source="sandbox")
    return await build.reload(payout)


async def _promoter(payout: Payout) -> dict[str, int]:
    async with tenants.transaction():
        host = await promoters.find(payout.promoter)
    return await build.purse(host)


async def _late(payout: Payout) -> None:
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE payout SET confirm_until = $2 WHERE id = $1", payout.id, now() - timedelta(minutes=1)
        )


async def test_an_approved_payout_waits_for_the_promoters_yes_and_then_is_paid(shop: Tenant) -> None:
    till = Till()
    payout = await _sent(till)
    assert (payout.status, payout.confirm) == (
        "awaiting_confirmation",
        {"url": f"https://till.example/{payout.number}"},
    )

    outcomes = [await settle_payout(till.end(payout.number, "succeeded"), source="sandbox") for _ in range(2)]

    assert outcomes == ["paid", "nothing_new"]
    assert (await build.reload(payout)).status == "succeeded"
    assert await _promoter(payout) == {"frozen": 0, "available": 6_000, "debt": 0}
    await check_promoters(shop)


async def test_every_step_is_written_down_with_who_took_it(shop: Tenant) -> None:
    till = Till()
    payout = await _sent(till)
    await settle_payout(till.end(payout.number, "succeeded"), source="sandbox")

    async with tenants.transaction():
        steps = [(one.to_status, one.actor) for one in await payouts.events_of(payout.id)]

    assert steps == [
        ("requested", "promoter"), ("approved", "Su He"), ("submitting", "system"),
        ("awaiting_confirmation", "sandbox"), ("succeeded", "sandbox"),
    ]  # fmt: skip


async def test_a_batch_is_approved_but_for_those_that_moved_on(shop: Tenant) -> None:
    host = await build.earner(100_000)
    first, second = await build.asked(host), await build.asked(host)
    await reject_payouts([first.id], words="Not yet.", by=SU_HE)

    done = await approve_payouts([first.id, second.id], by=SU_HE)

    assert [one.id for one in done] == [second.id]
    assert await jobs("payouts.send") == 1


async def test_two_people_who_approve_at_once_send_it_once(shop: Tenant) -> None:
    payout = await build.asked(await build.earner())

    done = await asyncio.gather(*(approve_payouts([payout.id], by=SU_HE) for _ in range(3)))

    assert sorted(len(each) for each in done) == [0, 0, 1]
    assert await jobs("payouts.send") == 1


async def test_a_rejected_payout_comes_back_with_the_reason(shop: Tenant) -> None:
    payout = await build.asked(await build.earner(100_000), 4_000)
    with pytest.raises(InvalidInput):
        await reject_payouts([payout.id], words=" ", by=SU_HE)

    await reject_payouts([payout.id], words="Write your full name.", by=SU_HE)

    after = await build.reload(payout)
    assert (after.status, after.words) == ("rejected", "Write your full name.")
    assert await _promoter(payout) == {"frozen": 0, "available": 10_000, "debt": 0}
    await check_promoters(shop)


async def test_an_answer_that_was_lost_is_asked_for_again_under_the_same_number(shop: Tenant) -> None:
    till = Till()
    payout = await build.asked(await build.earner(100_000), 4_000)
    await approve_payouts([payout.id], by=SU_HE)
    till.mood = "away"
    with pytest.raises(PaymentUnavailable):
        await send_payout(payout.id, till)
    assert (await build.reload(payout)).status == "unknown"
    assert (await _promoter(payout))["available"] == 6_000

    till.mood = "quick"
    state = await send_payout(payout.id, till)
    assert state is not None
    await settle_payout(till.end(payout.number, "succeeded"), source="sandbox")

    assert (await build.reload(payout)).status == "succeeded"
    assert list(till.transfers) == [payout.number]
    await check_promoters(shop)


async def test_a_refusal_is_believed_when_the_provider_knows_nothing_of_the_number(shop: Tenant) -> None:
    till = Till()
    till.mood = "refuses"

    payout = await _sent(till)

    assert (payout.status, payout.failure) == ("failed", "no_funds")
    assert (await _promoter(payout))["available"] == 10_000
    await check_promoters(shop)


async def test_a_refusal_about_a_number_that_was_paid_is_not_believed(shop: Tenant) -> None:
    till = Till()
    payout = await build.asked(await build.earner(100_000), 4_000)
    await approve_payouts([payout.id], by=SU_HE)
    till.transfers[payout.number] = TransferState(payout.number, "t-1", "succeeded", 4_000, "CNY")
    till.mood = "refuses"

    state = await send_payout(payout.id, till)
    assert state is not None
    outcome = await settle_payout(state, source="sandbox")

    assert outcome == "paid"
    assert (await _promoter(payout))["available"] == 6_000


async def test_nobody_said_yes_in_time_so_the_offer_is_taken_back(shop: Tenant) -> None:
    till = Till()
    payout = await _sent(till)
    assert payout.confirm_until is not None
    assert timedelta(hours=23) < payout.confirm_until - now() <= timedelta(hours=24)
    await _late(payout)

    state = await ask_about_payout(payout.id, till)
    assert state is not None
    await settle_payout(state, source="sandbox")

    assert (await build.reload(payout)).status == "expired"
    assert await _promoter(payout) == {"frozen": 0, "available": 10_000, "debt": 0}
    await check_promoters(shop)


async def test_a_yes_in_the_last_moment_counts(shop: Tenant) -> None:
    till = Till()
    payout = await _sent(till)
    till.end(payout.number, "succeeded")
    await _late(payout)

    state = await ask_about_payout(payout.id, till)
    assert state is not None

    assert await settle_payout(state, source="sandbox") == "paid"


@pytest.mark.parametrize(
    ("twist", "reason"),
    [
        ({"amount": 4_001}, "amount"),
        ({"currency": "USD"}, "currency"),
        ({"number": "W999999"}, "unknown_number"),
    ],
)
async def test_news_that_contradict_us_move_nothing_and_wait_for_a_person(
    shop: Tenant, twist: dict[str, object], reason: str
) -> None:
    till = Till()
    payout = await _sent(till)
    facts = {"number": payout.number, "provider_ref": "x", "status": "succeeded", "amount": 4_000, "currency": "CNY"}
    notice = TransferNotice(f"evt-{new_id()}", now(), TransferState(**(facts | twist)))  # type: ignore[arg-type]

    assert await settle_payout(notice, source="sandbox", body="{}") == "quarantined"

    assert (await build.reload(payout)).status == "awaiting_confirmation"
    async with tenants.transaction():
        told = await tenants.connection().fetchval("SELECT details->>'reason' FROM ticket")
    assert told == reason


async def test_money_that_arrives_after_it_was_given_back_is_put_before_a_person(shop: Tenant) -> None:
    till = Till()
    payout = await _sent(till)
    await settle_payout(till.end(payout.number, "failed"), source="sandbox")
    paid = TransferState(payout.number, "t", "succeeded", 4_000, "CNY")

    assert await settle_payout(paid, source="sandbox") == "quarantined"


async def test_a_notice_that_comes_twice_is_taken_once(shop: Tenant) -> None:
    till = Till()
    payout = await _sent(till)
    notice = TransferNotice("evt-1", now(), till.end(payout.number, "succeeded"))

    outcomes = await asyncio.gather(*(settle_payout(notice, source="sandbox", body="{}") for _ in range(3)))

    assert sorted(outcomes) == ["paid", "seen_before", "seen_before"]


async def test_a_bank_transfer_is_made_by_a_person_who_says_how_it_ended(shop: Tenant) -> None:
    host = await build.earner(100_000)
    paid, returned = [await build.asked(host, 4_000, way="bank_transfer") for _ in range(2)]
    await approve_payouts([paid.id, returned.id], by=SU_HE)
    assert await jobs("payouts.send") == 0

    await confirm_payout(paid.id, paid=True, words="ICBC 20261126-1", by=SU_HE)
    await confirm_payout(returned.id, paid=False, words="The account is closed.", by=SU_HE)
    with pytest.raises(IllegalMove):
        await confirm_payout(paid.id, paid=True, words="again", by=SU_HE)

    assert (await build.reload(paid)).status == "succeeded"
    assert await build.purse(host) == {"frozen": 0, "available": 6_000, "debt": 0}
    await check_promoters(shop)


async def test_what_a_provider_pays_no_person_confirms(shop: Tenant) -> None:
    payout = await build.asked(await build.earner())
    await approve_payouts([payout.id], by=SU_HE)

    with pytest.raises(NotFound):
        await confirm_payout(payout.id, paid=True, words="x", by=SU_HE)


async def test_a_payout_that_comes_back_repays_what_was_refunded_meanwhile(shop: Tenant) -> None:
    await build.terms()
    host = await earning.promoter()
    order = await build.sold(host, 10_000)
    await settle_commissions(order)
    payout = await build.asked(host, 1_000)
    await earning.mark_refunded(order, 6_000)
    await reverse_commission(order)
    assert await build.purse(host) == {"frozen": 0, "available": 0, "debt": 600}

    await reject_payouts([payout.id], words="No.", by=SU_HE)

    assert await build.purse(host) == {"frozen": 0, "available": 400, "debt": 0}
    await check_promoters(shop)
