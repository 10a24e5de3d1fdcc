"""What a program is told to do so that the shopper can pay, and what it learns afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.flows.connect_payments import connect_payments
from infra import wiring
from infra.settings import settings
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests.contract.payment.serving import serving
from tests.contract.payment.wechat_server import WeChatServer
from tests.functional.api.conftest import Program
from tests.functional.api.test_joining_and_buying import joined, place
from tests.functional.storefront.test_choosing_how_to_pay import connect, wechat_secrets
from tests.integration.payments.test_by_hand import TRANSFER, merchant
from tests.invariants import check


@pytest.fixture
async def wechat(shop: Tenant) -> AsyncIterator[WeChatServer]:
    """A store that takes WeChat Pay, whose notices are lost."""
    theirs = WeChatServer()
    theirs.tell = lambda *_: None  # type: ignore[method-assign]
    async with serving(theirs, settings().sandbox_port):
        await connect("wechat", wechat_secrets())
        yield theirs
    await wiring.close()


async def _order(program: Program) -> str:
    sale = await campaigns.campaign(price=2990)
    await program.come()
    number: str = (await place(program, await joined(program, sale.code))).json()["number"]
    return number


async def test_inside_wechat_the_wallet_gets_what_it_needs(
    shop: Tenant, program: Program, wechat: WeChatServer
) -> None:
    number = await _order(program)

    begun = await program.send("POST", f"/orders/{number}/payment", {"way": "wechat", "payer_id": "oReader"})
    (name,) = wechat.orders
    wechat.pay(name)
    paid = await program.send("POST", f"/orders/{number}/payment/checks")

    assert begun["next"] == "wallet"
    assert begun["due"] == {"amount": 2990, "currency": "CNY"}
    assert begun["wallet"]["package"] == f"prepay_id=wx{name}"
    assert wechat.orders[name].asked["payer"] == {"openid": "oReader"}
    assert (paid["payment_status"], paid["due"]["amount"]) == ("paid", 0)
    await check(shop)


async def test_on_a_computer_a_code_is_shown_and_asking_twice_is_one_payment(
    program: Program, wechat: WeChatServer
) -> None:
    number = await _order(program)
    wish: dict[str, Any] = {"way": "wechat", "device": "computer"}

    first = await program.send("POST", f"/orders/{number}/payment", wish)
    again = await program.send("POST", f"/orders/{number}/payment", wish)

    assert first["next"] == "qr"
    assert first["url"].startswith("weixin://")
    assert (again["next"], len(wechat.orders)) == ("qr", 1)


async def test_a_transfer_is_a_promise_and_what_is_not_offered_is_refused(shop: Tenant, program: Program) -> None:
    number = await _order(program)
    await connect_payments("bank_transfer", TRANSFER, by=merchant())

    unknown = await program.ask("POST", f"/orders/{number}/payment", {"way": "barter"})
    promised = await program.send("POST", f"/orders/{number}/payment", {"way": "bank_transfer"})

    assert (unknown.status_code, unknown.json()["code"]) == (409, "payments.nothing_to_pay_with")
    assert (promised["next"], promised["url"]) == ("promise", "")
    assert "bank_transfer" in {way["code"] for way in (await program.get("/store"))["ways_to_pay"]}
    await check(shop)


async def test_what_is_paid_is_not_begun_again(shop: Tenant, program: Program, wechat: WeChatServer) -> None:
    number = await _order(program)
    await program.send("POST", f"/orders/{number}/payment", {"way": "wechat", "device": "computer"})
    wechat.pay(next(iter(wechat.orders)))

    begun = await program.send("POST", f"/orders/{number}/payment", {"way": "wechat", "device": "computer"})
    refused = await program.ask("POST", f"/orders/{number}/payment", {"way": "wechat"})

    assert (begun["next"], begun["due"]["amount"]) == ("paid", 0)
    assert (refused.status_code, refused.json()["code"]) == (409, "payments.not_payable")
    await check(shop)
