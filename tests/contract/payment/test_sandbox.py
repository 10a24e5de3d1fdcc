"""What only our own sandbox does: a hosted page, weather on request, and a memory that survives being killed."""

from __future__ import annotations

import asyncio

import httpx
import msgspec
import pytest

from infra.payment.port import PaymentRejected, PaymentUnavailable, ProgramLookup
from infra.payment.sandbox_wire import Behavior
from tests.contract.conftest import Listener, Received, Server, eventually
from tests.contract.payment.benches import SHOP, SandboxBench, pay, request


def event_ids(told: list[Received]) -> list[str]:
    return [one.headers["tz-sandbox-event"] for one in told]


async def test_a_shopper_pays_on_the_hosted_page_and_comes_back(at_sandbox: SandboxBench) -> None:
    intent = await at_sandbox.provider.create(request())
    async with httpx.AsyncClient(trust_env=False) as browser:
        page = await browser.get(intent.pay_url)
        answer = await browser.post(intent.pay_url.partition("?")[0], data={"choice": "pay"})

    assert "這是沙盒環境" in page.text
    assert "123.45" in page.text
    assert "<tea>" not in page.text
    assert "form-action 'self' http://tea.localhost:8000" in page.headers["content-security-policy"]
    assert "unsafe-inline" not in page.headers["content-security-policy"]
    assert (answer.status_code, answer.headers["location"]) == (303, SHOP)
    assert (await at_sandbox.provider.query("PAY-001")).status == "captured"


@pytest.mark.parametrize(("choice", "status"), [("fail", "failed"), ("cancel", "canceled")])
async def test_failing_and_canceling_are_told_apart(at_sandbox: SandboxBench, choice: str, status: str) -> None:
    await pay(at_sandbox, choice=choice)

    assert (await at_sandbox.provider.query("PAY-001")).status == status


async def test_opening_after_an_error_is_the_same_payment(at_sandbox: SandboxBench) -> None:
    await at_sandbox.behave(errors=True)
    with pytest.raises(PaymentUnavailable):
        await at_sandbox.provider.create(request())
    await at_sandbox.behave()

    known = await at_sandbox.provider.query("PAY-001")
    assert (await at_sandbox.provider.create(request())).provider_ref == known.provider_ref


async def test_conflicts_and_strangers_have_names_of_their_own(at_sandbox: SandboxBench) -> None:
    await at_sandbox.provider.create(request())

    with pytest.raises(PaymentRejected, match="number_conflict"):
        await at_sandbox.provider.create(request(amount=1))
    with pytest.raises(PaymentRejected, match="untrusted"):
        await at_sandbox.stranger().create(request())


async def test_shuffled_webhooks_all_arrive(at_sandbox: SandboxBench, listener: Listener) -> None:
    await at_sandbox.office.behave(at_sandbox.account.merchant_id, Behavior(shuffle=True, seed=7))
    for at in range(8):
        await pay(at_sandbox, f"P{at}")

    told = await listener.wait_for(8)

    numbers = [msgspec.json.decode(one.body)["payment"]["number"] for one in told]
    assert sorted(numbers) == [f"P{at}" for at in range(8)] != numbers


async def test_dropped_webhooks_leave_the_truth_to_be_asked_for(at_sandbox: SandboxBench, listener: Listener) -> None:
    await at_sandbox.office.behave(at_sandbox.account.merchant_id, Behavior(drop_bps=10_000))
    await pay(at_sandbox)
    await asyncio.sleep(0.5)

    assert listener.received == []
    assert (await at_sandbox.provider.query("PAY-001")).status == "captured"


async def test_a_killed_sandbox_remembers_payments_and_waiting_webhooks(
    at_sandbox: SandboxBench, listener: Listener, sandbox: Server
) -> None:
    intent = await at_sandbox.provider.create(request("open"))
    listener.refusals = 1
    await pay(at_sandbox)
    await listener.wait_for(1)
    await asyncio.to_thread(sandbox.kill)
    await asyncio.to_thread(sandbox.start)

    async def again() -> bool | None:
        return True if len(listener.received) >= 2 else None

    assert await eventually(again)
    assert len(set(event_ids(listener.received))) == 1
    assert (await at_sandbox.provider.query("PAY-001")).status == "captured"
    assert (await at_sandbox.provider.create(request("open"))).provider_ref == intent.provider_ref


async def login(at_sandbox: SandboxBench, person: str, app_id: str = "") -> str:
    """What a phone gets that opens the mini-program."""
    asked = {"appid": app_id or at_sandbox.account.merchant_id, "person": person}
    async with httpx.AsyncClient(trust_env=False) as phone:
        return str((await phone.get(f"{at_sandbox.account.base_url}/phone/login", params=asked)).json()["code"])


async def test_a_mini_programs_user_is_named_once_for_each_code(at_sandbox: SandboxBench) -> None:
    provider = at_sandbox.provider
    assert isinstance(provider, ProgramLookup)
    assert provider.knows_programs
    code = await login(at_sandbox, "Lin")

    first = await provider.program_user(code)
    again = await provider.program_user(await login(at_sandbox, "Lin"))
    other = await provider.program_user(await login(at_sandbox, "Wu"))

    assert first == again
    assert first.app_id == at_sandbox.account.merchant_id
    assert first.payer_id != other.payer_id
    for bad in (code, "never-given", "no code"):
        with pytest.raises(PaymentRejected):
            await provider.program_user(bad)


async def test_a_code_is_worth_nothing_to_whoever_has_not_the_programs_secret(at_sandbox: SandboxBench) -> None:
    stranger, away = at_sandbox.stranger(), at_sandbox.away()
    assert isinstance(stranger, ProgramLookup)
    assert isinstance(away, ProgramLookup)
    code = await login(at_sandbox, "Lin")

    with pytest.raises(PaymentRejected, match="code_40125"):
        await stranger.program_user(code)
    with pytest.raises(PaymentUnavailable):
        await away.program_user(code)
