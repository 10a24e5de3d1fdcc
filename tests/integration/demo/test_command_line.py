"""People and stores that are made from the command line."""

from __future__ import annotations

import secrets

import pytest

from app import identity
from app.flows.open_store import create_store
from app.identity import EmailTaken
from migrations import runner
from tenants import directory, platform
from tenants.errors import SlugRefused


def _email() -> str:
    return f"{secrets.token_hex(6)}@example.test"


async def test_a_colleague_is_let_in_once_and_that_is_on_record(pools: None) -> None:
    email = _email()

    password = await identity.create_staff(email)

    assert len(password) >= 12
    with pytest.raises(EmailTaken):
        await identity.create_staff(email)
    colleague = next(user for user in await identity.staff_users() if user.email == email)
    async with platform.transaction() as database:
        assert await database.fetchval("SELECT count(*) FROM audit_entry WHERE subject = $1", str(colleague.id)) == 1


async def test_a_new_owner_gets_a_password_and_a_known_one_keeps_theirs(pools: None) -> None:
    await runner.fill_pool(4)
    email, mark = _email(), secrets.token_hex(4)

    first = await create_store(slug=f"first-{mark}", name="First", email=email)
    second = await create_store(slug=f"second-{mark}", name="Second", email=email)

    assert first.password
    assert second.password == ""
    found = await directory.find_by_slug(f"second-{mark}")
    assert found is not None
    assert found.status == "trial"


async def test_a_taken_address_leaves_no_login_behind(pools: None) -> None:
    await runner.fill_pool(4)
    slug, email = f"taken-{secrets.token_hex(4)}", _email()
    await create_store(slug=slug, name="First", email=_email())

    with pytest.raises(SlugRefused):
        await create_store(slug=slug, name="Second", email=email)

    async with platform.transaction() as database:
        assert not await database.fetchval("SELECT 1 FROM merchant_login WHERE email = $1", email)
