"""A merchant looks around and works in the back office."""

from __future__ import annotations

import re
from typing import Any

import pytest

import tenants
from app import store
from tenants import Tenant
from tests.builders_backoffice import PASSWORD, admin, make_product, sign_in, staff_of

PAGES = {
    "/": "dashboard.read", "/orders": "orders.read", "/fulfillment": "fulfillment.read", "/products": "products.read",
    "/stock": "products.read", "/pictures": "products.read", "/products/new": "products.write",
    "/imports": "imports.write",
    "/promoters": "promoters.read", "/links": "promoters.read", "/look": "look.write",
    "/connections": "fulfillment.read",
    "/books": "books.read", "/tickets": "books.read", "/users": "users.read", "/settings": "settings.write",
    "/settings/tax": "settings.write", "/delivery": "delivery.write", "/delivery/new": "delivery.write",
}  # fmt: skip


@pytest.mark.parametrize("role", ["owner", "manager", "picker", "finance", "read_only"])
async def test_every_role_opens_exactly_the_pages_it_may_see(visitor: Any, shop: Tenant, role: str) -> None:
    from app.identity.permissions import MERCHANT_ROLES

    await make_product()
    assert (await sign_in(visitor, await staff_of(shop, role))).status_code == 303

    for path, permission in PAGES.items():
        answer = await visitor.get(admin(path))
        expected = 200 if permission in MERCHANT_ROLES[role] else 403
        assert answer.status_code == expected, f"{role} {path}: {answer.status_code}"


async def test_a_wrong_password_says_so_and_opens_nothing(visitor: Any, shop: Tenant) -> None:
    email = await staff_of(shop, "owner")

    answer = await visitor.submit(admin("/sign-in"), {"email": email, "password": "not this one"})

    assert answer.status_code == 422
    assert (await visitor.get(admin("/"))).status_code == 303


async def test_someone_with_two_stores_chooses_one(visitor: Any, shop: Tenant, other_shop: Tenant) -> None:
    from tenants import platform

    email = await staff_of(shop, "owner")
    async with platform.transaction() as database:
        await database.execute(
            "INSERT INTO merchant_user (id, login, tenant, role, status, created_at)"
            " SELECT gen_random_uuid(), id, $2, 'picker', 'active', now() FROM merchant_login WHERE email = $1",
            email, other_shop.id,
        )  # fmt: skip

    await sign_in(visitor, email)
    stores = (await visitor.get(admin("/stores"))).text
    assert shop.slug in stores
    assert other_shop.slug in stores
    await visitor.submit(admin(f"/stores/{other_shop.id}"), page=admin("/stores"))

    assert other_shop.name in (await visitor.get(admin("/"))).text
    assert (await visitor.get(admin("/settings"))).status_code == 403, "a picker there, an owner only here"


async def test_a_product_is_made_published_and_changed_without_script(visitor: Any, shop: Tenant) -> None:
    await sign_in(visitor, await staff_of(shop, "manager"))
    form = {
        "title": "Teacup", "status": "draft", "rows": "1", "option_name_1": "Color", "option_values_1": "Red, Blue",
        "price_1": "39.90", "act": "combine",
    }  # fmt: skip

    combined = await visitor.submit(admin("/products/new"), form, page=admin("/products/new"))
    assert 'value="Red"' in combined.text
    assert 'value="Blue"' in combined.text

    done = form | {
        "act": "publish", "rows": "2", "option1_1": "Red", "option1_2": "Blue", "price_2": "42", "stock_1": "5",
        "stock_2": "0", "description_html": "<p onclick='x()'>Thin</p><script>bad()</script>",
    }  # fmt: skip
    saved = await visitor.submit(admin("/products/new"), done, page=admin("/products/new"))
    assert saved.status_code == 303
    shown = (await visitor.get(admin(saved.headers["location"]))).text
    assert "bad()" not in shown
    assert "39.90" in shown
    listed = (await visitor.get(admin("/products"))).text
    assert "Teacup" in listed
    assert "¥39.90 – ¥42.00" in listed


async def test_a_bad_price_keeps_what_was_typed(visitor: Any, shop: Tenant) -> None:
    await sign_in(visitor, await staff_of(shop, "manager"))

    answer = await visitor.submit(
        admin("/products/new"), {"title": "Teacup", "rows": "1", "price_1": "cheap"}, page=admin("/products/new")
    )

    assert answer.status_code == 422
    assert 'value="cheap"' in answer.text
    assert 'aria-invalid="true"' in answer.text


