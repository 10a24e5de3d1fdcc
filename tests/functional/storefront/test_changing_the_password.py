"""A shopper changes the password of one store; other stores and the cart stay as they were."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

import tenants
from app.kernel.ids import new_id
from infra import passwords
from tenants import Tenant
from tests import builders_selling as selling
from tests.functional.conftest import Visitor, store_address

OLD, NEW = "correct horse battery", "lychee season begins"


async def _register(visitor: Visitor, shop: Tenant, email: str = "") -> str:
    email = email or f"{new_id().hex}@shopper.test"
    fields = {"name": "Ya", "email": email, "password": OLD}
    assert (await visitor.submit(store_address(shop, "/register"), fields)).status_code == 303
    return email


async def _sign_in(visitor: Visitor, shop: Tenant, email: str, password: str) -> int:
    fields = {"email": email, "password": password}
    return (await visitor.submit(store_address(shop, "/sign-in"), fields)).status_code


async def _change(visitor: Visitor, shop: Tenant, current: str, new: str) -> int:
    page = store_address(shop, "/account/password")
    return (await visitor.submit(page, {"current_password": current, "new_password": new}, page=page)).status_code


async def _is_known(visitor: Visitor, shop: Tenant) -> bool:
    return (await visitor.get(store_address(shop, "/account/addresses"))).status_code == 200


async def test_the_new_password_works_and_everybody_else_is_out(
    visitor: Visitor, another_visitor: Visitor, shop: Tenant
) -> None:
    email = await _register(visitor, shop)
    assert await _sign_in(another_visitor, shop, email, OLD) == 303
    assert 'href="/account/password"' in (await visitor.get(store_address(shop, "/account"))).text

    assert await _change(visitor, shop, OLD, NEW) == 303

    assert await _is_known(visitor, shop)
    assert not await _is_known(another_visitor, shop)
    assert await _sign_in(another_visitor, shop, email, OLD) == 422
    assert await _sign_in(another_visitor, shop, email, NEW) == 303


async def test_the_cart_is_still_there(visitor: Visitor, shop: Tenant) -> None:
    await _register(visitor, shop)
    offer = await selling.offer()
    await visitor.submit(
        store_address(shop, "/cart/lines"),
        {"product": offer.handle, "quantity": "2"},
        page=store_address(shop, "/account/password"),
    )

    assert await _change(visitor, shop, OLD, NEW) == 303

    assert (await visitor.get(store_address(shop, "/visit.json"))).json()["cart_count"] == 2


async def test_the_same_address_in_another_store_keeps_its_password(
    visitor: Visitor, another_visitor: Visitor, shop: Tenant, other_shop: Tenant
) -> None:
    email = await _register(visitor, shop)
    await _register(another_visitor, other_shop, email)

    await _change(visitor, shop, OLD, NEW)

    assert await _is_known(another_visitor, other_shop)
    assert await _sign_in(another_visitor, other_shop, email, NEW) == 422
    assert await _sign_in(another_visitor, other_shop, email, OLD) == 303


@pytest.mark.parametrize(("current", "new"), [("not this one at all", NEW), (OLD, "short"), (OLD, "aaaaaaaaaaaa")])
async def test_a_wrong_current_or_a_weak_new_password_changes_nothing(
    visitor: Visitor, another_visitor: Visitor, shop: Tenant, current: str, new: str
) -> None:
    email = await _register(visitor, shop)

    assert await _change(visitor, shop, current, new) == 422

    assert await _is_known(visitor, shop)
    assert await _sign_in(another_visitor, shop, email, OLD) == 303


async def test_guessing_the_current_password_is_limited(visitor: Visitor, shop: Tenant) -> None:
    await _register(visitor, shop)

    statuses = [await _change(visitor, shop, f"guess number {number}", NEW) for number in range(12)]

    assert statuses[0] == 422
    assert statuses[-1] == 429


async def test_signing_in_renews_a_hash_of_weaker_days(
    visitor: Visitor, another_visitor: Visitor, shop: Tenant
) -> None:
    email = await _register(visitor, shop)
    weak = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(OLD)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE customer SET password_hash = $2 WHERE email = $1", email, weak)

    assert await _sign_in(another_visitor, shop, email, OLD) == 303

    async with tenants.transaction():
        hashed = await tenants.connection().fetchval("SELECT password_hash FROM customer WHERE email = $1", email)
    assert not passwords.needs_rehash(hashed, strong=False)
    assert await passwords.verify_password(hashed, OLD)
