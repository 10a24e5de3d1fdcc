"""What a password must be, and how a merchant, a promoter, a supplier or a colleague changes theirs.

Whoever knew the old password is out at once: hash, sessions and waiting one-time codes change in one transaction.
"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar.connection import ASGIConnection

from app.identity.realms import MERCHANT, OF_PLATFORM, PROMOTER, STAFF, SUPPLIER, Realm
from app.identity.sessions import client_address, end_sessions_within, open_session
from app.identity.viewers import Viewer
from app.kernel import limits
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from infra import passwords
from tenants import audit, platform

MIN_PASSWORD = {MERCHANT.name: 8, PROMOTER.name: 8, SUPPLIER.name: 8, STAFF.name: 12, "shopper": 8}
AUDITED = (MERCHANT, STAFF)

_KNOWN = {
    realm.name: f"SELECT password_hash FROM {realm.people} WHERE id = $1"  # noqa: S608 - our own table names
    for realm in OF_PLATFORM
}
# Only over the hash that was checked: of two changes at once, the second no longer knows the current password.
_REPLACE = {
    realm.name: f"UPDATE {realm.people} SET password_hash = $3 WHERE id = $1 AND password_hash = $2 RETURNING id"  # noqa: S608 - the same
    for realm in OF_PLATFORM
}


Secret = Annotated[str, msgspec.Meta(min_length=1, max_length=254)]


class PasswordForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What every face asks for."""

    current_password: Secret
    new_password: Secret


class WrongCurrentPassword(InvalidInput):
    """Signed in, but not with this password; said beside its field."""

    def __init__(self) -> None:
        super().__init__({"current_password": N_("This is not your current password.")})


def check_password(password: str, realm: str, *, field: str = "password") -> str:
    """Raises InvalidInput on `field` when it is too short, too long or everybody's."""
    if len(password) < MIN_PASSWORD[realm]:
        text = N_("Use at least 12 characters.") if MIN_PASSWORD[realm] > 8 else N_("Use at least 8 characters.")
        raise InvalidInput({field: text})
    if len(password) > passwords.MAX_LENGTH or len(set(password)) < 4:
        raise InvalidInput({field: N_("Choose a password that is harder to guess.")})
    return password


def check_new_password(current: str, new: str, realm: str) -> str:
    """Raises InvalidInput on `new_password` when it will not do, or is the one it should replace."""
    if check_password(new, realm, field="new_password") == current:
        raise InvalidInput({"new_password": N_("This is the password you have. Choose another one.")})
    return new


async def verify_own_password(
    connection: ASGIConnection[Any, Any, Any, Any], realm: Realm, viewer: Viewer, password: str
) -> bool:
    """Limited like signing in. Raises TooManyTries."""
    known = await _known(connection, realm, viewer)
    return await passwords.verify_password(known, password, strong=realm.strong_passwords)


async def _known(connection: ASGIConnection[Any, Any, Any, Any], realm: Realm, viewer: Viewer) -> str | None:
    await limits.take_sign_in(realm.name, viewer.email, client_address(connection))
    async with platform.transaction() as database:
        known: str | None = await database.fetchval(_KNOWN[realm.name], viewer.id)
    return known


async def change_password(
    connection: ASGIConnection[Any, Any, Any, Any], realm: Realm, viewer: Viewer, form: PasswordForm
) -> None:
    """Sign the person out everywhere and this browser in again. Raises InvalidInput, TooManyTries."""
    known = await _known(connection, realm, viewer)
    if not await passwords.verify_password(known, form.current_password, strong=realm.strong_passwords):
        raise WrongCurrentPassword
    secret = check_new_password(form.current_password, form.new_password, realm.name)
    hashed = await passwords.hash_password(secret, strong=realm.strong_passwords)
    async with platform.transaction() as database:
        if realm in AUDITED:
            await audit.record(
                database, actor_kind=realm.name, actor_id=viewer.id, actor_name=viewer.name,
                action="password.changed", tenant=viewer.tenant_id, subject=viewer.email,
            )  # fmt: skip
        if await database.fetchval(_REPLACE[realm.name], viewer.id, known, hashed) is None:
            raise WrongCurrentPassword
        await end_sessions_within(database, realm, viewer.id)
    await open_session(connection, realm, viewer.id, tenant_id=viewer.tenant_id)


async def keep_fresh(realm: Realm, account_id: UUID, known: str, password: str) -> None:
    """After a sign-in: hash again when the stored hash was made with other parameters than today's."""
    if not passwords.needs_rehash(known, realm.strong_passwords):
        return
    hashed = await passwords.hash_password(password, strong=realm.strong_passwords)
    async with platform.transaction() as database:
        await database.execute(_REPLACE[realm.name], account_id, known, hashed)
