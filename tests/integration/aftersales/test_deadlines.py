"""Nobody can lose a request by letting it lie: every wait ends in what was said beforehand."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

import tenants
from app import aftersales
from app.aftersales import AtThePlatform, IllegalMove, Policy
from app.flows.decide_aftersale import approve_aftersale, decline_aftersale, offer_amount
from app.flows.dispute_aftersale import RuledAlready, dispute_aftersale, rule_aftersale
from app.flows.refund_aftersale import refund_aftersale
from app.flows.return_goods import cancel_aftersale, inspect_return, receive_return, send_back
from tenants import Tenant, disputes
from tests import invariants
from tests.builders_aftersales import (
    ADDRESS,
    ask,
    case,
    causes,
    confirm_refunds,
    context,
    delivered_order,
    lapse,
    order_of,
    run_out,
)  # fmt: skip
from tests.builders_selling import jobs as asked_jobs
from tests.builders_selling import offer, stock_of
from workers import aftersales as jobs


async def _address() -> None:
    async with tenants.transaction():
        await aftersales.save_policy(Policy(return_address=ADDRESS))


async def _received(order_id: UUID, kind: str = "return", **facts: Any) -> UUID:
    aftersale = await ask(order_id, kind, **facts)
    await approve_aftersale(aftersale, actor="Su He", address=ADDRESS)
    await receive_return(aftersale, actor="Su He")
    return aftersale


async def test_a_request_nobody_answers_is_agreed(shop: Tenant) -> None:
    await _address()
    aftersale = await ask(await delivered_order())
    assert await asked_jobs("aftersales.deadline") == 1

    await lapse(aftersale)

    found = await case(aftersale)
    assert (found.status, found.waits_for, found.return_address) == ("awaiting_return", "shopper", ADDRESS)
    await invariants.check(shop)


async def test_a_claim_nobody_answers_is_paid(shop: Tenant) -> None:
    order_id = await delivered_order(await offer(price=1000))
    aftersale = await ask(order_id, "claim", amount=300)

    await lapse(aftersale)
    await confirm_refunds(aftersale)

    assert (await order_of(order_id)).refunded_amount == 300
    await invariants.check(shop)


async def test_a_store_that_never_says_where_to_pays_without_goods(shop: Tenant) -> None:
    order_id = await delivered_order(await offer(price=1000))
    aftersale = await ask(order_id)

    await lapse(aftersale)
    assert (await case(aftersale)).waits_for == "merchant"
    await lapse(aftersale)
    await confirm_refunds(aftersale)

    assert (await case(aftersale)).refunded_amount == 1000
    await invariants.check(shop)


async def test_an_offer_nobody_answers_ends_and_the_request_stands(shop: Tenant) -> None:
    aftersale = await ask(await delivered_order())
    await offer_amount(aftersale, 100, actor="Su He")

    await lapse(aftersale)

    found = await case(aftersale)
    assert (found.status, found.offered_amount, found.default_outcome) == ("requested", None, "approved")


async def test_goods_that_are_not_sent_back_in_time_stay_where_they_are(shop: Tenant) -> None:
    aftersale = await ask(await delivered_order())
    await approve_aftersale(aftersale, actor="Su He", address=ADDRESS)

    await lapse(aftersale)

    assert (await case(aftersale)).status == "canceled"
    assert (await causes(aftersale))[-1] == "not_sent_back"
    await invariants.check(shop)


async def test_a_parcel_nobody_says_arrived_counts_as_arrived(shop: Tenant) -> None:
    aftersale = await ask(await delivered_order())
    await approve_aftersale(aftersale, actor="Su He", address=ADDRESS)
    await send_back(aftersale, carrier="SF", tracking_number="1")

    await lapse(aftersale)

    assert (await case(aftersale)).status == "received"


async def test_goods_nobody_looks_at_are_paid_and_can_still_be_counted(shop: Tenant) -> None:
    peaches = await offer(price=1000, stock=5)
    order_id = await delivered_order(peaches)
    aftersale = await _received(order_id)

    await lapse(aftersale)
    await confirm_refunds(aftersale)
    async with tenants.transaction():
        line = (await aftersales.lines_of(aftersale))[0]
    await inspect_return(aftersale, {line.id: (1, 0)}, actor="Su He")

    assert (await case(aftersale)).refunded_amount == 1000
    assert (await stock_of(peaches))["on_hand"] == 5
    await invariants.check(shop)


async def test_an_exchange_nobody_looks_at_is_sent(shop: Tenant) -> None:
    peaches = await offer(stock=5)
    aftersale = await _received(await delivered_order(peaches), "exchange", instead=peaches.variant)

    await lapse(aftersale)

    assert (await case(aftersale)).status == "exchanged"
    await invariants.check(shop)


async def test_an_exchange_that_cannot_be_sent_is_paid(shop: Tenant) -> None:
    peaches = await offer(price=1000, stock=1)
    order_id = await delivered_order(peaches)
    aftersale = await _received(order_id, "exchange", instead=peaches.variant)

    await lapse(aftersale)
    await confirm_refunds(aftersale)

    assert (await case(aftersale)).status == "refunded"
    assert (await order_of(order_id)).refunded_amount == 1000
    await invariants.check(shop)


async def test_a_deadline_that_comes_too_early_changes_nothing(shop: Tenant) -> None:
    aftersale = await ask(await delivered_order())

    await jobs.deadline(context("aftersales.deadline"), aftersale_id=str(aftersale))

    assert (await case(aftersale)).status == "requested"


async def test_a_job_that_came_too_early_does_not_use_the_deadline_up(shop: Tenant) -> None:
    aftersale = await ask(await delivered_order(), "claim")
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE outbox SET status = 'done' WHERE kind = 'aftersales.deadline'")

    for _ in range(2):
        await jobs.deadline(context("aftersales.deadline"), aftersale_id=str(aftersale))

    async with tenants.transaction():
        waiting = await tenants.connection().fetch(
            "SELECT run_at FROM outbox WHERE kind = 'aftersales.deadline' AND status = 'due'"
        )
    deadline = (await case(aftersale)).deadline_at
    assert deadline is not None
    assert [abs((row["run_at"] - deadline).total_seconds()) < 2 for row in waiting] == [True]


async def _disputed(order_id: UUID) -> UUID:
    aftersale = await ask(order_id)
    await decline_aftersale(aftersale, actor="Su He", words="It was eaten.")
    await dispute_aftersale(aftersale, side="shopper", actor="shopper", words="It was not.")
    await jobs.report_dispute(context("aftersales.report_dispute"), aftersale_id=str(aftersale))
    return aftersale


async def _listed(aftersale: UUID) -> bool:
    return aftersale in {row.aftersale for row in await disputes.open_disputes(1000)}


async def test_the_platform_decides_for_the_shopper(shop: Tenant) -> None:
    order_id = await delivered_order(await offer(price=1000))
    aftersale = await _disputed(order_id)
    assert await _listed(aftersale)
    assert (await case(aftersale)).closed_at is None

    await rule_aftersale(aftersale, amount=600, words="The picture shows it.")
    await jobs.report_dispute(context("aftersales.report_dispute"), aftersale_id=str(aftersale))
    await confirm_refunds(aftersale)

    found = await case(aftersale)
    assert (found.status, found.refunded_amount, found.ruling) == ("refunded", 600, "refund")
    assert not await _listed(aftersale)
    await invariants.check(shop)


async def test_the_platform_decides_for_the_store(shop: Tenant) -> None:
    aftersale = await _disputed(await delivered_order())

    await rule_aftersale(aftersale, amount=None, words="Nothing shows it.")

    found = await case(aftersale)
    assert (found.status, found.ruling, found.deadline_at) == ("declined", "decline", None)
    with pytest.raises(RuledAlready):
        await dispute_aftersale(aftersale, side="shopper", actor="shopper", words="Again.")
    await invariants.check(shop)


async def test_a_dispute_nobody_decides_leaves_things_as_they_were(shop: Tenant) -> None:
    order_id = await delivered_order(await offer(price=1000))
    aftersale = await _received(order_id)
    await dispute_aftersale(aftersale, side="merchant", actor="Su He", words="These are not ours.")

    await lapse(aftersale)

    found = await case(aftersale)
    assert (found.status, found.ruling, found.default_outcome) == ("received", "lapsed", "refunded")
    await invariants.check(shop)


async def test_while_the_platform_is_asked_a_store_can_only_give_in(shop: Tenant) -> None:
    order_id = await delivered_order(await offer(price=1000))
    aftersale = await _received(order_id)
    await dispute_aftersale(aftersale, side="shopper", actor="shopper", words="They do not pay.")

    with pytest.raises(AtThePlatform):
        await decline_aftersale(aftersale, actor="Su He", words="No.")
    with pytest.raises(AtThePlatform):
        await refund_aftersale(aftersale, 999, actor="Su He", words="Less.")
    await refund_aftersale(aftersale, 1000, actor="Su He")
    await confirm_refunds(aftersale)

    assert (await case(aftersale)).ruling == "settled"
    await invariants.check(shop)


async def test_a_shopper_may_call_off_what_the_platform_was_asked_about(shop: Tenant) -> None:
    aftersale = await ask(await delivered_order())
    await dispute_aftersale(aftersale, side="shopper", actor="shopper", words="No answer at all.")

    await cancel_aftersale(aftersale)

    assert (await case(aftersale)).ruling == "settled"
    await invariants.check(shop)


async def test_an_answer_and_the_deadline_at_once_are_one(shop: Tenant) -> None:
    order_id = await delivered_order(await offer(price=1000))
    aftersale = await ask(order_id, "claim")
    await run_out(aftersale)

    late = jobs.deadline(context("aftersales.deadline"), aftersale_id=str(aftersale))
    outcomes = await asyncio.gather(late, approve_aftersale(aftersale, actor="Su He"), return_exceptions=True)
    await confirm_refunds(aftersale)

    assert sum(isinstance(outcome, IllegalMove) for outcome in outcomes) <= 1
    assert (await order_of(order_id)).refunded_amount == 1000
    await invariants.check(shop)
