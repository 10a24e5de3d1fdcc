"""A merchant changes the password: the old one, and every other browser, is out at once."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from infra import passwords
from tenants import Tenant, platform
from tests.builders_backoffice import PASSWORD, admin, sign_in, staff_of
from tests.functional.conftest import Visitor

NEW = "lychee season begins"
PAGE = admin("/account")


async def _change(visitor: Visitor, current: str, new: str) -> tuple[int, str]:
    answer = await visitor.submit(PAGE, {"current_password": current, "new_password": new}, page=PAGE)
    return answer.status_code, answer.text


async def _sign_in_with(visitor: Visitor, email: str, password: str) -> int:
    answer = await visitor.submit(admin("/sign-in"), {"email": email, "password": password})
    return answer.status_code


async def test_strangers_are_asked_to_sign_in(visitor: Visitor) -> None:
    answer = await visitor.get(PAGE)

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Faccount")


async def test_the_new_password_works_and_the_old_one_does_not(
    visitor: Visitor, another_visitor: Visitor, shop: Tenant
) -> None:
    email = await staff_of(shop, "picker")
    await sign_in(visitor, email)
    await sign_in(another_visitor, email)
    assert 'href="/account"' in (await visitor.get(admin())).text

    assert (await _change(visitor, PASSWORD, NEW))[0] == 303

    assert (await visitor.get(admin())).status_code == 200, "this browser goes on, in the same store"
    assert (await another_visitor.get(admin())).status_code == 303
    assert await _sign_in_with(another_visitor, email, PASSWORD) == 422
    assert await _sign_in_with(another_visitor, email, NEW) == 303


async def test_a_stolen_cookie_of_this_browser_is_worth_nothing_afterwards(visitor: Visitor, shop: Tenant) -> None:
    await sign_in(visitor, await staff_of(shop, "owner"))
    before = visitor.cookies["tz_merchant"]

    await _change(visitor, PASSWORD, NEW)
    visitor.cookies.clear()

    assert (await visitor.get(admin(), headers={"Cookie": f"tz_merchant={before}"})).status_code == 303


@pytest.mark.parametrize(
    ("current", "new", "field", "words"),
    [
        ("not this one at all", NEW, "current_password", "This is not your current password."),
        ("", NEW, "current_password", "This is needed."),
        (PASSWORD, "short", "new_password", "Use at least 8 characters."),
        (PASSWORD, "aaaaaaaaaaaa", "new_password", "Choose a password that is harder to guess."),
        (PASSWORD, PASSWORD, "new_password", "This is the password you have. Choose another one."),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field(
    visitor: Visitor, shop: Tenant, current: str, new: str, field: str, words: str
) -> None:
    email = await staff_of(shop, "owner")
    await sign_in(visitor, email)
    visitor.headers["Accept-Language"] = "en"

    status, text = await _change(visitor, current, new)

    assert status == 422
    assert words in text.partition(f'id="f-{field}-e"')[2].partition("</div>")[0]
    assert await _sign_in_with(visitor, email, PASSWORD) == 303


async def test_guessing_the_current_password_is_limited(visitor: Visitor, shop: Tenant) -> None:
    await sign_in(visitor, await staff_of(shop, "owner"))

    statuses = [(await _change(visitor, f"guess number {number}", NEW))[0] for number in range(12)]

    assert statuses[0] == 422
    assert statuses[-1] == 429


async def test_the_change_is_on_record(visitor: Visitor, shop: Tenant) -> None:
    email = await staff_of(shop, "owner")
    await sign_in(visitor, email)

    await _change(visitor, "not this one at all", NEW)
    await _change(visitor, PASSWORD, NEW)

    async with platform.transaction() as database:
        rows = await database.fetch(
            "SELECT actor_kind, tenant FROM audit_entry WHERE action = 'password.changed' AND subject = $1", email
        )
    assert [(row["actor_kind"], row["tenant"]) for row in rows] == [("merchant", shop.id)]


async def test_signing_in_renews_a_hash_of_weaker_days(visitor: Visitor, shop: Tenant) -> None:
    email = await staff_of(shop, "owner")
    weak = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    async with platform.transaction() as database:
        await database.execute("UPDATE merchant_login SET password_hash = $2 WHERE email = $1", email, weak)

    assert (await sign_in(visitor, email)).status_code == 303

    async with platform.transaction() as database:
        hashed = await database.fetchval("SELECT password_hash FROM merchant_login WHERE email = $1", email)
    assert not passwords.needs_rehash(hashed, strong=True)
    assert await passwords.verify_password(hashed, PASSWORD, strong=True)
