"""Inside WeChat's own browser: named by WeChat without a question, then paid by its own sheet."""

from __future__ import annotations

import html
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest

import tenants
from app import orders, payments
from infra import wiring
from infra.settings import settings
from tenants import Tenant
from tests import invariants
from tests.contract.payment import wechat_notices
from tests.contract.payment.serving import serving
from tests.contract.payment.wechat_server import WeChatServer
from tests.functional.conftest import Visitor, store_address
from tests.functional.storefront.test_choosing_how_to_pay import connect, follow, order, wechat_secrets

AGENT = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) AppleWebKit Mobile/15E148 MicroMessenger/8.0.50 Language/en"
SECRETS = wechat_secrets() | {"app_secret": wechat_notices.APP_SECRET}


@dataclass
class Phone:
    """WeChat with its browser, at a store that takes WeChat Pay."""

    theirs: WeChatServer
    visitor: Visitor
    shop: Tenant

    async def order(self) -> httpx.Response:
        """The answer to pressing pay."""
        return await follow(self.visitor, self.shop, await order(self.visitor, self.shop, "wechat"))

    async def named(self, sent: httpx.Response) -> str:
        """WeChat leads the browser back to this address."""
        async with httpx.AsyncClient(trust_env=False) as browser:
            return str((await browser.get(sent.headers["location"])).headers["location"])


@pytest.fixture
async def phone(shop: Tenant, visitor: Visitor) -> AsyncIterator[Phone]:
    theirs = WeChatServer()
    theirs.tell = lambda *_: None  # type: ignore[method-assign] # its notices are lost
    visitor.headers["User-Agent"] = AGENT
    async with serving(theirs, settings().sandbox_port):
        await connect("wechat", SECRETS)
        yield Phone(theirs, visitor, shop)
    await wiring.close()


def _handed_over(page: str) -> dict[str, str]:
    found = re.search(r'data-wallet-pay="([^"]*)"', page)
    assert found, page[:500]
    given: dict[str, str] = json.loads(html.unescape(found[1]))
    return given


async def test_a_shopper_inside_wechat_pays_without_scanning(phone: Phone) -> None:
    sent = await phone.order()
    page = await phone.visitor.get(await phone.named(sent))

    given = _handed_over(page.text)
    (name,) = phone.theirs.orders
    asked = phone.theirs.orders[name].asked
    assert given["package"] == f"prepay_id=wx{name}"
    assert asked["payer"] == {"openid": phone.theirs.people.reader}
    assert "Pay with WeChat" in page.text
    assert not re.search(r"<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=", page.text)

    phone.theirs.pay(name)
    back = re.search(r'data-back="([^"]*)"', page.text)
    assert back
    arrived = await phone.visitor.get(store_address(phone.shop, html.unescape(back[1])))
    assert arrived.status_code == 303
    async with tenants.transaction():
        assert (await orders.find_by_number("T1000001")).payment_status == "paid"
    await invariants.check(phone.shop)


async def test_loading_the_page_again_asks_again_and_is_the_same_payment(phone: Phone) -> None:
    for _time in range(2):
        sent = await phone.visitor.get(await _pay_address(phone))
        assert "data-wallet-pay" in (await phone.visitor.get(await phone.named(sent))).text

    assert len(phone.theirs.orders) == 1


async def _pay_address(phone: Phone) -> str:
    async with tenants.transaction():
        known = await tenants.connection().fetchval("SELECT id FROM orders")
    if known is None:
        await phone.order()
        async with tenants.transaction():
            known = await tenants.connection().fetchval("SELECT id FROM orders")
    return store_address(phone.shop, f"/orders/T1000001/pay?key={orders.access_key(known)}&by=wechat")


async def test_somebody_else_who_pays_for_the_order_gets_a_payment_of_their_own(phone: Phone) -> None:
    first = await phone.named(await phone.order())
    await phone.visitor.get(first)
    phone.theirs.people.reader = "oAnotherReader"

    again = await phone.named(await phone.visitor.get(await _pay_address(phone)))
    page = await phone.visitor.get(again)

    assert "data-wallet-pay" in page.text
    assert [each.state for each in phone.theirs.orders.values()] == ["CLOSED", "NOTPAY"]
    async with tenants.transaction():
        found = await tenants.connection().fetch("SELECT opened_as, status FROM payment ORDER BY number")
    assert [row["status"] for row in found] == ["canceled", "pending"]
    assert all("oAnother" not in row["opened_as"] and row["opened_as"].startswith("jsapi:") for row in found)


@pytest.mark.parametrize("spoil", ["state", "code", "session", "used"])
async def test_a_way_back_that_is_not_ours_opens_nothing(phone: Phone, another_visitor: Visitor, spoil: str) -> None:
    back = httpx.URL(await phone.named(await phone.order()))
    reader = phone.visitor
    if spoil == "state":
        back = back.copy_set_param(
            "state", back.params["state"][:-1] + ("0" if back.params["state"][-1] != "0" else "1")
        )
    elif spoil == "code":
        back = back.copy_set_param("code", "somebody")
    elif spoil == "session":
        reader = another_visitor  # the link with its key was passed on
    else:
        await phone.visitor.get(str(back))

    answer = await reader.get(str(back))

    assert answer.status_code == 409
    assert len(phone.theirs.orders) == (1 if spoil == "used" else 0)
    async with tenants.transaction():
        assert await tenants.connection().fetchval("SELECT count(*) FROM payment") == len(phone.theirs.orders)


async def test_without_the_apps_secret_one_scans_as_before(phone: Phone) -> None:
    async with tenants.transaction():
        await tenants.connection().execute("DELETE FROM payment_account WHERE provider = 'wechat'")
    await connect("wechat", wechat_secrets())

    answer = await phone.order()

    assert "/scan" in answer.headers["location"]


async def test_in_another_browser_nobody_is_sent_to_wechat(phone: Phone) -> None:
    phone.visitor.headers["User-Agent"] = "Mozilla/5.0 Chrome/156 test"

    assert "/scan" in (await phone.order()).headers["location"]


async def test_a_code_begun_on_a_computer_is_closed_when_the_phone_pays(phone: Phone) -> None:
    phone.visitor.headers["User-Agent"] = "Mozilla/5.0 Chrome/156 test"
    await phone.order()
    phone.visitor.headers["User-Agent"] = AGENT

    back = await phone.named(await phone.visitor.get(await _pay_address(phone)))
    await phone.visitor.get(back)

    assert [(each.kind, each.state) for each in phone.theirs.orders.values()] == [
        ("native", "CLOSED"), ("jsapi", "NOTPAY"),
    ]  # fmt: skip
    async with tenants.transaction():
        assert (await payments.find_by_number("T1000001-1")).status == "canceled"
