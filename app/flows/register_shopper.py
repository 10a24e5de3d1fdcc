"""Somebody opens an account in one store. Hashing takes its time before the transaction, never inside."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import tenants
from app import customers, identity
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from infra import passwords

LONGEST_NAME = 120


async def register_shopper(*, email: str, name: str, password: str, locale: str, into: UUID | None = None) -> UUID:
    """`into` is an account that has no e-mail yet, because its wallet opened it; then that one gets name and password.

    Raises InvalidInput with everything that is wrong at once, EmailTaken.
    """
    _check(email, name, password)
    known = identity.check_email(email)
    hashed = await passwords.hash_password(password, strong=False)
    async with tenants.transaction():
        if into and await customers.complete(into, email=known, name=name, password_hash=hashed):
            return into
        return await customers.register(email=known, name=name, password_hash=hashed, locale=locale)


def _check(email: str, name: str, password: str) -> None:
    wrong: dict[str, str] = {} if name else {"name": N_("Tell the store your name.")}
    if len(name) > LONGEST_NAME:
        wrong["name"] = N_("This is too long.")
    checks: list[Callable[[], str]] = [
        lambda: identity.check_email(email), lambda: identity.check_password(password, identity.SHOPPER.name)
    ]  # fmt: skip
    for check in checks:
        try:
            check()
        except InvalidInput as refusal:
            wrong |= refusal.fields
    if wrong:
        raise InvalidInput(wrong)
