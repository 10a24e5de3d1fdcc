"""The money came in time, the notice when everything was over: none of it is lost, and none of it takes goods.

`LATE_ORDERS` says how many (20). The notices come signed over HTTP, out of order, twice each; meanwhile half of the
goods are bought by others.
"""

from __future__ import annotations

import asyncio
import os
import random
from typing import Any

import httpx
import pytest

import tenants
from app import payments
from app.flows.expire_reservation import expire_reservation
from app.flows.send_refund import send_refund
from app.flows.settle_refund import settle_refund
from tenants import Tenant
from tests import builders_selling as selling
from tests import invariants
from tests.figures import Figure
from tests.functional.conftest import Visitor
from tests.functional.webhooks.test_calls_from_outside import address, payment_notice
from tests.model.bank import Bank

ORDERS = int(os.environ.get("LATE_ORDERS", "20"))
AT_ONCE = 8


async def _silence_until_expired(bank: Bank, peaches: selling.Offer) -> payments.Payment:
    """Paid at the provider, who does not answer when the time is over."""
    placed = await selling.order(peaches)
    payment = await selling.open_payment(placed.order_id)
    bank.payments[payment.number] = selling.captured(payment)
    await selling.run_out_of_time(placed.order_id)
    assert await expire_reservation(placed.order_id, bank) is None
    return payment


async def _tell(gate: asyncio.Semaphore, visitor: Visitor, url: str, notice: dict[str, Any]) -> httpx.Response:
    async with gate:
        return await visitor.post(url, **notice)


async def _counts() -> dict[str, int]:
    async with tenants.transaction():
        row = await tenants.connection().fetchrow(
            "SELECT count(*) FILTER (WHERE status = 'expired') AS expired,"
            " (SELECT count(*) FROM payment WHERE status = 'captured') AS captured,"
            " (SELECT count(*) FROM refund WHERE reason = 'late_payment') AS owed,"
            " (SELECT count(*) FROM refund WHERE status = 'succeeded') AS back,"
            " (SELECT count(*) FROM outbox WHERE kind = 'payments.refund') AS jobs FROM orders"
        )
    assert row is not None
    return dict(row)


@pytest.mark.timeout(900)
async def test_money_told_of_after_the_end_all_goes_back_once(shop: Tenant, visitor: Visitor, figure: Figure) -> None:
    peaches, bank = await selling.offer(stock=ORDERS), Bank(mood="away")
    late = [await _silence_until_expired(bank, peaches) for _ in range(ORDERS)]
    for _ in range(ORDERS // 2):
        await selling.order(peaches)  # somebody else takes what became free

    told = [one for one in late for _copy in range(2)]
    random.Random(5).shuffle(told)
    notices = [await payment_notice(selling.captured(one), f"late-{one.number}") for one in told]
    gate = asyncio.Semaphore(AT_ONCE)
    answers = await asyncio.gather(
        *(_tell(gate, visitor, address(shop, "payments", "sandbox"), one) for one in notices)
    )
    after_notices = await _counts()
    bank.mood = "kind"
    async with tenants.transaction():
        owed = await tenants.connection().fetch("SELECT id FROM refund")
    for row in owed:
        state = await send_refund(row["id"], bank)
        assert state is not None
        await settle_refund(state)

    assert {one.status_code for one in answers} == {200}
    everyone = {"expired": ORDERS, "captured": ORDERS, "owed": ORDERS, "jobs": ORDERS}
    assert after_notices == everyone | {"back": 0}
    assert await _counts() == everyone | {"back": ORDERS}
    assert bank.kept == 0
    assert await selling.stock_of(peaches) == {"on_hand": ORDERS, "reserved": ORDERS // 2, "allocated": 0}
    await invariants.check(shop)
    figure(f"late_webhooks orders={ORDERS} told={len(told)} given_back={ORDERS} lost=0 oversold=0")
