"""The merchant connects tracking services: secrets go in and never come out, and one of them follows new parcels."""

from __future__ import annotations

from typing import Any

import pytest

import tenants
from app import fulfillment
from infra import wiring
from infra.carrier.simulator.bureau import Bureau
from infra.carrier.simulator.ways import Way
from tenants import Tenant
from tests.builders_backoffice import admin, sign_in, staff_of
from tests.builders_parcels import TYPED, followed_by, parcel_of, shipped_order
from tests.functional.webhooks.test_calls_from_outside import address

HERE = admin("/connections/carriers")


@pytest.fixture
async def owner(visitor: Any, shop: Tenant) -> Any:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "owner"))
    return visitor


async def accounts() -> list[fulfillment.TrackingAccountFacts]:
    async with tenants.transaction():
        return await fulfillment.tracking_accounts()


async def connect(owner: Any, provider: str = "kuaidi100", **typed: str) -> Any:
    return await owner.submit(HERE, {"provider": provider, "name": "Parcels", **TYPED[provider], **typed}, page=HERE)


async def test_an_account_is_connected_and_its_key_is_never_shown(owner: Any) -> None:
    await connect(owner)

    page = (await owner.get(HERE)).text
    (account,) = await accounts()
    assert (account.provider, account.is_default, account.settings) == (
        "kuaidi100", True, {"customer": "simulated-customer"},
    )  # fmt: skip
    assert "simulated-customer" in page
    assert "simulated-key" not in page + account.credentials_sealed


async def test_what_is_missing_or_leads_nowhere_is_said_beside_the_field(owner: Any) -> None:
    empty = await connect(owner, key="")
    astray = await connect(owner, "generic", base_url="http://127.0.0.1/x")

    assert (empty.status_code, astray.status_code) == (422, 422)
    assert "An address begins with https://" in astray.text
    assert "simulated-secret" not in astray.text
    assert await accounts() == []


async def test_connected_again_an_account_keeps_its_row_and_its_salt(owner: Any, shop: Tenant) -> None:
    await connect(owner)
    before = wiring.OF_TRACKING.open((await accounts())[0], tenant_id=shop.id)
    await connect(owner, key="another-key")

    (account,) = await accounts()
    after = wiring.OF_TRACKING.open(account, tenant_id=shop.id)
    assert (after["key"], after["salt"]) == ("another-key", before["salt"])


async def test_another_account_takes_over_new_parcels(owner: Any) -> None:
    await connect(owner)
    await connect(owner, "kdniao")
    second = next(each for each in await accounts() if each.provider == "kdniao")

    await owner.submit(f"{HERE}/{second.id}", {"act": "choose"}, page=HERE)
    await owner.submit(f"{HERE}/{second.id}", {"act": "pause"}, page=HERE)

    assert [(each.provider, each.is_default, each.status) for each in await accounts()] == [
        ("kdniao", True, "paused"), ("kuaidi100", False, "active"),
    ]  # fmt: skip


@pytest.mark.parametrize("provider", ["kuaidi100", "kdniao", "generic"])
async def test_a_push_moves_the_parcel_and_a_forged_one_nothing(visitor: Any, shop: Tenant, provider: str) -> None:
    await followed_by(provider)
    (account,) = await accounts()
    order_id = await shipped_order()
    bureau, way = Bureau(), Way("SF1000000000001")
    way.go("in_transit")
    way.go("delivered")
    bureau.ways[way.number] = way
    salt = wiring.OF_TRACKING.open(account, tenant_id=shop.id).get("salt", "")
    bureau._follow(provider, way.number, "", salt)
    headers, body = bureau.push(provider, way.number)
    knock = address(shop, "carrier")

    forged = await visitor.post(knock, content=body.replace(b"0001", b"0002"), headers=headers)
    answers = [(await visitor.post(knock, content=body, headers=headers)).status_code for _ in range(2)]

    assert (forged.status_code, answers) == (401, [200, 200])
    assert (await parcel_of(order_id)).status == "delivered"


async def test_a_parcel_of_the_merchants_other_business_is_thanked_for(visitor: Any, shop: Tenant) -> None:
    await followed_by("generic")
    bureau, way = Bureau(), Way("ELSEWHERE-1")
    way.go("in_transit")
    bureau.ways[way.number] = way
    headers, body = bureau.push("generic", way.number)

    answer = await visitor.post(address(shop, "carrier"), content=body, headers=headers)

    assert (answer.status_code, answer.json()) == (200, {"received": True})
