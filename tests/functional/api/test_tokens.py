"""Who a program speaks for: tokens, what ends them, and that cookies mean nothing here."""

from __future__ import annotations

import tenants
from app import customers
from app.flows.change_shopper_password import change_shopper_password
from infra import passwords
from infra.settings import settings
from tenants import Tenant
from tests import builders_selling as selling
from tests.functional.api.conftest import Program

EMAIL, PASSWORD = "lin@example.test", "peaches and cream"


async def _account() -> None:
    hashed = await passwords.hash_password(PASSWORD, strong=False)
    async with tenants.transaction():
        await customers.register(email=EMAIL, name="Lin", password_hash=hashed, locale="en")


async def test_without_a_token_one_looks_and_does_nothing_else(shop: Tenant, program: Program) -> None:
    peaches = await selling.offer()
    asked = [
        ("GET", "/session", None), ("GET", "/cart", None), ("GET", "/orders", None), ("GET", "/participations", None),
        ("POST", "/cart/lines", {"variant": str(peaches.variant)}),
    ]  # fmt: skip

    for method, path, body in asked:
        for header in ({}, {"Authorization": "Bearer nobody"}, {"Authorization": "Basic bGluOmxpbg=="}):
            answer = await program.ask(method, path, body, **header)
            assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_needed"), (path, header)
    assert len((await program.get("/products"))["items"]) == 1


async def test_a_token_is_no_cookie_and_a_cookie_is_no_token(shop: Tenant, program: Program) -> None:
    await _account()
    said = await program.come(EMAIL, PASSWORD)
    program.token = ""
    cookie = f"tz_shopper={said['token']}; tz_shopper={said['token']}"
    page = f"{settings().origin(shop.slug)}/visit.json"
    async with tenants.transaction():
        browsers = await tenants.connection().fetchval("SELECT count(*) FROM shopper_session WHERE kind = 'browser'")

    on_the_api = await program.ask("GET", "/session", Cookie=cookie)
    on_a_page = await program.client.get(page, headers={"Cookie": cookie})

    assert (on_the_api.status_code, on_a_page.json()["name"], browsers) == (401, "", 0)


async def test_what_a_browser_is_signed_in_with_is_no_bearer_token(shop: Tenant, program: Program) -> None:
    await _account()
    page = f"{settings().origin(shop.slug)}/sign-in"
    signed_in = await program.client.post(
        page, data={"email": EMAIL, "password": PASSWORD}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    program.token = signed_in.cookies["tz_shopper"]
    program.client.cookies.clear()

    assert (await program.ask("GET", "/session")).status_code == 401


async def test_signing_in_keeps_the_cart_and_ends_the_token_of_before(shop: Tenant, program: Program) -> None:
    await _account()
    peaches = await selling.offer()
    before = (await program.come())["token"]
    await program.send("POST", "/cart/lines", {"variant": str(peaches.variant)})

    said = await program.come(EMAIL.upper(), PASSWORD)

    assert said["customer"] == {"name": "Lin", "email": EMAIL}
    assert (await program.get("/cart"))["cart"]["lines"][0]["variant"] == str(peaches.variant)
    assert (await program.ask("GET", "/cart", Authorization=f"Bearer {before}")).status_code == 401


async def test_a_wrong_password_is_refused_and_guessing_ends_soon(shop: Tenant, program: Program) -> None:
    await _account()

    wrong = [(await program.ask("POST", "/session", {"email": EMAIL, "password": "no"})) for _ in range(11)]

    assert wrong[0].json()["code"] == "identity.wrong_password"
    assert (wrong[-1].status_code, wrong[-1].json()["code"]) == (429, "too_many_tries")


async def test_signing_out_or_another_password_ends_the_token(shop: Tenant, program: Program) -> None:
    await _account()
    await program.come(EMAIL, PASSWORD)
    assert (await program.ask("DELETE", "/session")).status_code == 204
    assert (await program.ask("GET", "/session")).status_code == 401

    program.token = ""
    await program.come(EMAIL, PASSWORD)
    async with tenants.transaction():
        found = await customers.find_by_email(EMAIL)
    assert found
    await change_shopper_password(found.id, PASSWORD, "cream and peaches")

    assert (await program.ask("GET", "/session")).status_code == 401


async def test_only_the_hash_of_a_token_is_kept(shop: Tenant, program: Program) -> None:
    said = await program.come()

    async with tenants.transaction():
        rows = await tenants.connection().fetch("SELECT token_hash::text, kind FROM shopper_session")
        keys = await tenants.connection().fetch("SELECT answer_body FROM idempotency_key")

    assert [row["kind"] for row in rows] == ["program"]
    assert said["token"] not in str(rows) + str(keys)


async def test_a_sign_in_under_a_key_is_not_kept_either(shop: Tenant, program: Program) -> None:
    first = await program.ask("POST", "/session", {}, Idempotency_Key="one")
    again = await program.ask("POST", "/session", {}, Idempotency_Key="one")

    assert first.json()["token"] != again.json()["token"]
    async with tenants.transaction():
        assert await tenants.connection().fetchval("SELECT count(*) FROM idempotency_key") == 0
