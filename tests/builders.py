"""Builders with good defaults, so that a test states only what matters to it."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher

from app.flows import open_store as flow
from app.kernel.ids import new_id
from migrations import runner
from tenants import Tenant, platform
from tenants.lifecycle import NewStore, NoSchemaReady

# Where it does not matter how long guessing a password would take, no test waits for it.
QUICK = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)


async def merchant_login(email: str = "") -> object:
    """A merchant who can sign in with the password `correct horse battery`."""
    login = new_id()
    async with platform.transaction() as database:
        await database.execute(
            "INSERT INTO merchant_login (id, email, name, password_hash, locale, created_at)"
            " VALUES ($1, $2, 'Su He', $3, 'en', now())",
            login, email or f"{login.hex}@example.test", _password_hash(),
        )  # fmt: skip
    return login


@cache
def _password_hash() -> str:
    return QUICK.hash("correct horse battery")


async def open_store(slug: str, **facts: str) -> Tenant:
    """A furnished store; makes a schema when the prepared ones have run out."""
    new = NewStore(
        slug=slug,
        name=facts.get("name", slug),
        locale=facts.get("locale", "en"),
        currency=facts.get("currency", "CNY"),
        time_zone="Asia/Shanghai",
        selling_mode="independent",
    )
    login = await merchant_login()
    try:
        return await flow.open_store(new, flow.Wishes(), owner_login=login)  # type: ignore[arg-type]
    except NoSchemaReady:
        await runner.fill_pool(4)
        return await flow.open_store(new, flow.Wishes(), owner_login=login)  # type: ignore[arg-type]
