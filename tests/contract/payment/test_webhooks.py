"""What providers tell the shop: at least once, and believable. What anybody else tells is not believed."""

from __future__ import annotations

import pytest

from infra.payment.port import UntrustedNotice
from tests.contract.conftest import Listener
from tests.contract.payment.benches import Bench, pay, read


async def test_webhooks_come_again_until_the_shop_says_yes(bench: Bench, listener: Listener) -> None:
    listener.refusals = 2
    await pay(bench)

    told = read(bench, await listener.wait_for(3))

    assert len({notice.event_id for notice in told}) == 1


async def test_a_notice_that_was_thanked_for_in_the_wrong_words_comes_again(bench: Bench, listener: Listener) -> None:
    """Only Alipay reads them; to the others any success will do."""
    listener.reply = b"thanks"
    await pay(bench)

    told = await listener.wait_for(2 if bench.name == "alipay" else 1)

    assert told


async def test_copies_carry_the_same_event_id(bench: Bench, listener: Listener) -> None:
    await bench.behave(copies=4)
    await pay(bench)

    told = read(bench, await listener.wait_for(4))

    assert len({notice.event_id for notice in told}) == 1
    assert {notice.state.number for notice in told} == {"PAY-001"}


async def test_two_payments_are_two_events(bench: Bench, listener: Listener) -> None:
    await pay(bench, "PAY-001")
    await pay(bench, "PAY-002")

    told = read(bench, await listener.wait_for(2))

    assert len({notice.event_id for notice in told}) == 2


async def test_a_real_notice_with_one_digit_changed_on_the_way_is_not_believed(
    bench: Bench, listener: Listener
) -> None:
    await pay(bench)
    (told,) = await listener.wait_for(1)
    at = next(at for at, byte in enumerate(told.body) if chr(byte).isdigit())
    other = str((int(chr(told.body[at])) + 1) % 10).encode()
    told.body = told.body[:at] + other + told.body[at + 1 :]

    with pytest.raises(UntrustedNotice):
        read(bench, [told])
