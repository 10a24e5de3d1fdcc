"""Room: who is looking, and what they may do."""

from __future__ import annotations

from typing import Any

from app.identity import codes
from app.identity.accounts import (
    Account,
    EmailTaken,
    WrongPassword,
    authenticate,
    check_email,
    find_account,
    register,
)
from app.identity.guards import ForgedRequest, StoreNotChosen, guard
from app.identity.passwords import (
    PasswordForm,
    WrongCurrentPassword,
    change_password,
    check_new_password,
    check_password,
)
from app.identity.permissions import allows
from app.identity.realms import MERCHANT, PROMOTER, SHOPPER, STAFF, SUPPLIER, Realm
from app.identity.sessions import (
    client_address,
    end_all_sessions,
    end_session,
    end_shopper_sessions,
    ensure_visit,
    issue_token,
    open_session,
    revoke_token,
    sign_in_shopper,
    viewer_or_none,
    visit_or_none,
    visitor_cookie,
    visitor_from_cookie,
)
from app.identity.staff import StaffUser, create_staff, staff_users
from app.identity.step_up import PasswordNeeded, WrongOwnPassword, confirm, confirmed_lately, renew
from app.identity.viewers import Viewer, Visit, hash_token
from app.kernel.errors import SignInNeeded
from tenants.middleware import arrival_of

__all__ = [
    "MERCHANT", "PROMOTER", "SHOPPER", "STAFF", "SUPPLIER", "Account", "EmailTaken", "ForgedRequest", "PasswordForm",
    "PasswordNeeded", "Realm", "StaffUser", "StoreNotChosen", "Viewer", "Visit", "WrongCurrentPassword",
    "WrongOwnPassword", "WrongPassword", "allows", "authenticate", "change_password", "check_email",
    "check_new_password", "check_password", "client_address", "codes", "confirm", "confirmed_lately",
    "create_staff", "end_all_sessions", "end_session", "end_shopper_sessions", "ensure_visit", "find_account",
    "guard", "hash_token", "issue_token", "open_session", "register", "renew", "revoke_token", "sign_in_shopper",
    "staff_users", "viewer_of", "viewer_or_none", "visit_or_none", "visitor_cookie", "visitor_from_cookie",
]  # fmt: skip


def viewer_of(connection: Any) -> Viewer:
    """The signed-in person, after the guard let the request through. Raises SignInNeeded when there is none."""
    viewer = arrival_of(connection).memo.get("viewer")
    if not isinstance(viewer, Viewer):
        raise SignInNeeded
    return viewer