async def test_several_products_are_taken_down_at_once(visitor: Any, shop: Tenant) -> None:
    first, second = await make_product("Peach"), await make_product("Rice")
    await sign_in(visitor, await staff_of(shop, "manager"))

    await visitor.submit(
        admin("/products/bulk"), {"act": "take_down", "product": [str(first), str(second)]}, page=admin("/products")
    )

    assert "Rice" in (await visitor.get(admin("/products?status=draft"))).text
    assert "Rice" not in (await visitor.get(admin("/products?status=published"))).text


async def test_stock_is_set_where_it_was_changed(visitor: Any, shop: Tenant) -> None:
    await make_product("Peach", stock=3)
    await sign_in(visitor, await staff_of(shop, "manager"))
    page = (await visitor.get(admin("/stock"))).text
    field = re.search(r'name="(count_[^"]+)"', page)
    assert field

    seen = {field[1].replace("count_", "was_"): "3", field[1]: "25"}
    await visitor.submit(admin("/stock"), seen, page=admin("/stock"))

    assert 'value="25"' in (await visitor.get(admin("/stock"))).text


async def test_settings_are_checked_and_kept(visitor: Any, shop: Tenant) -> None:
    await sign_in(visitor, await staff_of(shop, "owner"))
    form = {
        "name": "Peach house", "freight_amount": "8", "free_freight_from_amount": "99", "payment_minutes": "20",
        "default_commission_bps": "12.5", "click_window_days": "30", "tagline": "", "contact_email": "",
    }  # fmt: skip

    wrong = await visitor.submit(admin("/settings"), form | {"default_commission_bps": "80"}, page=admin("/settings"))
    assert wrong.status_code == 422
    assert (await visitor.submit(admin("/settings"), form, page=admin("/settings"))).status_code == 303

    shown = (await visitor.get(admin("/settings"))).text
    assert 'value="12.5"' in shown
    assert 'value="99.00"' in shown


async def test_a_look_is_reviewed_and_worn(visitor: Any, shop: Tenant) -> None:
    await sign_in(visitor, await staff_of(shop, "manager"))
    look = {
        "brand": "#ffe066",
        "accent": "#c8280f",
        "paper": "plain",
        "radius": "flat",
        "letter": "sans",
        "title": "Hi",
    }

    saved = await visitor.submit(admin("/look"), look, page=admin("/look"))
    assert saved.status_code == 303

    shown = (await visitor.get(admin("/look"))).text
    assert "#ffe066" in shown
    refused = await visitor.submit(admin("/look"), look | {"brand": "red;}"}, page=admin("/look"))
    assert refused.status_code == 422


async def test_an_invited_person_sets_a_password_once(visitor: Any, another_visitor: Any, shop: Tenant) -> None:
    await sign_in(visitor, await staff_of(shop, "owner"))

    answer = await visitor.submit(
        admin("/users"), {"email": "new@example.test", "name": "New", "role": "picker"}, page=admin("/users")
    )
    code = re.search(r"/welcome\?code=([\w-]+)", answer.text)
    assert code

    welcome = {"code": code[1], "password": "a long enough one"}
    assert (await another_visitor.submit(admin("/welcome"), welcome)).status_code == 303
    assert (await another_visitor.get(admin("/"))).status_code == 200
    assert (await another_visitor.submit(admin("/welcome"), welcome)).status_code == 410


async def test_the_last_owner_cannot_be_disabled(visitor: Any, shop: Tenant) -> None:
    from tenants import platform

    email = await staff_of(shop, "owner")
    async with platform.transaction() as database:
        await database.execute("DELETE FROM merchant_user u USING merchant_login l WHERE l.id = u.login"
                               " AND u.tenant = $1 AND l.email <> $2", shop.id, email)  # fmt: skip
        login = await database.fetchval("SELECT id FROM merchant_login WHERE email = $1", email)
    await sign_in(visitor, email)

    answer = await visitor.submit(admin(f"/users/{login}"), {"status": "disabled"}, page=admin("/users"))

    assert answer.status_code == 409


async def test_nobody_reaches_a_neighbors_product(visitor: Any, shop: Tenant, other_shop: Tenant) -> None:
    product = await make_product("Secret peach")
    await sign_in(visitor, await staff_of(other_shop, "owner"))

    answer = await visitor.get(admin(f"/products/{product}"))

    assert answer.status_code == 404
    assert "Secret" not in answer.text


