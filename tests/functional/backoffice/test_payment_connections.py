"""A merchant connects payment providers: secrets go in and never come out, and shoppers are offered what fits."""

from __future__ import annotations

from typing import Any

import pytest

import tenants
from app import payments
from infra.credentials import OF_PAYMENTS
from tenants import Tenant, platform
from tests.builders_backoffice import admin, sign_in, staff_of
from tests.builders_selling import jobs

HOME = "/connections/payments"
KEYS = {"secret_key": "sk_test_51abcdefghijklmnop1234", "webhook_secret": "whsec_0123456789abcdef5678"}


async def enter(visitor: Any, email: str) -> None:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, email)


async def save(visitor: Any, provider: str, form: dict[str, str]) -> Any:
    return await visitor.submit(admin(f"{HOME}/{provider}"), form, page=admin(f"{HOME}/{provider}"))


async def act(visitor: Any, provider: str, what: str) -> Any:
    return await visitor.submit(admin(f"{HOME}/{provider}/acts"), {"act": what}, page=admin(HOME))


async def secrets_of(provider: str) -> dict[str, str]:
    async with tenants.transaction():
        account = await payments.account_of(provider)
    return OF_PAYMENTS.open(account, tenant_id=tenants.current().id)


async def audited(shop: Tenant) -> list[str]:
    async with platform.transaction() as database:
        rows = await database.fetch(
            "SELECT action, details::text FROM audit_entry WHERE tenant = $1 ORDER BY at", shop.id
        )
    assert not any(secret in row["details"] for row in rows for secret in KEYS.values())
    return [row["action"] for row in rows]


async def test_secrets_go_in_and_never_come_out(visitor: Any, shop: Tenant) -> None:
    await enter(visitor, await staff_of(shop, "owner"))

    answer = await save(visitor, "stripe", KEYS)
    form = (await visitor.get(admin(f"{HOME}/stripe"))).text
    listed = (await visitor.get(admin(HOME))).text

    assert answer.status_code == 303
    assert await secrets_of("stripe") == KEYS
    for page in (form, listed):
        assert not any(secret in page or secret[:-4] in page for secret in KEYS.values())
    assert "ends in 1234" in form
    assert "/webhooks/payments/stripe/" in form
    assert "Trial: no real money" in listed
    assert await audited(shop) == ["payments.connected"]


async def test_an_empty_box_keeps_the_secret_that_was_there(visitor: Any, shop: Tenant) -> None:
    await enter(visitor, await staff_of(shop, "finance"))
    await save(visitor, "stripe", KEYS)

    await save(visitor, "stripe", {"secret_key": "", "webhook_secret": "whsec_anothernewsecret99"})

    assert await secrets_of("stripe") == KEYS | {"webhook_secret": "whsec_anothernewsecret99"}


async def test_what_cannot_be_right_is_named_and_nothing_is_kept(visitor: Any, shop: Tenant) -> None:
    await enter(visitor, await staff_of(shop, "owner"))

    answer = await save(visitor, "stripe", {"secret_key": "pk_live_mistake00000", "webhook_secret": ""})
    wechat = await save(visitor, "wechat", {"mchid": "abc", "appid": "wx1", "private_key": "nonsense"})

    assert answer.status_code == wechat.status_code == 422
    assert "A secret key starts with" in answer.text
    assert "pk_live_mistake00000" not in answer.text
    assert "This is not a private key" in wechat.text
    async with tenants.transaction():
        assert [account["provider"] for account in await payments.accounts()] == ["sandbox"]


@pytest.mark.parametrize("role", ["manager", "picker", "read_only"])
async def test_only_owner_and_finance_touch_connections(visitor: Any, shop: Tenant, role: str) -> None:
    await enter(visitor, await staff_of(shop, role))

    assert (await visitor.get(admin(f"{HOME}/stripe"))).status_code == 403
    assert (await visitor.get(admin(HOME))).status_code == (200 if role == "manager" else 403)


async def test_the_order_of_ways_and_which_are_offered(visitor: Any, shop: Tenant) -> None:
    await enter(visitor, await staff_of(shop, "owner"))
    await save(visitor, "stripe", KEYS)
    await save(visitor, "cash_on_delivery", {"instructions": "Small notes, please"})

    await act(visitor, "cash_on_delivery", "up")
    await act(visitor, "sandbox", "stop")

    async with tenants.transaction():
        offered = [account["provider"] for account in await payments.active_accounts()]
    assert offered == ["cash_on_delivery", "stripe"]
    assert "payments.stopped" in await audited(shop)


async def test_checking_now_asks_once_however_often_it_is_pressed(visitor: Any, shop: Tenant) -> None:
    await enter(visitor, await staff_of(shop, "owner"))
    await save(visitor, "stripe", KEYS)

    for _press in range(2):
        await act(visitor, "stripe", "check")

    assert await jobs("payments.check_account") == 1
    assert "Being asked at this moment" in (await visitor.get(admin(HOME))).text


async def test_a_provider_of_another_currency_says_why_it_is_not_offered(visitor: Any, pools: None) -> None:
    from tests.builders import open_store

    shop = await open_store(f"twd-{id(visitor)}", currency="TWD")
    with tenants.bind(shop):
        await enter(visitor, await staff_of(shop, "owner"))

        page = (await visitor.get(admin(HOME))).text

    assert "Takes CNY only; this store sells in TWD." in page
    assert f"{HOME}/wechat" not in page
    assert f"{HOME}/stripe" in page


async def test_one_stores_sealed_secrets_are_of_no_use_to_another(
    visitor: Any, shop: Tenant, other_shop: Tenant
) -> None:
    from infra.crypto import SealBroken

    await enter(visitor, await staff_of(shop, "owner"))
    await save(visitor, "stripe", KEYS)
    async with tenants.transaction():
        stolen = await payments.account_of("stripe")
    with tenants.bind(other_shop):
        async with tenants.transaction():
            await payments.save_account(
                stolen["id"], "stripe", merchant_id="", credentials_sealed=stolen["credentials_sealed"],
                base_url=stolen["base_url"], settings={},
            )  # fmt: skip
        with pytest.raises(SealBroken):
            await secrets_of("stripe")
