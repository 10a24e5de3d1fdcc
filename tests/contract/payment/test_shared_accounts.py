"""Two stores at one merchant's account: they count alike, and never see each other's money."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime

import httpx
import pytest

from infra.http import Outside
from infra.payment.alipay import Alipay
from infra.payment.payouts_port import TransferRequest
from infra.payment.port import (
    PaymentIntent,
    PaymentRejected,
    PaymentRequest,
    PaymentUnknown,
    RefundRequest,
    UnrelatedNotice,
)
from infra.payment.sharing_port import Receiver, Share, ShareRequest, ShareReturn
from infra.payment.wechat import WeChatPay
from infra.payment.wechat_sharing import WeChatSharing
from infra.payment.wechat_transfers import WeChatTransfers
from tests.contract.conftest import Listener
from tests.contract.payment import alipay_notices, bills, wechat_notices
from tests.contract.payment.alipay_server import AlipayServer
from tests.contract.payment.serving import serving
from tests.contract.payment.wechat_server import WeChatServer

ORDER = PaymentRequest("T1000001-1", 4_390, "CNY", "Tea", "http://tea.localhost/orders/1", shared=True)
MARKS = ("5e1f00aa", "77c0ffee")


class Stores:
    """Tea and honey, at one provider's server."""

    def __init__(self, server: WeChatServer | AlipayServer, make: Callable[[str], WeChatPay | Alipay]) -> None:
        self.server = server
        self.tea, self.honey = map(make, MARKS)

    async def buy_tea(self, intent: PaymentIntent) -> None:
        """A code is scanned, a link is followed."""
        if intent.kind == "qr":
            self.server.pay(f"T1000001-1_{MARKS[0]}")
            return
        async with httpx.AsyncClient(trust_env=False) as browser:
            assert (await browser.get(intent.pay_url)).status_code == 200
        self.server.pay(f"T1000001_1_{MARKS[0]}")


@pytest.fixture(params=["wechat", "alipay"])
async def stores(request: pytest.FixtureRequest, outside: Outside, listener: Listener) -> AsyncIterator[Stores]:
    notify_url, listener.reply = f"{listener.url}/webhooks/payments/x", b"success"
    async with AsyncExitStack() as stack:
        if request.param == "wechat":
            wechat = WeChatServer()
            await stack.enter_async_context(serving(wechat))
            account = wechat_notices.account(wechat.url)
            yield Stores(wechat, lambda mark: WeChatPay(account, outside, notify_url=notify_url, mark=mark))
        else:
            alipay = AlipayServer()
            await stack.enter_async_context(serving(alipay))
            theirs = alipay_notices.account(alipay.gateway)
            yield Stores(alipay, lambda mark: Alipay(theirs, outside, notify_url=notify_url, mark=mark))


async def test_one_stores_order_is_not_paid_by_the_others(stores: Stores, listener: Listener) -> None:
    await stores.honey.create(ORDER)
    await stores.buy_tea(await stores.tea.create(ORDER))
    (told,) = await listener.wait_for(1)

    assert (await stores.tea.query("T1000001-1")).status == "captured"
    assert stores.tea.parse_webhook(told.headers, told.body, datetime.now(UTC)).state.number == "T1000001-1"
    try:
        assert (await stores.honey.query("T1000001-1")).status == "pending"
    except PaymentUnknown:
        assert isinstance(stores.server, AlipayServer)  # nobody followed the link yet
    with pytest.raises(UnrelatedNotice):
        stores.honey.parse_webhook(told.headers, told.body, datetime.now(UTC))


async def test_one_store_cannot_give_back_the_others_money(stores: Stores) -> None:
    await stores.honey.create(ORDER)
    await stores.buy_tea(await stores.tea.create(ORDER))
    back = RefundRequest("T1000001-1-R1", "T1000001-1", 390, "CNY", payment_amount=4_390)

    with pytest.raises(PaymentRejected):
        await stores.honey.refund(back)
    assert (await stores.tea.refund(back)).number == "T1000001-1-R1"
    assert (await stores.tea.query_refund("T1000001-1-R1", "T1000001-1")).payment_number == "T1000001-1"


async def test_each_store_reads_its_own_lines_of_the_merchants_bill(stores: Stores) -> None:
    noon = "2026-01-22 12:00:00"
    if isinstance(stores.server, WeChatServer):
        names = [f"T1000001-1_{MARKS[0]}", "POS-0001", f"T1000001-1_{MARKS[1]}"]
        rows = [bills.wechat_payment(noon, name, "43.90", "0.26") for name in names]
        rows.append(bills.wechat_refund(noon, names[0], f"T1000001-1-R1_{MARKS[0]}@2", "3.90", "-0.02"))
        stores.server.bills = {"2026-01-22": bills.wechat(*rows)}
    else:
        names = [f"T1000001_1_{MARKS[0]}", "POS0001", f"T1000001_1_{MARKS[1]}"]
        rows = [bills.alipay_row(noon, name, "交易", "43.90", "-0.26") for name in names]
        request = f"T1000001_1_R1_{MARKS[0]}"
        rows.append(bills.alipay_row(noon, names[0], "退款", "-3.90", "0.02", request=request))
        stores.server.bills = {"2026-01-22": bills.alipay(*rows)}

    tea, honey = [await store.statement(date(2026, 1, 22)) for store in (stores.tea, stores.honey)]

    assert [(line.number, line.kind, line.amount) for line in tea] == [
        ("T1000001-1", "payment", 4_390),
        ("T1000001-1-R1", "refund", 390),
    ]
    assert [line.number for line in honey] == ["T1000001-1"]


async def test_transfers_and_shares_are_marked_too(outside: Outside, listener: Listener) -> None:
    server = WeChatServer()
    async with serving(server):
        account, url = wechat_notices.account(server.url), f"{listener.url}/webhooks/payouts/x"
        tea, honey = (WeChatTransfers(account, outside, notify_url=url, mark=mark) for mark in MARKS)
        sharing = WeChatSharing(account, outside, mark=MARKS[0])
        payments = WeChatPay(account, outside, notify_url=url, mark=MARKS[0])

        state = await tea.transfer(TransferRequest("W001", "oUpF8", 100, "CNY", "commission", "1005"))
        server.out.end_transfer(f"W001{MARKS[0]}", "SUCCESS")
        (told,) = await listener.wait_for(1)
        await payments.create(ORDER)
        server.pay(f"T1000001-1_{MARKS[0]}")
        payment = (await payments.query("T1000001-1")).provider_ref
        await sharing.add_receiver(Receiver("merchant", "1900000109", "SUPPLIER"))
        shared = await sharing.share(ShareRequest("S1", payment, (Share("merchant", "1900000109", 100, "part"),)))
        back = await sharing.take_back(ShareReturn("B1", "S1", "1900000109", 50), "returned goods")

        assert state.number == "W001"
        assert tea.parse_transfer_webhook(told.headers, told.body, datetime.now(UTC)).state.number == "W001"
        with pytest.raises(UnrelatedNotice):
            honey.parse_transfer_webhook(told.headers, told.body, datetime.now(UTC))
        with pytest.raises(PaymentUnknown):
            await honey.query_transfer("W001")
        assert (shared.number, back.number, back.share_number) == ("S1", "B1", "S1")
        assert list(server.out.sharings) == [f"S1_{MARKS[0]}"]
        assert (await sharing.query_share("S1", payment)).number == "S1"
        assert (await sharing.query_return("B1", "S1")).status == "succeeded"
