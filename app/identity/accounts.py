"""Accounts of the platform's realms: merchants, promoters, staff. Shoppers live in their store.

Sign-in answers the same, and takes the same time, for a wrong password and for an unknown address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from asyncpg import UniqueViolationError
from litestar.connection import ASGIConnection

from app.identity.passwords import check_password, keep_fresh
from app.identity.realms import Realm
from app.identity.sessions import client_address
from app.kernel import limits
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, Refusal
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from infra import passwords
from tenants import platform

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")


class WrongPassword(Refusal):
    """Unknown address or wrong password; which of the two is nobody's business."""

    code = "identity.wrong_password"
    status = 422
    message = "This e-mail and password do not belong together. Check both and try again."


class EmailTaken(Refusal):
    """Somebody already signs in with this address."""

    code = "identity.email_taken"
    status = 422
    message = "This e-mail already has an account. Sign in instead."


@dataclass(frozen=True, slots=True)
class Account:
    id: UUID
    name: str
    email: str


def check_email(email: str) -> str:
    """The address in lower case. Raises InvalidInput on `email`."""
    clean = email.strip().lower()
    if len(clean) > 254 or not _EMAIL.fullmatch(clean):
        raise InvalidInput({"email": N_("This is not an e-mail address.")})
    return clean


async def register(realm: Realm, *, name: str, email: str, password: str, locale: str) -> UUID:
    """A new merchant or promoter login. Raises EmailTaken, InvalidInput."""
    clean, secret = check_email(email), check_password(password, realm.name)
    hashed = await passwords.hash_password(secret, strong=realm.strong_passwords)
    account_id = new_id()
    async with platform.transaction() as database:
        try:
            await database.execute(
                f"INSERT INTO {realm.people} (id, email, name, password_hash, locale, created_at)"  # noqa: S608
                " VALUES ($1, $2, $3, $4, $5, $6)",
                account_id, clean, name, hashed, locale, now(),
            )  # fmt: skip
        except UniqueViolationError as error:
            raise EmailTaken from error
    return account_id


async def find_account(realm: Realm, email: str) -> UUID:
    """Whose address this is; for our own commands, never for a page. Raises WrongPassword when nobody's."""
    async with platform.transaction() as database:
        account_id: UUID | None = await database.fetchval(
            f"SELECT id FROM {realm.people} WHERE email = $1",  # noqa: S608 - our own table names
            email.strip().lower(),
        )
    if account_id is None:
        raise WrongPassword
    return account_id


async def authenticate(
    connection: ASGIConnection[Any, Any, Any, Any], realm: Realm, email: str, password: str
) -> Account:
    """Who this is. Limited by account and by place. Raises WrongPassword, TooManyTries."""
    clean = email.strip().lower()
    await limits.take_sign_in(realm.name, clean[:254], client_address(connection))
    async with platform.transaction() as database:
        row = await database.fetchrow(
            f"SELECT id, name, email, password_hash FROM {realm.people} WHERE email = $1",  # noqa: S608 - ours
            clean,
        )
    known = row["password_hash"] if row else None
    if not await passwords.verify_password(known, password, strong=realm.strong_passwords) or row is None:
        raise WrongPassword
    await keep_fresh(realm, row["id"], row["password_hash"], password)
    return Account(row["id"], row["name"], row["email"])
