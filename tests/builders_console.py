"""Staff members who can sign in, and jobs that died."""

from __future__ import annotations

import secrets
from uuid import UUID

import tenants
from app import identity
from app.kernel.ids import new_id
from tenants import platform
from tests.functional.conftest import Visitor, own_address


async def staff_member(role: str = "admin") -> tuple[str, str]:
    """E-mail and password of a new colleague with this role."""
    email = f"staff-{secrets.token_hex(6)}@tuanzhou.test"
    password = await identity.create_staff(email, f"Priya {email[6:12]}")
    async with platform.transaction() as database:
        await database.execute("UPDATE staff_user SET role = $2 WHERE email = $1", email, role)
    return email, password


async def sign_in_as_staff(visitor: Visitor, role: str = "admin") -> str:
    """Signs the visitor in to the console; returns the colleague's e-mail."""
    email, password = await staff_member(role)
    answer = await visitor.submit(own_address("staff", "/sign-in"), {"email": email, "password": password})
    assert answer.status_code == 303, answer.text
    return email


async def dead_job(kind: str = "payments.register_account", *, attempts: int = 12) -> UUID:
    """A job of the bound store that nobody tries again by itself."""
    job_id = new_id()
    async with tenants.transaction():
        await tenants.connection().execute(
            "INSERT INTO outbox (id, kind, queue, payload, status, attempts, max_attempts, run_at, last_error,"
            " created_at, finished_at) VALUES ($1, $2, 'critical', '{}', 'dead', $3, 12, now(), "
            " 'the provider said 500', now(), now())",
            job_id, kind, attempts,
        )  # fmt: skip
    return job_id
