"""Paying, closing and refunding through the port, against every provider's running server."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from infra.payment.port import (
    AlreadyPaid,
    PaymentNotice,
    PaymentRejected,
    PaymentUnavailable,
    PaymentUnknown,
    RefundNotice,
    RefundRequest,
)
from tests.contract.conftest import Listener, eventually
from tests.contract.payment.benches import Bench, pay, read, request


async def test_the_same_number_twice_is_one_payment(bench: Bench) -> None:
    first, second = await asyncio.gather(bench.provider.create(request()), bench.provider.create(request()))
    for intent in (first, second):
        await bench.choose(intent, "PAY-001", "pay")

    assert first.provider_ref == second.provider_ref
    assert (await bench.provider.query("PAY-001")).amount == 12_345


async def test_another_amount_under_a_used_number_is_never_collected(bench: Bench) -> None:
    """Refused at once; Alipay, who is asked by the shopper's browser only, refuses there."""
    intent = await bench.provider.create(request())
    if bench.opens_by_link:
        await bench.choose(intent, "PAY-001", "look")
        other = await bench.provider.create(request(amount=1))
        await bench.choose(other, "PAY-001", "pay")
    else:
        with pytest.raises(PaymentRejected):
            await bench.provider.create(request(amount=1))

    state = await bench.provider.query("PAY-001")
    assert (state.status, state.amount) == ("pending", 12_345)


@pytest.mark.parametrize("amount", [0, -5, 10**12 + 1])
async def test_senseless_amounts_are_rejected(bench: Bench, amount: int) -> None:
    with pytest.raises(PaymentRejected, match="bad_amount"):
        await bench.provider.create(request(amount=amount))


async def test_a_paid_payment_is_captured_for_what_was_asked(bench: Bench) -> None:
    await pay(bench, amount=4_390)

    state = await bench.provider.query("PAY-001")

    assert (state.number, state.status, state.amount, state.currency) == ("PAY-001", "captured", 4_390, "CNY")
    assert state.provider_ref


async def test_what_was_paid_is_not_opened_again_but_called_paid(bench: Bench) -> None:
    """Except at Alipay, where only the shopper's browser would hear it: there one has to ask."""
    await pay(bench)

    if bench.opens_by_link:
        await bench.provider.create(request())
    else:
        with pytest.raises(AlreadyPaid):
            await bench.provider.create(request())

    assert (await bench.provider.query("PAY-001")).status == "captured"


@pytest.mark.parametrize("choice", ["fail", "cancel"])
async def test_a_payment_that_failed_or_was_canceled_holds_no_money(bench: Bench, choice: str) -> None:
    """It stays so, except at Alipay: a failed try leaves the trade waiting, and the next one may succeed."""
    intent = await pay(bench, choice=choice)
    before = await bench.provider.query("PAY-001")
    await bench.choose(intent, "PAY-001", "pay")
    after = await bench.provider.query("PAY-001")

    if bench.opens_by_link and choice == "fail":
        assert (before.status, after.status) == ("pending", "captured")
    else:
        assert before == after
        assert before.status in ("failed", "canceled")


async def test_paying_is_told_once_however_often_the_button_is_pressed(bench: Bench, listener: Listener) -> None:
    intent = await bench.provider.create(request())
    await asyncio.gather(*(bench.choose(intent, "PAY-001", "pay") for _ in range(5)))
    await listener.wait_for(1)
    await asyncio.sleep(0.3)

    (notice,) = read(bench, listener.received)
    assert isinstance(notice, PaymentNotice)
    assert (notice.state.number, notice.state.status, notice.state.amount) == ("PAY-001", "captured", 12_345)
    assert abs(datetime.now(UTC) - notice.happened_at) < timedelta(days=365)


async def test_closing_stops_a_payment_but_never_one_already_made(bench: Bench) -> None:
    intent = await bench.provider.create(request("PAY-OPEN"))
    await bench.choose(intent, "PAY-OPEN", "look")
    await pay(bench, "PAY-PAID")

    assert (await bench.provider.close("PAY-OPEN")).status == "canceled"
    assert (await bench.provider.close("PAY-PAID")).status == "captured"
    await bench.choose(intent, "PAY-OPEN", "pay")
    assert (await bench.provider.query("PAY-OPEN")).status == "canceled"


async def test_an_unknown_number_is_a_clear_answer(bench: Bench) -> None:
    with pytest.raises(PaymentUnknown):
        await bench.provider.query("never-heard-of")
    with pytest.raises(PaymentUnknown):
        await bench.provider.query_refund("REF-000", "never-heard-of")


