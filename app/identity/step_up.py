"""Acts that hurt ask for the password again, unless this browser signed in a few minutes ago.

The password is checked before the act and the session is renewed after it, so that a page which is shown again in
between keeps its form.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from litestar.connection import ASGIConnection

from app.identity.passwords import verify_own_password
from app.identity.realms import Realm
from app.identity.sessions import open_session
from app.identity.viewers import Viewer
from app.kernel.clock import now
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_

RECENT = timedelta(minutes=5)


class PasswordNeeded(InvalidInput):
    """This act wants the password, typed now; said beside its field."""

    def __init__(self) -> None:
        super().__init__({"password": N_("Type your password to go on.")})


class WrongOwnPassword(InvalidInput):
    """Signed in, but not with this password."""

    def __init__(self) -> None:
        super().__init__({"password": N_("This is not your password.")})


def confirmed_lately(viewer: Viewer) -> bool:
    return viewer.since is not None and viewer.since + RECENT > now()


async def confirm(connection: ASGIConnection[Any, Any, Any, Any], realm: Realm, viewer: Viewer, password: str) -> bool:
    """Whether it is surely them: signed in just now, or with the password. False when it was not given.

    Raises WrongOwnPassword, TooManyTries.
    """
    if confirmed_lately(viewer):
        return True
    if not password:
        return False
    if not await verify_own_password(connection, realm, viewer, password):
        raise WrongOwnPassword
    return True


async def renew(connection: ASGIConnection[Any, Any, Any, Any], realm: Realm, viewer: Viewer) -> None:
    """After the act: a new token, which counts as confirmed for a few minutes."""
    if not confirmed_lately(viewer):
        await open_session(connection, realm, viewer.id, tenant_id=viewer.tenant_id)
