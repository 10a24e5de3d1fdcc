"""A colleague changes the password of the console."""

from __future__ import annotations

import pytest

from tenants import platform
from tests.builders_console import staff_member
from tests.functional.conftest import Visitor, own_address

NEW = "lychee season begins"
HOME, PAGE, SIGN_IN = own_address("staff"), own_address("staff", "/account"), own_address("staff", "/sign-in")


async def _sign_in(visitor: Visitor, email: str, password: str) -> int:
    return (await visitor.submit(SIGN_IN, {"email": email, "password": password})).status_code


async def _change(visitor: Visitor, current: str, new: str) -> int:
    fields = {"current_password": current, "new_password": new}
    return (await visitor.submit(PAGE, fields, page=PAGE)).status_code


async def test_the_new_password_works_and_everybody_else_is_out(visitor: Visitor, another_visitor: Visitor) -> None:
    email, password = await staff_member("viewer")
    assert await _sign_in(visitor, email, password) == 303
    assert await _sign_in(another_visitor, email, password) == 303
    assert 'href="/account"' in (await visitor.get(HOME)).text

    assert await _change(visitor, password, NEW) == 303

    assert (await visitor.get(HOME)).status_code == 200
    assert (await another_visitor.get(HOME)).status_code == 303
    assert await _sign_in(another_visitor, email, password) == 422
    assert await _sign_in(another_visitor, email, NEW) == 303


@pytest.mark.parametrize(("known", "new"), [(False, NEW), (True, "elevenchars"), (True, "abababababababab")])
async def test_a_wrong_current_or_a_weak_new_password_changes_nothing(visitor: Visitor, known: bool, new: str) -> None:
    email, password = await staff_member()
    await _sign_in(visitor, email, password)

    assert await _change(visitor, password if known else "not this one at all", new) == 422

    assert await _sign_in(visitor, email, password) == 303


async def test_the_change_is_on_record(visitor: Visitor) -> None:
    email, password = await staff_member("admin")
    await _sign_in(visitor, email, password)

    await _change(visitor, password, NEW)

    async with platform.transaction() as database:
        kinds = await database.fetch(
            "SELECT actor_kind FROM audit_entry WHERE action = 'password.changed' AND subject = $1", email
        )
    assert [row["actor_kind"] for row in kinds] == ["staff"]
    log = await visitor.get(own_address("staff", "/audit"), headers={"Accept-Language": "en"})
    assert "Changed their password" in log.text
