"""The link that lets an invited person in, once: for people of a store and of its suppliers alike.

Only the hash of its code is stored. A new person sets a password with it; somebody who has one types it, and only then
has the seat: an address that a stranger signed up with opens no store.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from app.identity import Realm, WrongPassword, check_password, hash_token
from app.kernel.clock import now
from app.kernel.errors import Refusal
from app.kernel.i18n import N_
from infra import passwords
from tenants import platform

LIFETIME = timedelta(days=7)


class InvitationSpent(Refusal):
    """The link was used, is too old, or never was one."""

    code = "users.invitation_spent"
    status = 410
    message = N_("This invitation was used or is older than seven days. Ask the owner for a new one.")


@dataclass(frozen=True, slots=True)
class Invitation:
    """`is_new` people choose a password with the code; others type theirs."""

    email: str
    code: str
    is_new: bool


async def issue(database: Any, realm: Realm, login: UUID, tenant_id: UUID, *, is_new: bool) -> str:
    """A code for a seat in this store, inside the caller's platform transaction."""
    code = secrets.token_urlsafe(32)
    await database.execute(
        "INSERT INTO sign_in_code (code_hash, realm, subject, tenant, expires_at) VALUES ($1, $2, $3, $4, $5)",
        hash_token(code), _new(realm) if is_new else _known(realm), login, tenant_id, now() + LIFETIME,
    )  # fmt: skip
    return code


async def is_for_new(realm: Realm, code: str) -> bool:
    """Whether the link's person still has to choose a password. A spent link looks like one until it is used."""
    async with platform.transaction() as database:
        kind = await database.fetchval(
            "SELECT realm FROM sign_in_code WHERE code_hash = $1 AND expires_at > $2", hash_token(code), now()
        )
    return bool(kind != _known(realm))


@asynccontextmanager
async def taken(realm: Realm, code: str, password: str) -> AsyncIterator[tuple[Any, UUID, UUID]]:
    """Use the link up: the open platform transaction, who it is, and which store; the caller opens the seat in it.

    Raises InvitationSpent, InvalidInput, WrongPassword.
    """
    is_new = await is_for_new(realm, code)
    hashed = await _chosen(realm, password) if is_new else None
    if not is_new:
        await _check_own(realm, code, password)
    async with platform.transaction() as database:
        row = await database.fetchrow(
            "DELETE FROM sign_in_code WHERE code_hash = $1 AND realm = $2 AND expires_at > $3"
            " RETURNING subject, tenant",
            hash_token(code), _new(realm) if is_new else _known(realm), now(),
        )  # fmt: skip
        if row is None:
            raise InvitationSpent
        if hashed:
            await database.execute(
                f"UPDATE {realm.people} SET password_hash = $2 WHERE id = $1",  # noqa: S608 - our own table names
                row["subject"], hashed,
            )  # fmt: skip
        yield database, row["subject"], row["tenant"]


async def _chosen(realm: Realm, password: str) -> str:
    return await passwords.hash_password(check_password(password, realm.name), strong=realm.strong_passwords)


async def _check_own(realm: Realm, code: str, password: str) -> None:
    async with platform.transaction() as database:
        known = await database.fetchval(
            f"SELECT l.password_hash FROM sign_in_code c JOIN {realm.people} l ON l.id = c.subject"  # noqa: S608 - ours
            " WHERE c.code_hash = $1 AND c.realm = $2",
            hash_token(code), _known(realm),
        )  # fmt: skip
    if not await passwords.verify_password(known, password, strong=realm.strong_passwords):
        raise WrongPassword


def _new(realm: Realm) -> str:
    return f"{realm.name}_invite"


def _known(realm: Realm) -> str:
    return f"{realm.name}_joining"
