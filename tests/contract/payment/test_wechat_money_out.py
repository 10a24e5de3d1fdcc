"""WeChat Pay's ways out: transfers a person confirms, and shares of a payment."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from infra.http import Outside
from infra.payment.payouts_port import Payouts, TransferRequest
from infra.payment.port import (
    PaymentRejected,
    PaymentRequest,
    PaymentUnavailable,
    PaymentUnknown,
    UnrelatedNotice,
    WrongMerchant,
)
from infra.payment.sharing_port import ProfitSharing, Receiver, Share, ShareRequest, ShareReturn
from infra.payment.wechat import WeChatPay
from infra.payment.wechat_sharing import WeChatSharing
from infra.payment.wechat_transfers import WeChatTransfers
from tests.contract.conftest import Listener
from tests.contract.payment import wechat_notices as wire
from tests.contract.payment.serving import serving
from tests.contract.payment.wechat_server import WeChatServer

COMMISSION = TransferRequest(
    "W20261122001", "oUpF8uMuAJO", 12_000, "CNY", "佣金 11 月", "1005", {"岗位类型": "推广员", "报酬说明": "佣金"}
)
PARTNER = Share("merchant", "1900000109", 1_000, "Supplier's part")


@pytest.fixture(params=[False, True], ids=["by key", "by certificate"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[WeChatServer]:
    opened = WeChatServer(by_certificate=request.param)
    async with serving(opened):
        yield opened


@pytest.fixture
def payouts(server: WeChatServer, outside: Outside, listener: Listener) -> Payouts:
    account = wire.account(server.url, by_certificate=server.serial == wire.CERTIFICATE_SERIAL)
    return WeChatTransfers(account, outside, notify_url=f"{listener.url}/webhooks/payouts/x")


@pytest.fixture
def sharing(server: WeChatServer, outside: Outside) -> ProfitSharing:
    account = wire.account(server.url, by_certificate=server.serial == wire.CERTIFICATE_SERIAL)
    return WeChatSharing(account, outside)


def asking(**other: Any) -> TransferRequest:
    return msgspec.structs.replace(COMMISSION, **other)


async def test_a_transfer_waits_for_the_person_and_tells_how_to_ask_them(
    payouts: Payouts, server: WeChatServer
) -> None:
    state = await payouts.transfer(COMMISSION)

    assert (state.status, state.amount, state.provider_ref) == ("awaiting_confirmation", 12_000, "1330W20261122001")
    assert state.confirm == {"mchId": wire.MCHID, "appId": wire.APPID, "package": "affffddafdfafddffda=="}
    assert server.out.transfers["W20261122001"].asked["transfer_scene_report_infos"] == [
        {"info_type": "岗位类型", "info_content": "推广员"},
        {"info_type": "报酬说明", "info_content": "佣金"},
    ]


async def test_the_same_number_twice_is_one_transfer_and_still_tells_how_to_confirm(payouts: Payouts) -> None:
    assert await payouts.transfer(COMMISSION) == await payouts.transfer(COMMISSION)
    with pytest.raises(PaymentRejected, match="number_conflict"):
        await payouts.transfer(asking(amount=1))


@pytest.mark.parametrize(("state", "status"), [("SUCCESS", "succeeded"), ("FAIL", "failed"), ("CANCELLED", "canceled")])
async def test_the_end_of_a_transfer_is_told_and_can_be_asked_for(
    payouts: Payouts, server: WeChatServer, listener: Listener, state: str, status: str
) -> None:
    await payouts.transfer(COMMISSION)
    server.out.end_transfer("W20261122001", state)
    (told,) = await listener.wait_for(1)

    notice = payouts.parse_transfer_webhook(told.headers, told.body, datetime.now(UTC))

    assert (notice.state.number, notice.state.status, notice.state.amount) == ("W20261122001", status, 12_000)
    assert notice.state == await payouts.query_transfer("W20261122001") == await payouts.transfer(COMMISSION)


async def test_an_offer_nobody_took_can_be_taken_back(payouts: Payouts, server: WeChatServer) -> None:
    await payouts.transfer(COMMISSION)

    assert (await payouts.cancel_transfer("W20261122001")).status == "pending"
    server.out.end_transfer("W20261122001", "CANCELLED")
    assert (await payouts.query_transfer("W20261122001")).status == "canceled"


async def test_money_already_taken_cannot_be_taken_back(payouts: Payouts, server: WeChatServer) -> None:
    await payouts.transfer(COMMISSION)
    server.out.end_transfer("W20261122001", "SUCCESS")

    with pytest.raises(PaymentRejected, match="INVALID_REQUEST"):
        await payouts.cancel_transfer("W20261122001")


async def test_a_name_travels_encrypted(payouts: Payouts, server: WeChatServer) -> None:
    with pytest.raises(PaymentRejected, match="payee_name_missing"):
        await payouts.transfer(asking(amount=200_000))

    assert (await payouts.transfer(asking(amount=200_000, payee_name="陈美玲"))).status == "awaiting_confirmation"
    assert server.out.names == ["陈美玲"]


@pytest.mark.parametrize(
    ("other", "code"),
    [({"amount": 0}, "bad_amount"), ({"currency": "TWD"}, "currency_not_offered"), ({"number": "W-1"}, "bad_number")],
)
async def test_senseless_transfers_are_refused(payouts: Payouts, other: dict[str, Any], code: str) -> None:
    with pytest.raises(PaymentRejected, match=code):
        await payouts.transfer(asking(**other))


async def test_after_an_unclear_answer_the_same_number_is_asked_again(payouts: Payouts, server: WeChatServer) -> None:
    with pytest.raises(PaymentUnknown):
        await payouts.query_transfer("W20261122001")
    server.always = "error_after"
    with pytest.raises(PaymentUnavailable):
        await payouts.transfer(COMMISSION)
    server.always = None

    assert (await payouts.transfer(COMMISSION)).status == "awaiting_confirmation"
    assert len(server.out.transfers) == 1


async def test_a_transfer_is_not_news_of_a_payment_nor_the_other_way_round(
    payouts: Payouts, server: WeChatServer, listener: Listener, outside: Outside
) -> None:
    await payouts.transfer(COMMISSION)
    server.out.end_transfer("W20261122001", "SUCCESS")
    (told,) = await listener.wait_for(1)
    both = wire.account(server.url, by_certificate=server.serial == wire.CERTIFICATE_SERIAL)
    elsewhere = msgspec.structs.replace(both, mchid="1900000001")

    with pytest.raises(UnrelatedNotice):
        WeChatPay(both, outside, notify_url="").parse_webhook(told.headers, told.body, datetime.now(UTC))
    with pytest.raises(WrongMerchant):
        WeChatTransfers(elsewhere, outside, notify_url="").parse_transfer_webhook(
            told.headers, told.body, datetime.now(UTC)
        )


async def paid(server: WeChatServer, outside: Outside, *, shared: bool = True) -> str:
    """WeChat's name of a paid payment of 100 yuan."""
    account = wire.account(server.url, by_certificate=server.serial == wire.CERTIFICATE_SERIAL)
    provider = WeChatPay(account, outside, notify_url=f"{server.url}/nowhere")
    await provider.create(PaymentRequest("PAY-001", 10_000, "CNY", "Tea", "http://tea.localhost", shared=shared))
    server.pay("PAY-001")
    return (await provider.query("PAY-001")).provider_ref


