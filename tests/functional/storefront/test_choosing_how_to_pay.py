"""A shopper chooses among what the store offers: online, by scanning, by transfer, in cash."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

import tenants
from app import orders, payments
from app.flows.cancel_order import cancel_order
from app.flows.connect_payments import offer_payments
from app.flows.settle_payment import settle_payment
from app.kernel.clock import now
from app.kernel.ids import new_id
from infra import wiring
from infra.payment.statement_port import STATEMENTS
from infra.settings import settings
from tenants import Tenant
from tests import builders_selling as selling
from tests import invariants
from tests.contract.payment import wechat_notices
from tests.contract.payment.serving import Asked, Said, serving
from tests.contract.payment.stripe_server import StripeServer
from tests.contract.payment.wechat_server import WeChatServer
from tests.functional.conftest import Visitor, store_address
from tests.functional.storefront.test_buying import ADDRESS, _add, _hidden
from tests.integration.payments.test_by_hand import TRANSFER, merchant
from workers.context import JobContext
from workers.payments import HANDLERS
from workers.reconciliation import HANDLERS as RECONCILIATION

KEYS = {"secret_key": "sk_test_51abcdefgh", "webhook_secret": "whsec_0123456789abcdef"}


@pytest.fixture
async def stripe() -> AsyncIterator[StripeServer]:
    """Stripe on the one port of this machine that outbound calls may reach."""
    theirs = StripeServer(**KEYS)  # type: ignore[arg-type] # these two fields are texts
    async with serving(theirs, settings().sandbox_port):
        yield theirs
    await wiring.close()


@pytest.fixture
async def wechat() -> AsyncIterator[WeChatServer]:
    theirs = WeChatServer()
    async with serving(theirs, settings().sandbox_port):
        yield theirs
    await wiring.close()


async def connect(vendor: str, secrets: dict[str, str], **public: Any) -> None:
    account = new_id()
    sealed = wiring.OF_PAYMENTS.seal(secrets, tenant_id=tenants.current().id, row_id=account)
    async with tenants.transaction():
        await payments.save_account(
            account, vendor, merchant_id="", credentials_sealed=sealed, settings=public,
            base_url=f"http://127.0.0.1:{settings().sandbox_port}",
        )  # fmt: skip


def wechat_secrets() -> dict[str, str]:
    account = wechat_notices.account()
    names = ("mchid", "appid", "serial_no", "private_key", "apiv3_key", "public_key_id", "public_key")
    return {name: getattr(account, name) for name in names}


async def checkout(visitor: Visitor, shop: Tenant) -> str:
    await _add(visitor, shop, await selling.offer(price=4390))
    visitor.headers["Accept-Language"] = "en"
    return (await visitor.get(store_address(shop, "/checkout"))).text


async def order(visitor: Visitor, shop: Tenant, way: str) -> httpx.Response:
    page = await checkout(visitor, shop)
    form = ADDRESS | {"cart": _hidden(page, "cart"), "seen_total": _hidden(page, "seen_total"), "payment": way}
    return await visitor.submit(store_address(shop, "/checkout"), form, page=store_address(shop, "/checkout"))


async def follow(visitor: Visitor, shop: Tenant, answer: httpx.Response) -> httpx.Response:
    assert answer.status_code == 303, answer.text[:500]
    return await visitor.get(str(httpx.URL(store_address(shop)).join(answer.headers["location"])))


def offered(page: str) -> list[str]:
    return re.findall(r'type="radio" name="payment" value="(\w+)"', page)


async def test_with_one_way_to_pay_there_is_nothing_to_choose(shop: Tenant, visitor: Visitor) -> None:
    page = await checkout(visitor, shop)

    assert offered(page) == []
    assert _hidden(page, "payment") == "sandbox"


async def test_all_that_is_offered_is_shown_in_the_merchants_order(shop: Tenant, visitor: Visitor) -> None:
    await connect("stripe", KEYS)
    await connect("bank_transfer", {}, **TRANSFER)
    await offer_payments("sandbox", False, by=merchant())

    assert offered(await checkout(visitor, shop)) == ["stripe", "bank_transfer"]


async def test_what_does_not_take_the_stores_currency_is_not_offered(visitor: Visitor, pools: None) -> None:
    from tests.builders import open_store

    shop = await open_store(f"jpy-{new_id().hex[-10:]}", currency="JPY")
    with tenants.bind(shop):
        for vendor in ("wechat", "alipay", "stripe"):
            await connect(vendor, KEYS)

        assert offered(await checkout(visitor, shop)) == ["sandbox", "stripe"]


async def test_a_way_that_is_not_offered_orders_nothing(shop: Tenant, visitor: Visitor) -> None:
    answer = await order(visitor, shop, "stripe")

    assert answer.status_code == 409
    assert "does not offer this way to pay" in answer.text
    async with tenants.transaction():
        assert await tenants.connection().fetchval("SELECT count(*) FROM orders") == 0


async def test_a_store_that_offers_nothing_says_so(shop: Tenant, visitor: Visitor) -> None:
    await offer_payments("sandbox", False, by=merchant())

    assert "cannot take payments right now" in await checkout(visitor, shop)


async def test_a_transfer_shows_where_to_and_under_which_reference(shop: Tenant, visitor: Visitor) -> None:
    await connect("bank_transfer", {}, **TRANSFER)

    page = (await follow(visitor, shop, await order(visitor, shop, "bank_transfer"))).text

    for words in ("Peach Co", "Bank of Wuxi", "12 345 678", "T1000001-1", "Pay another way"):
        assert words in page, words


async def test_cash_is_promised_at_checkout_and_never_by_a_mere_link(shop: Tenant, visitor: Visitor) -> None:
    await connect("cash_on_delivery", {})
    placed = await selling.order()
    async with tenants.transaction():
        key = await tenants.connection().fetchval("SELECT number FROM orders WHERE id = $1", placed.order_id)

    await visitor.get(store_address(shop, f"/orders/{key}/pay?key={placed.key}&by=cash_on_delivery"))
    async with tenants.transaction():
        assert await payments.newest_of(placed.order_id) is None
    page = (await follow(visitor, shop, await order(visitor, shop, "cash_on_delivery"))).text

    assert "ready when the parcel arrives" in page
    assert "Ordered, being packed" in page


async def test_stripe_is_paid_on_its_own_page(shop: Tenant, visitor: Visitor, stripe: StripeServer) -> None:
    await connect("stripe", KEYS)

    answer = await follow(visitor, shop, await order(visitor, shop, "stripe"))

    (session,) = stripe.sessions.values()
    assert answer.headers["location"] == session["url"]
    assert (session["amount_total"], session["client_reference_id"]) == (4390, "T1000001-1")
    async with tenants.transaction():
        payment = await payments.find_by_number("T1000001-1")
    assert (payment.provider, payment.provider_ref) == ("stripe", session["id"])


async def test_turning_to_another_way_closes_the_page_of_the_first(
    shop: Tenant, visitor: Visitor, stripe: StripeServer
) -> None:
    await connect("stripe", KEYS)
    await connect("bank_transfer", {}, **TRANSFER)
    first = await order(visitor, shop, "stripe")
    await follow(visitor, shop, first)
    here = first.headers["location"].partition("/pay?")[0]
    key = re.search(r"key=([^&]+)", first.headers["location"])
    assert key
    page = store_address(shop, f"{here}?key={key[1]}")

    await visitor.submit(store_address(shop, f"{here}/payment?key={key[1]}"), {"payment": "bank_transfer"}, page=page)

    (session,) = stripe.sessions.values()
    assert session["status"] == "expired"
    async with tenants.transaction():
        closed, begun = [await payments.find_by_number(f"T1000001-{at}") for at in (1, 2)]
    assert (closed.status, begun.provider, begun.status) == ("canceled", "bank_transfer", "pending")


async def test_wechat_is_scanned_and_the_page_looks_by_itself(
    shop: Tenant, visitor: Visitor, wechat: WeChatServer
) -> None:
    await connect("wechat", wechat_secrets())

    to_scan = await follow(visitor, shop, await order(visitor, shop, "wechat"))
    page = await follow(visitor, shop, to_scan)

    assert "<svg" in page.text
    assert '<meta http-equiv="refresh"' in page.text
    assert "WeChat Pay" in page.text
    async with tenants.transaction():
        payment = await payments.find_by_number("T1000001-1")
    await settle_payment(selling.captured(payment), source="wechat")
    paid = await visitor.get(str(httpx.URL(store_address(shop)).join(to_scan.headers["location"])))
    assert paid.status_code == 303
    assert "/scan" not in paid.headers["location"]


@pytest.mark.parametrize(("key", "error"), [("sk_test_51abcdefgh", ""), ("sk_test_00guessguess", "untrusted")])
async def test_checking_a_connection_asks_the_provider_for_real(
    shop: Tenant, stripe: StripeServer, key: str, error: str
) -> None:
    await connect("stripe", KEYS | {"secret_key": key})

    await HANDLERS["payments.check_account"](JobContext(new_id(), "payments.check_account", 1, 1), code="stripe")

    async with tenants.transaction():
        account = await payments.account_of("stripe")
    assert error in account["last_error"]
    assert (account["last_ok_at"] is not None) == (not error)
    assert stripe.requests[-1][0] == "GET /v1/account"


async def _silent(theirs: WeChatServer) -> None:
    """Every notice is lost."""
    theirs.tell = lambda *_: None  # type: ignore[method-assign] # what this server does on its own


async def test_whoever_paid_and_presses_pay_again_is_thanked(
    shop: Tenant, visitor: Visitor, wechat: WeChatServer
) -> None:
    await connect("wechat", wechat_secrets())
    await _silent(wechat)
    placed = await order(visitor, shop, "wechat")
    await follow(visitor, shop, placed)
    wechat.pay(next(iter(wechat.orders)))

    again = await follow(visitor, shop, placed)

    assert again.headers["location"].startswith("/orders/T1000001?")
    async with tenants.transaction():
        assert (await payments.find_by_number("T1000001-1")).status == "captured"
        assert await payments.newest_of((await orders.find_by_number("T1000001")).id) is not None
    assert "Paid, being packed" in (await follow(visitor, shop, again)).text
    await invariants.check(shop)


async def test_a_paid_try_whose_link_was_never_written_down_is_found_as_well(
    shop: Tenant, visitor: Visitor, wechat: WeChatServer
) -> None:
    """WeChat answers ORDERPAID to whoever opens it again."""
    await connect("wechat", wechat_secrets())
    await _silent(wechat)
    placed = await order(visitor, shop, "wechat")
    await follow(visitor, shop, placed)
    wechat.pay(next(iter(wechat.orders)))
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE payment SET provider_ref = NULL, pay_url = NULL")

    await follow(visitor, shop, placed)

    async with tenants.transaction():
        paid = await payments.find_by_number("T1000001-1")
    assert (paid.status, paid.provider_ref) == ("captured", wechat.orders[next(iter(wechat.orders))].transaction_id)
    await invariants.check(shop)


async def test_turning_to_another_way_finds_out_that_the_first_was_paid(
    shop: Tenant, visitor: Visitor, wechat: WeChatServer
) -> None:
    await connect("wechat", wechat_secrets())
    await connect("bank_transfer", {}, **TRANSFER)
    await _silent(wechat)
    placed = await order(visitor, shop, "wechat")
    await follow(visitor, shop, placed)
    wechat.pay(next(iter(wechat.orders)))
    here, key = re.findall(r"^(/orders/T\d+)/pay\?key=([^&]+)", placed.headers["location"])[0]

    await visitor.submit(
        store_address(shop, f"{here}/payment?key={key}"), {"payment": "bank_transfer"},
        page=store_address(shop, f"{here}?key={key}"),
    )  # fmt: skip

    async with tenants.transaction():
        found = await orders.find_by_number("T1000001")
        assert await payments.open_payments_of(found.id) == []
    assert found.payment_status == "paid"
    await invariants.check(shop)


async def test_the_page_one_comes_back_to_asks_the_provider_itself(
    shop: Tenant, visitor: Visitor, wechat: WeChatServer
) -> None:
    await connect("wechat", wechat_secrets())
    await _silent(wechat)
    placed = await order(visitor, shop, "wechat")
    await follow(visitor, shop, placed)
    back = store_address(shop, placed.headers["location"].partition("&by=")[0].replace("/pay?", "/paid-return?"))

    waits = await visitor.get(back)
    wechat.pay(next(iter(wechat.orders)))
    just_asked = await visitor.get(back)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE payment SET asked_at = asked_at - interval '1 minute'")
    arrived = await visitor.get(back)

    assert "Waiting for the provider" in waits.text
    assert just_asked.status_code == 200  # not asked again within seconds, however often the page looks
    assert arrived.status_code == 303
    assert "Paid. Thank you." in (await follow(visitor, shop, arrived)).text


async def test_an_order_that_is_called_off_while_its_payment_is_opened_cannot_be_paid(
    shop: Tenant, visitor: Visitor, wechat: WeChatServer
) -> None:
    """The one who closed the try found nothing to close over there, because it was not there yet."""
    await connect("wechat", wechat_secrets())
    placed = await order(visitor, shop, "wechat")
    answer, number = wechat.answer, "T1000001"

    async def called_off(asked: Asked) -> Said:
        with tenants.bind(shop):
            async with tenants.transaction():
                found = await orders.find_by_number(number)
            await cancel_order(found.id, actor="shopper")
            async with tenants.transaction():
                await tenants.connection().execute("UPDATE outbox SET status = 'done'")
        wechat.answer = answer  # type: ignore[method-assign] # only the first request meets this
        return await answer(asked)

    wechat.answer = called_off  # type: ignore[method-assign] # as above

    led = await follow(visitor, shop, placed)

    assert led.headers["location"].startswith(f"/orders/{number}?")
    async with tenants.transaction():
        waiting = await tenants.connection().fetchval(
            "SELECT count(*) FROM outbox WHERE kind = 'payments.close_at_provider' AND status = 'due'"
        )
        payment = await payments.find_by_number(f"{number}-1")
    assert waiting == 1
    await HANDLERS["payments.close_at_provider"](
        JobContext(new_id(), "payments.close_at_provider", 1, 1), payment_id=str(payment.id)
    )
    assert [each.state for each in wechat.orders.values()] == ["CLOSED"]


async def test_a_day_at_stripe_is_compared_without_anybody_asking(
    shop: Tenant, visitor: Visitor, stripe: StripeServer
) -> None:
    await connect("stripe", KEYS)
    answer = await follow(visitor, shop, await order(visitor, shop, "stripe"))
    async with httpx.AsyncClient(trust_env=False) as browser:
        await browser.post(answer.headers["location"], data={"choice": "pay"})
    async with tenants.transaction():
        payment = await payments.find_by_number("T1000001-1")
    await settle_payment(selling.captured(payment), source="stripe")
    yesterday = now() - timedelta(days=1)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE payment SET captured_at = $1", yesterday)
        await tenants.connection().execute("UPDATE payment_account SET created_at = created_at - interval '2 days'")
        wanted = await payments.awaited_statements(now().date(), STATEMENTS)
    stripe.balance.moves[0]["created"] = int(yesterday.timestamp())

    assert ("stripe", yesterday.date()) in wanted
    await RECONCILIATION["reconciliation.statement"](
        JobContext(new_id(), "reconciliation.statement", 1, 1), provider="stripe", day=yesterday.date().isoformat()
    )

    async with tenants.transaction():
        (statement,) = (await payments.statements()).items
        fee = await tenants.connection().fetchval("SELECT count(*) FROM ledger_transaction WHERE kind = 'psp_fee'")
    assert (statement.provider, statement.matched, statement.differences, fee) == ("stripe", 1, 0, 1)
    await invariants.check(shop)
