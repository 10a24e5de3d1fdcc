"""Who is looking: the signed-in person behind a request, as every face sees them."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person. `tenant_id` is the store a merchant looks at; `role` is empty outside merchants and staff.

    `since` is when this session was opened, with a password or what stands for one; None where nothing asks for it.
    """

    realm: str
    id: UUID
    name: str
    email: str
    role: str
    tenant_id: UUID | None
    token_hash: bytes
    csrf_token: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """A shopper's browser, signed in or not."""

    visitor_id: UUID
    customer_id: UUID | None
    token_hash: bytes
    csrf_token: str


def hash_token(token: str) -> bytes:
    """What is stored of a session token: enough to recognize it, useless to whoever reads the table."""
    return hashlib.sha256(token.encode()).digest()


def csrf_of(token: str) -> str:
    """The form token of a session: bound to it, different after every rotation, never stored."""
    return hmac.new(token.encode(), b"csrf", hashlib.sha256).hexdigest()
