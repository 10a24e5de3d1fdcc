"""Inside WeChat a program signs its shopper in with what `wx.login` gave, and pays under that name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import tenants
from app import payments
from app.flows.connect_payments import connect_payments
from infra import wiring
from infra.payment.sandbox_server.app import build_app
from infra.settings import settings
from tenants import Tenant, lifecycle
from tests import builders_campaigns as campaigns
from tests.builders_running import serving as running
from tests.contract.payment import wechat_notices
from tests.contract.payment.serving import serving
from tests.contract.payment.wechat_server import WeChatServer
from tests.functional.api.conftest import Program
from tests.functional.api.test_joining_and_buying import joined, place
from tests.functional.api.test_own_account import ACCOUNT, registered
from tests.functional.storefront.test_choosing_how_to_pay import connect, wechat_secrets
from tests.integration.payments.test_by_hand import merchant
from tests.invariants import check

SECRETS = wechat_secrets() | {"mini_appid": wechat_notices.MINI_APPID, "mini_secret": wechat_notices.MINI_SECRET}


@pytest.fixture
async def wechat(shop: Tenant) -> AsyncIterator[WeChatServer]:
    """A store with a mini-program, at a WeChat whose notices are lost."""
    theirs = WeChatServer()
    theirs.tell = lambda *_: None  # type: ignore[method-assign]
    async with serving(theirs, settings().sandbox_port):
        await connect("wechat", SECRETS)
        yield theirs
    await wiring.close()


async def come(program: Program, theirs: WeChatServer, **facts: str) -> Any:
    said = await program.send("POST", "/session/wallet", {"code": theirs.people.login()} | facts)
    program.token = said["token"]
    return said


async def test_whoever_comes_again_has_the_same_account(
    shop: Tenant, program: Program, another_program: Program, wechat: WeChatServer
) -> None:
    first = await come(program, wechat, name="Lin")
    await registered(program, email="lin@example.test")
    again = await come(another_program, wechat)
    wechat.people.reader = "oSomebodyElse"
    program.token = ""
    other = await come(program, wechat)

    assert first["customer"] == {"name": "Lin", "email": ""}
    assert again["customer"] == {"name": "Lin", "email": "lin@example.test"}
    assert other["customer"]["email"] == ""
    async with tenants.transaction():
        assert await tenants.connection().fetchval("SELECT count(*) FROM customer") == 2


async def test_the_order_is_paid_under_the_name_the_program_signed_in_with(
    shop: Tenant, program: Program, wechat: WeChatServer
) -> None:
    sale = await campaigns.campaign(price=2990)
    await come(program, wechat)
    number = (await place(program, await joined(program, sale.code))).json()["number"]

    begun = await program.send("POST", f"/orders/{number}/payment", {"way": "wechat", "device": "mini_program"})
    (name,) = wechat.orders
    wechat.pay(name)
    paid = await program.send("POST", f"/orders/{number}/payment/checks")

    asked = wechat.orders[name].asked
    assert (asked["appid"], asked["payer"]) == (wechat_notices.MINI_APPID, {"openid": wechat.people.reader})
    assert (begun["next"], begun["wallet"]["appId"]) == ("wallet", wechat_notices.MINI_APPID)
    assert paid["payment_status"] == "paid"
    await check(shop)


async def test_who_did_not_sign_in_with_the_wallet_is_not_named(
    shop: Tenant, program: Program, wechat: WeChatServer
) -> None:
    sale = await campaigns.campaign(price=2990)
    await program.come()
    number = (await place(program, await joined(program, sale.code))).json()["number"]

    answer = await program.ask("POST", f"/orders/{number}/payment", {"way": "wechat", "device": "mini_program"})

    assert (answer.status_code, answer.json()["code"], wechat.orders) == (409, "payments.nobody_named", {})


async def test_an_account_with_a_password_gets_the_wallet_added_and_nobody_elses(
    shop: Tenant, program: Program, another_program: Program, wechat: WeChatServer
) -> None:
    await registered(program)
    await come(program, wechat)
    await registered(another_program, email="wu@example.test", name="Wu")

    taken = await another_program.ask("POST", "/session/wallet", {"code": wechat.people.login()})
    another_program.token = ""
    again = await come(another_program, wechat)

    assert (taken.status_code, taken.json()["code"]) == (409, "customers.wallet_taken")
    assert again["customer"]["email"] == ACCOUNT["email"]


async def test_a_code_that_is_none_signs_nobody_in(shop: Tenant, program: Program, wechat: WeChatServer) -> None:
    code = wechat.people.login()
    used = [await program.ask("POST", "/session/wallet", {"code": code}) for _ in range(2)][1]
    wechat.people.busy = True
    away = await program.ask("POST", "/session/wallet", {"code": wechat.people.login()})

    assert (used.status_code, used.json()["code"]) == (409, "customers.code_refused")
    assert (away.status_code, away.json()["code"]) == (503, "customers.wallet_away")
    async with tenants.transaction():
        assert await tenants.connection().fetchval("SELECT count(*) FROM wallet_name") == 1


async def test_the_sandbox_speaks_for_a_new_store(shop: Tenant, program: Program, tmp_path: Path) -> None:
    async with running(build_app(tmp_path / "books.sqlite3"), settings().sandbox_port, lifespan="on"):
        async with tenants.transaction():
            account = await payments.account_of("sandbox")
        secret = lifecycle.webhook_secret(shop.id, "payments")
        await wiring.register_payments(account, tenant_id=shop.id, webhook_secret=secret, name="Tea")
        async with httpx.AsyncClient(trust_env=False) as phone:
            asked = {"appid": account["merchant_id"], "person": "Lin"}
            code = (await phone.get(f"{account['base_url']}/phone/login", params=asked)).json()["code"]

        said = await program.send("POST", "/session/wallet", {"code": code})
    await wiring.close()

    assert said["customer"] == {"name": "Shopper from WeChat", "email": ""}


async def test_a_store_without_a_mini_program_says_so(shop: Tenant, program: Program) -> None:
    async with tenants.transaction():
        await payments.enable_account("sandbox", False)

    answer = await program.ask("POST", "/session/wallet", {"code": "abc"})

    assert (answer.status_code, answer.json()["code"]) == (409, "customers.no_program")


async def test_the_programs_secret_is_sealed_like_every_other(shop: Tenant) -> None:
    await connect_payments("wechat", SECRETS, by=merchant())

    async with tenants.transaction():
        row = await tenants.connection().fetchrow(
            "SELECT credentials_sealed, settings::text AS shown FROM payment_account WHERE provider = 'wechat'"
        )
    assert row
    assert wechat_notices.MINI_SECRET not in row["credentials_sealed"] + row["shown"]
    assert wechat_notices.MINI_APPID in row["shown"]