async def test_refunds_never_pass_what_was_captured(bench: Bench) -> None:
    await pay(bench, amount=100)

    async def refund(number: str) -> str:
        try:
            return (await bench.provider.refund(RefundRequest(number, "PAY-001", 40, "CNY"))).status
        except PaymentRejected:
            return "refused"

    outcomes = await asyncio.gather(*(refund(f"REF-{at}") for at in range(6)))

    assert sorted(outcomes) == ["refused"] * 4 + ["succeeded"] * 2
    state = await bench.provider.query("PAY-001")
    assert state.status == "captured"
    assert state.refunded_amount == (80 if bench.tells_refunded_amount else 0)


async def test_the_same_refund_twice_is_one_refund(bench: Bench, listener: Listener) -> None:
    await pay(bench, amount=100)
    order = RefundRequest("REF-001", "PAY-001", 60, "CNY")

    first, second = await bench.provider.refund(order), await bench.provider.refund(order)

    assert first == second == await bench.provider.query_refund("REF-001", "PAY-001")
    assert (first.status, first.amount) == ("succeeded", 60)
    with pytest.raises(PaymentRejected, match="number_conflict"):
        await bench.provider.refund(RefundRequest("REF-001", "PAY-001", 10, "CNY"))
    told = read(bench, await listener.wait_for(2))
    if bench.tells_each_refund:
        (notice,) = (one for one in told if isinstance(one, RefundNotice))
        assert (notice.state.number, notice.state.status, notice.state.amount) == ("REF-001", "succeeded", 60)
    else:
        assert sorted(one.state.refunded_amount for one in told if isinstance(one, PaymentNotice)) == [0, 60]


async def test_a_refund_may_name_what_was_paid_and_saves_a_question(bench: Bench) -> None:
    await pay(bench, amount=100)

    state = await bench.provider.refund(RefundRequest("REF-001", "PAY-001", 60, "CNY", payment_amount=100))

    assert state.status == "succeeded"


async def test_a_failed_refund_may_be_tried_again_under_its_number(bench: Bench) -> None:
    """Failing is a state at some providers and a refusal at others; for the shop both are the same."""
    await pay(bench, amount=100)
    order = RefundRequest("REF-001", "PAY-001", 100, "CNY")

    async def refund() -> str:
        try:
            return (await bench.provider.refund(order)).status
        except PaymentRejected:
            return "failed"

    await bench.behave(fail_refunds=True)
    failed = await refund()
    await bench.behave()

    assert (failed, await refund(), await refund()) == ("failed", "succeeded", "succeeded")
    assert (await bench.provider.query_refund("REF-001", "PAY-001")).amount == 100


async def test_a_refund_can_take_its_time(bench: Bench) -> None:
    await pay(bench, amount=100)
    await bench.behave(refund_s=0.2)
    order = RefundRequest("REF-001", "PAY-001", 100, "CNY")
    assert (await bench.provider.refund(order)).status == "pending"

    async def settled() -> bool | None:
        return True if (await bench.provider.refund(order)).status == "succeeded" else None

    assert await eventually(settled)
    assert (await bench.provider.query_refund("REF-001", "PAY-001")).status == "succeeded"


async def test_after_an_error_the_deed_may_be_done_and_asking_again_is_safe(bench: Bench) -> None:
    await pay(bench, amount=100)
    order = RefundRequest("REF-001", "PAY-001", 60, "CNY", payment_amount=100)
    await bench.behave(errors=True)
    with pytest.raises(PaymentUnavailable):
        await bench.provider.refund(order)
    await bench.behave()

    assert (await bench.provider.refund(order)).status == "succeeded"
    with pytest.raises(PaymentRejected):
        await bench.provider.refund(RefundRequest("REF-002", "PAY-001", 60, "CNY", payment_amount=100))


async def test_a_wrong_key_opens_nothing(bench: Bench) -> None:
    await pay(bench)

    with pytest.raises(PaymentRejected):
        await bench.stranger().query("PAY-001")
    with pytest.raises(PaymentRejected):
        await bench.stranger().refund(RefundRequest("REF-001", "PAY-001", 60, "CNY", payment_amount=12_345))
    with pytest.raises(PaymentUnknown):
        await bench.provider.query_refund("REF-001", "PAY-001")


async def test_a_provider_that_is_away_may_be_asked_again(bench: Bench) -> None:
    with pytest.raises(PaymentUnavailable):
        await bench.away().query("PAY-001")
    with pytest.raises(PaymentUnavailable):
        await bench.away().refund(RefundRequest("REF-001", "PAY-001", 60, "CNY"))


async def test_what_people_may_see_of_a_payment_holds_no_secret(bench: Bench) -> None:
    intent = await pay(bench)

    seen = repr(bench.account) + msgspec.json.encode(intent).decode()  # type: ignore[attr-defined] # all three have one

    assert "s3cret" not in seen
    assert "PRIVATE KEY" not in seen