async def test_a_payment_is_shared_once_and_the_rest_is_given_free(
    sharing: ProfitSharing, server: WeChatServer, outside: Outside
) -> None:
    payment = await paid(server, outside)
    await sharing.add_receiver(Receiver("merchant", PARTNER.account, "SUPPLIER", "Tea Farm Ltd"))
    order = ShareRequest("S-001", payment, (PARTNER,))

    first, second = await sharing.share(order), await sharing.share(order)
    assert first == second
    assert (first.finished, first.shares[0].status, await sharing.unshared_amount(payment)) == (False, "pending", 9_000)
    server.out.end_sharing("S-001")
    assert (await sharing.query_share("S-001", payment)).shares[0].status == "succeeded"

    done = await sharing.finish("S-002", payment, "Everything is shared")
    assert (done.finished, done.shares[0].amount, await sharing.unshared_amount(payment)) == (True, 9_000, 0)


async def test_a_failed_share_tells_why(sharing: ProfitSharing, server: WeChatServer, outside: Outside) -> None:
    payment = await paid(server, outside)
    await sharing.add_receiver(Receiver("person", "oUpF8uMuAJO", "DISTRIBUTOR"))
    await sharing.share(
        ShareRequest("S-001", payment, (Share("person", "oUpF8uMuAJO", 500, "Commission"),), finish=True)
    )
    server.out.end_sharing("S-001", "CLOSED")

    (share,) = (await sharing.query_share("S-001", payment)).shares

    assert (share.status, share.failure) == ("failed", "ACCOUNT_ABNORMAL")


async def test_nothing_is_shared_with_strangers_or_beyond_what_is_held(
    sharing: ProfitSharing, server: WeChatServer, outside: Outside
) -> None:
    payment = await paid(server, outside)
    with pytest.raises(PaymentRejected, match="PARAM_ERROR"):
        await sharing.share(ShareRequest("S-001", payment, (PARTNER,)))
    await sharing.add_receiver(Receiver("merchant", PARTNER.account, "SUPPLIER"))
    with pytest.raises(PaymentRejected, match="NOT_ENOUGH"):
        await sharing.share(ShareRequest("S-001", payment, (msgspec.structs.replace(PARTNER, amount=10_001),)))
    with pytest.raises(PaymentRejected, match="bad_shares"):
        await sharing.share(ShareRequest("S-001", payment, ()))

    assert await sharing.unshared_amount(payment) == 10_000


async def test_only_money_that_was_held_back_can_be_shared(
    sharing: ProfitSharing, server: WeChatServer, outside: Outside
) -> None:
    payment = await paid(server, outside, shared=False)

    with pytest.raises(PaymentRejected, match="INVALID_REQUEST"):
        await sharing.unshared_amount(payment)


async def test_a_merchants_share_is_taken_back_once(
    sharing: ProfitSharing, server: WeChatServer, outside: Outside
) -> None:
    payment = await paid(server, outside)
    await sharing.add_receiver(Receiver("merchant", PARTNER.account, "SUPPLIER"))
    await sharing.share(ShareRequest("S-001", payment, (PARTNER,)))
    wanted = ShareReturn("B-001", "S-001", PARTNER.account, 400)

    assert (await sharing.take_back(wanted, "Returned goods")).status == "pending"
    assert (await sharing.query_return("B-001", "S-001")).status == "succeeded"
    assert (await sharing.take_back(wanted, "Returned goods")).status == "succeeded"
    with pytest.raises(PaymentRejected, match="number_conflict"):
        await sharing.take_back(msgspec.structs.replace(wanted, amount=1), "Returned goods")
    with pytest.raises(PaymentUnknown):
        await sharing.query_return("B-002", "S-001")