async def test_an_address_somebody_else_signed_up_with_opens_no_store(
    visitor: Any, another_visitor: Any, shop: Tenant, other_shop: Tenant
) -> None:
    """Whoever holds the account must also hold the link, and whoever holds the link must know the password."""
    squatter = await staff_of(other_shop, "owner")
    await sign_in(visitor, await staff_of(shop, "owner"))

    answer = await visitor.submit(admin("/users"), {"email": squatter, "role": "manager"}, page=admin("/users"))
    await sign_in(another_visitor, squatter)
    before = (await another_visitor.get(admin("/stores"))).text
    code = re.search(r"/welcome\?code=([\w-]+)", answer.text)
    assert code
    assert shop.name not in before

    wrong = await another_visitor.submit(admin("/welcome"), {"code": code[1], "password": "not the right one"})
    assert wrong.status_code == 422
    assert "Join the store" in wrong.text or "加入店铺" in wrong.text
    assert (await another_visitor.submit(admin("/welcome"), {"code": code[1], "password": PASSWORD})).status_code == 303
    assert shop.name in (await another_visitor.get(admin("/stores"))).text


async def test_a_variant_is_untaxed_where_the_store_taxes_and_stays_so_where_it_does_not(
    visitor: Any, shop: Tenant
) -> None:
    product = await make_product("Peach")
    await sign_in(visitor, await staff_of(shop, "manager"))
    page = admin(f"/products/{product}")

    async def save(**typed: str) -> bool:
        shown = (await visitor.get(page)).text
        form = dict(re.findall(r'name="((?:was_stock|variant|stock|price|untaxed)_1)"[^>]*? value="([^"]*)"', shown))
        if "checkbox" in re.findall(r'<input type="(\w+)" name="untaxed_1"', shown):
            form.pop("untaxed_1")
        assert (await visitor.submit(page, form | {"title": "Peach"} | typed, page=page)).status_code == 303
        async with tenants.transaction():
            return bool(await tenants.connection().fetchval("SELECT taxable FROM variant"))

    async def tax(mode: store.TaxMode) -> None:
        async with tenants.transaction():
            await store.change_tax(store.TaxTerms(mode=mode, bps=500, name="VAT", on_freight=True))

    await tax("inclusive")
    assert await save(untaxed_1="yes") is False
    await tax("none")
    assert await save() is False
    await tax("exclusive")
    assert await save() is True


async def test_saving_a_product_does_not_bring_back_what_was_sold_meanwhile(visitor: Any, shop: Tenant) -> None:
    product = await make_product("Peach", stock=10)
    await sign_in(visitor, await staff_of(shop, "manager"))
    page = (await visitor.get(admin(f"/products/{product}"))).text
    form = dict(re.findall(r'name="((?:was_stock|variant|stock|price)_1)"[^>]*? value="([^"]*)"', page))
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE stock_level SET reserved = 4")

    saved = await visitor.submit(
        admin(f"/products/{product}"), form | {"title": "Peach"}, page=admin(f"/products/{product}")
    )

    assert (saved.status_code, form["stock_1"]) == (303, "10")
    async with tenants.transaction():
        level = await tenants.connection().fetchrow("SELECT on_hand, reserved FROM stock_level")
    assert tuple(level) == (10, 4)  # type: ignore[arg-type] # the product has one


async def test_an_invitation_nobody_took_can_be_withdrawn_but_not_switched_on(visitor: Any, shop: Tenant) -> None:
    from tenants import platform

    await sign_in(visitor, await staff_of(shop, "owner"))
    await visitor.submit(
        admin("/users"), {"email": "late@example.test", "name": "Late", "role": "picker"}, page=admin("/users")
    )
    page = (await visitor.get(admin("/users"))).text
    assert "late@example.test" in page
    async with platform.transaction() as database:
        login = await database.fetchval("SELECT id FROM merchant_login WHERE email = 'late@example.test'")

    await visitor.submit(admin(f"/users/{login}"), {"status": "active"}, page=admin("/users"))

    async with platform.transaction() as database:
        seats = await database.fetchval("SELECT count(*) FROM merchant_user WHERE login = $1", login)
        codes = await database.fetchval("SELECT count(*) FROM sign_in_code WHERE subject = $1", login)
    assert (seats, codes) == (0, 0)
