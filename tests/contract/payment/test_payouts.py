"""Money for people through the port, against our sandbox and WeChat Pay: at most once, and only when they say yes."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import msgspec
import pytest

from infra.http import Outside
from infra.payment.payouts_port import Payouts, TransferRequest
from infra.payment.port import (
    PaymentAccount,
    PaymentRejected,
    PaymentUnavailable,
    PaymentUnknown,
    StaleNotice,
    UntrustedNotice,
)
from infra.payment.sandbox import SandboxOffice
from infra.payment.sandbox_transfers import SandboxTransfers
from infra.payment.sandbox_wire import Behavior, RegisterMerchant
from infra.payment.wechat_transfers import WeChatTransfers
from tests.contract.conftest import Listener, Server, eventually
from tests.contract.payment import wechat_notices
from tests.contract.payment.serving import serving
from tests.contract.payment.wechat_server import WeChatServer

NUMBER = "W100001"
MONEY = TransferRequest(NUMBER, "oUpF8uMuAJO", 12_000, "CNY", NUMBER, "1005", {"岗位类型": "推广员"}, "陈美玲")


@dataclass
class Desk:
    """One provider with one merchant. `answer` is the person: `accept` or `decline`; `doubt` loses every answer."""

    payouts: Payouts
    answer: Callable[[str], Awaitable[None]]
    doubt: Callable[[bool], Awaitable[None]]
    sent: Callable[[], Awaitable[int]]


@pytest.fixture(params=["sandbox", "wechat"])
async def desk(
    request: pytest.FixtureRequest, sandbox: Server, outside: Outside, listener: Listener
) -> AsyncIterator[Desk]:
    notify_url = f"{listener.url}/webhooks/payouts/x"
    if request.param == "sandbox":
        yield await _sandbox(sandbox, outside, notify_url)
        return
    server = WeChatServer(by_certificate=False)
    async with serving(server):
        yield _wechat(server, outside, notify_url)


async def _sandbox(sandbox: Server, outside: Outside, notify_url: str) -> Desk:
    office = SandboxOffice(sandbox.url, outside)
    account = PaymentAccount(f"m-{uuid.uuid4().hex}", "s3cret", sandbox.url, "CNY")
    await office.register(RegisterMerchant(account.merchant_id, account.secret, "http://127.0.0.1:9/none", "Tea & Co"))
    payouts = SandboxTransfers(account, outside, notify_url=notify_url)

    async def answer(choice: str) -> None:
        url = (await payouts.query_transfer(NUMBER)).confirm["url"]
        async with httpx.AsyncClient(trust_env=False) as browser:
            await browser.post(url, data={"choice": choice})

    async def doubt(on: bool) -> None:
        await office.behave(account.merchant_id, Behavior(error_bps=10_000 * on))

    async def sent() -> int:
        return int((await payouts.query_transfer(NUMBER)).amount > 0)

    return Desk(payouts, answer, doubt, sent)


def _wechat(server: WeChatServer, outside: Outside, notify_url: str) -> Desk:
    payouts = WeChatTransfers(wechat_notices.account(server.url, by_certificate=False), outside, notify_url=notify_url)

    async def answer(choice: str) -> None:
        server.out.end_transfer(NUMBER, "SUCCESS" if choice == "accept" else "FAIL")

    async def doubt(on: bool) -> None:
        server.always = "error_after" if on else None

    async def sent() -> int:
        return len(server.out.transfers)

    return Desk(payouts, answer, doubt, sent)


async def test_the_same_number_twice_is_one_transfer(desk: Desk) -> None:
    first, second = await asyncio.gather(desk.payouts.transfer(MONEY), desk.payouts.transfer(MONEY))

    assert (first.number, first.status, first.amount) == (NUMBER, "awaiting_confirmation", 12_000)
    assert first.provider_ref == second.provider_ref
    assert first.confirm == second.confirm != {}
    assert await desk.sent() == 1


async def test_another_sum_under_a_used_number_is_refused(desk: Desk) -> None:
    await desk.payouts.transfer(MONEY)

    with pytest.raises(PaymentRejected):
        await desk.payouts.transfer(msgspec.structs.replace(MONEY, amount=12_001))

    assert (await desk.payouts.query_transfer(NUMBER)).amount == 12_000


@pytest.mark.parametrize("amount", [0, -5])
async def test_senseless_amounts_are_refused(desk: Desk, amount: int) -> None:
    with pytest.raises(PaymentRejected, match="bad_amount"):
        await desk.payouts.transfer(msgspec.structs.replace(MONEY, amount=amount))


@pytest.mark.parametrize(("choice", "status"), [("accept", "succeeded"), ("decline", "failed")])
async def test_the_persons_answer_is_told_and_can_be_asked_for(
    desk: Desk, listener: Listener, choice: str, status: str
) -> None:
    await desk.payouts.transfer(MONEY)
    await desk.answer(choice)

    async def told() -> str | None:
        notices = [
            desk.payouts.parse_transfer_webhook(one.headers, one.body, datetime.now(UTC)) for one in listener.received
        ]
        found = [one.state.status for one in notices if one.state.status in ("succeeded", "failed")]
        return found[0] if found else None

    assert await eventually(told) == status
    assert (await desk.payouts.query_transfer(NUMBER)).status == status
    assert (await desk.payouts.transfer(MONEY)).status == status


async def test_after_a_lost_answer_the_same_number_is_still_one_transfer(desk: Desk) -> None:
    await desk.doubt(True)
    with pytest.raises(PaymentUnavailable):
        await desk.payouts.transfer(MONEY)
    await desk.doubt(False)

    assert (await desk.payouts.transfer(MONEY)).status == "awaiting_confirmation"
    assert await desk.sent() == 1


async def test_an_unknown_number_is_a_clear_answer(desk: Desk) -> None:
    with pytest.raises(PaymentUnknown):
        await desk.payouts.query_transfer("W999999")


async def test_an_offer_nobody_took_is_taken_back(desk: Desk) -> None:
    await desk.payouts.transfer(MONEY)

    state = await desk.payouts.cancel_transfer(NUMBER)

    assert state.status in ("pending", "canceled")


async def test_forged_and_old_notices_are_not_believed(desk: Desk, listener: Listener) -> None:
    await desk.payouts.transfer(MONEY)
    await desk.answer("accept")
    told = (await listener.wait_for(1))[-1]

    with pytest.raises(UntrustedNotice):
        desk.payouts.parse_transfer_webhook(told.headers, told.body.replace(b"1", b"2", 1), datetime.now(UTC))
    with pytest.raises(StaleNotice):
        desk.payouts.parse_transfer_webhook(told.headers, told.body, datetime(2030, 1, 1, tzinfo=UTC))


@pytest.fixture
async def quick(sandbox: Server, outside: Outside) -> tuple[SandboxTransfers, SandboxOffice, str]:
    office = SandboxOffice(sandbox.url, outside)
    account = PaymentAccount(f"m-{uuid.uuid4().hex}", "s3cret", sandbox.url, "CNY")
    await office.register(RegisterMerchant(account.merchant_id, account.secret, "http://127.0.0.1:9/none", "Tea"))
    payouts = SandboxTransfers(account, outside, notify_url="http://127.0.0.1:9/none")
    return payouts, office, account.merchant_id


@pytest.mark.parametrize(
    ("mood", "status"),
    [
        (Behavior(confirm_transfers=False), "succeeded"),
        (Behavior(fail_transfers=True), "failed"),
        (Behavior(transfer_ms=60_000), "pending"),
    ],
)
async def test_the_sandbox_pays_in_every_mood(
    quick: tuple[SandboxTransfers, SandboxOffice, str], mood: Behavior, status: str
) -> None:
    payouts, office, merchant = quick
    await office.behave(merchant, mood)

    assert (await payouts.transfer(MONEY)).status == status


@pytest.mark.parametrize("lang", ["en", "zh-Hans", "zh-Hant"])
async def test_the_sandboxs_page_asks_once_and_then_says_how_it_ended(
    quick: tuple[SandboxTransfers, SandboxOffice, str], lang: str
) -> None:
    payouts, _office, _merchant = quick
    url = (await payouts.transfer(MONEY)).confirm["url"]

    async with httpx.AsyncClient(trust_env=False) as browser:
        shown = await browser.get(url, params={"lang": lang})
        done = await browser.post(url, data={"choice": "accept", "lang": lang})
        again = await browser.post(url, data={"choice": "decline", "lang": lang})
        nobody = await browser.get(url[:-3] + "xyz")

    assert "¥120.00" in shown.text
    assert "<form" in shown.text
    assert "<form" not in done.text
    assert done.text == again.text
    assert nobody.status_code == 404
    assert (await payouts.query_transfer(NUMBER)).status == "succeeded"
