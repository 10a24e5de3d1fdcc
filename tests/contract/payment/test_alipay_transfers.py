"""Money for people through Alipay: at most once per number, signed in certificate mode, and asked about after doubt."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
import pytest

from infra.http import Outside
from infra.payment.alipay_transfers import AlipayTransfers
from infra.payment.credentials import InvalidCredentials
from infra.payment.payouts_port import TransferRequest
from infra.payment.port import PaymentRejected, PaymentUnavailable, PaymentUnknown, UntrustedNotice
from tests.contract.payment import alipay_notices
from tests.contract.payment.alipay_server import AlipayServer
from tests.contract.payment.keys import certificate_pem
from tests.contract.payment.serving import serving

NUMBER = "W100001"
MONEY = TransferRequest(NUMBER, "mei@example.com", 12_000, "CNY", NUMBER, "1005", payee_name="陈美玲")
CERTIFIED = {"app_certificate": certificate_pem("app"), "root_certificate": certificate_pem("root")}


@dataclass
class Desk:
    server: AlipayServer
    payouts: AlipayTransfers
    plain: AlipayTransfers


@pytest.fixture
async def desk(outside: Outside) -> AsyncIterator[Desk]:
    server = AlipayServer()
    async with serving(server):
        at = server.gateway
        yield Desk(
            server,
            AlipayTransfers(alipay_notices.account(at, **CERTIFIED), outside, mark="0a1b2c3d4e"),
            AlipayTransfers(alipay_notices.account(at), outside),
        )


async def test_the_same_number_twice_is_one_transfer(desk: Desk) -> None:
    first, second = await asyncio.gather(desk.payouts.transfer(MONEY), desk.payouts.transfer(MONEY))
    third = await desk.payouts.transfer(MONEY)

    assert (first.number, first.status, first.amount, first.confirm) == (NUMBER, "succeeded", 12_000, {})
    assert first == second == third
    assert list(desk.server.out.transfers) == [f"{NUMBER}_0a1b2c3d4e"]


async def test_it_is_sent_to_the_account_the_person_named_in_yuan(desk: Desk) -> None:
    await desk.payouts.transfer(MONEY)
    await desk.payouts.transfer(msgspec.structs.replace(MONEY, number="W100002", payee_id="2088102116773037"))

    first, second = [one.asked for one in desk.server.out.transfers.values()]
    assert first["trans_amount"] == "120.00"
    assert first["payee_info"] == {
        "identity": "mei@example.com", "identity_type": "ALIPAY_LOGON_ID", "name": "陈美玲",
    }  # fmt: skip
    assert second["payee_info"]["identity_type"] == "ALIPAY_USER_ID"


async def test_an_app_without_certificates_cannot_send_money(desk: Desk) -> None:
    with pytest.raises(PaymentRejected, match="missing-app-cert-sn"):
        await desk.plain.transfer(MONEY)

    assert desk.server.out.transfers == {}


async def test_another_sum_under_a_used_number_is_refused(desk: Desk) -> None:
    await desk.payouts.transfer(MONEY)

    with pytest.raises(PaymentRejected, match="number_conflict"):
        await desk.payouts.transfer(msgspec.structs.replace(MONEY, amount=12_001))


async def test_after_a_lost_answer_the_same_number_is_still_one_transfer(desk: Desk) -> None:
    desk.server.always = "error_after"
    with pytest.raises(PaymentUnavailable):
        await desk.payouts.transfer(MONEY)
    desk.server.always = None

    assert (await desk.payouts.transfer(MONEY)).status == "succeeded"
    assert len(desk.server.out.transfers) == 1


@pytest.mark.parametrize("fault", ["unsigned", "other_key", "wrong_signature", "truncated", "nonsense"])
async def test_an_answer_alipay_did_not_sign_is_not_believed(desk: Desk, fault: str) -> None:
    await desk.payouts.transfer(MONEY)
    desk.server.always = fault  # type: ignore[assignment]

    with pytest.raises(PaymentUnavailable):
        await desk.payouts.query_transfer(NUMBER)


async def test_what_is_being_done_is_asked_again_and_then_has_an_end(desk: Desk) -> None:
    desk.server.out.status = "DEALING"
    waiting = await desk.payouts.transfer(MONEY)
    known = next(iter(desk.server.out.transfers.values()))
    known.status, known.reason = "FAIL", "PAYEE_ACCOUNT_STATUS_ERROR"

    ended = await desk.payouts.transfer(MONEY)

    assert waiting.status == "pending"
    assert (ended.status, ended.failure, ended.amount) == ("failed", "PAYEE_ACCOUNT_STATUS_ERROR", 12_000)


async def test_a_refusal_leaves_a_number_alipay_never_heard_of(desk: Desk) -> None:
    desk.server.out.refuse = "PAYEE_NOT_EXIST"

    with pytest.raises(PaymentRejected, match="PAYEE_NOT_EXIST"):
        await desk.payouts.transfer(MONEY)
    with pytest.raises(PaymentUnknown):
        await desk.payouts.query_transfer(NUMBER)


@pytest.mark.parametrize(
    "wrong", [{"amount": 9}, {"amount": -5}, {"currency": "TWD"}, {"payee_name": ""}, {"number": "W 1"}]
)
async def test_what_makes_no_sense_is_not_sent(desk: Desk, wrong: dict[str, object]) -> None:
    with pytest.raises(PaymentRejected):
        await desk.payouts.transfer(msgspec.structs.replace(MONEY, **wrong))

    assert desk.server.out.transfers == {}


async def test_nothing_can_be_taken_back_and_nobody_tells(desk: Desk) -> None:
    with pytest.raises(PaymentRejected):
        await desk.payouts.cancel_transfer(NUMBER)
    with pytest.raises(UntrustedNotice):
        desk.payouts.parse_transfer_webhook({}, b"out_biz_no=W100001&status=SUCCESS", datetime.now(UTC))


def test_certificates_come_together_and_fit_the_key() -> None:
    alipay_notices.account(alipay_public_key=certificate_pem("alipay"), **CERTIFIED).require_valid()

    with pytest.raises(InvalidCredentials) as one:
        alipay_notices.account(app_certificate=certificate_pem("app")).require_valid()
    with pytest.raises(InvalidCredentials) as other:
        alipay_notices.account(**CERTIFIED | {"app_certificate": certificate_pem("stranger")}).require_valid()

    assert one.value.fields == {"root_certificate": "missing"}
    assert other.value.fields == {"app_certificate": "other_certificate"}
