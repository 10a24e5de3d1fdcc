"""A host changes the password, with or without a store to sell for."""

from __future__ import annotations

import pytest

from app.kernel.ids import new_id
from tests.functional.conftest import Visitor, own_address

OLD, NEW = "correct horse battery", "lychee season begins"
STORES, PAGE = own_address("host", "/stores"), own_address("host", "/account")


async def _sign_up(visitor: Visitor) -> str:
    email = f"{new_id().hex}@host.test"
    fields = {"name": "Xiaoya", "email": email, "password": OLD}
    assert (await visitor.submit(own_address("host", "/sign-up"), fields)).status_code == 303
    return email


async def _sign_in(visitor: Visitor, email: str, password: str) -> int:
    fields = {"email": email, "password": password}
    return (await visitor.submit(own_address("host", "/sign-in"), fields)).status_code


async def _change(visitor: Visitor, current: str, new: str) -> int:
    fields = {"current_password": current, "new_password": new}
    return (await visitor.submit(PAGE, fields, page=PAGE)).status_code


async def test_the_new_password_works_and_everybody_else_is_out(visitor: Visitor, another_visitor: Visitor) -> None:
    email = await _sign_up(visitor)
    assert await _sign_in(another_visitor, email, OLD) == 303
    assert 'href="/account"' in (await visitor.get(STORES)).text

    assert await _change(visitor, OLD, NEW) == 303

    assert (await visitor.get(STORES)).status_code == 200
    assert (await another_visitor.get(STORES)).status_code == 303
    assert await _sign_in(another_visitor, email, OLD) == 422
    assert await _sign_in(another_visitor, email, NEW) == 303


@pytest.mark.parametrize(("current", "new"), [("not this one at all", NEW), (OLD, "short"), (OLD, "aaaaaaaaaaaa")])
async def test_a_wrong_current_or_a_weak_new_password_changes_nothing(
    visitor: Visitor, another_visitor: Visitor, current: str, new: str
) -> None:
    email = await _sign_up(visitor)

    assert await _change(visitor, current, new) == 422

    assert (await visitor.get(STORES)).status_code == 200
    assert await _sign_in(another_visitor, email, OLD) == 303
