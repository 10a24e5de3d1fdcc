"""What the sandbox tells the shop: at least once, believable, and as badly behaved as asked."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from infra.http import Outside
from infra.payment.port import (
    BadSignature,
    PaymentAccount,
    PaymentProvider,
    StaleNotice,
    UntrustedNotice,
    WrongMerchant,
)
from infra.payment.sandbox import SandboxOffice, SandboxPayments
from infra.payment.sandbox_wire import Behavior
from infra.signatures import sign_notice
from tests.contract.conftest import Listener, Received, Server, eventually
from tests.contract.payment.test_promises import account, office, pay, provider, request

__all__ = ["account", "office", "provider"]  # fixtures shared with the other half of this suite

NOW = datetime(2026, 11, 22, tzinfo=UTC)
MINE = PaymentAccount("m-1", "s3cret", "http://sandbox.invalid", "CNY")
STATE = {"number": "P1", "provider_ref": "r", "status": "captured", "amount": 100, "currency": "CNY"}
BODY = msgspec.json.encode(
    {"event_id": "e-1", "merchant_id": "m-1", "kind": "payment", "happened_at": 1_790_000_000, "payment": STATE}
)
HEADERS = sign_notice(b"s3cret", event_id="e-1", body=BODY, now=NOW)


OUTSIDE = Outside()  # Parsing never calls anybody.


def parser(of: PaymentAccount = MINE) -> SandboxPayments:
    return SandboxPayments(of, OUTSIDE)


def event_ids(told: list[Received]) -> list[str]:
    return [one.headers["tz-sandbox-event"] for one in told]


async def test_webhooks_come_again_until_the_shop_says_yes(provider: PaymentProvider, listener: Listener) -> None:
    listener.refusals = 2
    await pay(provider)

    told = await listener.wait_for(3)

    assert len(set(event_ids(told))) == 1


async def test_copies_carry_the_same_event_id(
    provider: PaymentProvider, listener: Listener, account: PaymentAccount, office: SandboxOffice
) -> None:
    await office.behave(account.merchant_id, Behavior(duplicate=3))
    await pay(provider)

    told = await listener.wait_for(4)

    assert len(set(event_ids(told))) == 1


async def test_shuffled_webhooks_all_arrive(
    provider: PaymentProvider, listener: Listener, account: PaymentAccount, office: SandboxOffice
) -> None:
    await office.behave(account.merchant_id, Behavior(shuffle=True, seed=7))
    for at in range(8):
        await pay(provider, f"P{at}")

    told = await listener.wait_for(8)

    numbers = [msgspec.json.decode(one.body)["payment"]["number"] for one in told]
    assert sorted(numbers) == [f"P{at}" for at in range(8)] != numbers


async def test_dropped_webhooks_leave_the_truth_to_be_asked_for(
    provider: PaymentProvider, listener: Listener, account: PaymentAccount, office: SandboxOffice
) -> None:
    await office.behave(account.merchant_id, Behavior(drop_bps=10_000))
    await pay(provider)
    await asyncio.sleep(0.5)

    assert listener.received == []
    assert (await provider.query("P1")).status == "captured"


async def test_a_killed_sandbox_remembers_payments_and_waiting_webhooks(
    provider: PaymentProvider, listener: Listener, sandbox: Server
) -> None:
    intent = await provider.create(request("open"))
    listener.refusals = 1
    await pay(provider)
    await listener.wait_for(1)
    await asyncio.to_thread(sandbox.kill)
    await asyncio.to_thread(sandbox.start)

    async def again() -> bool | None:
        return True if len(listener.received) >= 2 else None

    assert await eventually(again)
    assert (await provider.query("P1")).status == "captured"
    assert (await provider.create(request("open"))).provider_ref == intent.provider_ref


def test_a_genuine_notice_is_believed() -> None:
    assert parser().parse_webhook({name.upper(): v for name, v in HEADERS.items()}, BODY, NOW).event_id == "e-1"


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_recording_is_refused(minutes: int) -> None:
    with pytest.raises(StaleNotice):
        parser().parse_webhook(HEADERS, BODY, NOW + timedelta(minutes=minutes))


def test_a_notice_about_another_merchant_is_refused() -> None:
    other = PaymentAccount("m-2", "s3cret", "http://sandbox.invalid", "CNY")

    with pytest.raises(WrongMerchant):
        parser(other).parse_webhook(HEADERS, BODY, NOW)


def test_another_merchants_signature_is_refused() -> None:
    forged = sign_notice(b"their secret", event_id="e-1", body=BODY, now=NOW)

    with pytest.raises(BadSignature):
        parser().parse_webhook(forged, BODY, NOW)


@hypothesis_settings(max_examples=1_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_no_changed_byte_gets_through(at: int, flip: int) -> None:
    changed = BODY[:at] + bytes([BODY[at] ^ flip]) + BODY[at + 1 :]

    with pytest.raises(UntrustedNotice):
        parser().parse_webhook(HEADERS, changed, NOW)


@hypothesis_settings(max_examples=500, deadline=None)
@given(st.sampled_from(sorted(HEADERS)), st.text(max_size=80))
def test_no_changed_header_gets_through(name: str, value: str) -> None:
    changed = {**HEADERS, name: value}
    if changed == HEADERS:
        return

    with pytest.raises(UntrustedNotice):
        parser().parse_webhook(changed, BODY, NOW)
