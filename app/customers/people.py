"""Shoppers: known by e-mail within one store, and to no other store at all."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from app.kernel.ids import new_id


class EmailTaken(Refusal):
    """Somebody signs in with this address already."""

    code = "customers.email_taken"
    status = 409
    message = "There is an account with this e-mail. Sign in instead."


class Customer(msgspec.Struct, frozen=True):
    id: UUID
    email: str | None
    phone: str
    name: str
    locale: str
    created_at: datetime


COLUMNS = "id, email, phone, name, locale, created_at"
BY_ID = f"SELECT {COLUMNS} FROM customer WHERE id = $1"  # noqa: S608 - constants only
BY_EMAIL = f"SELECT {COLUMNS} FROM customer WHERE email = $1"  # noqa: S608 - constants only


async def find(customer_id: UUID) -> Customer:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(BY_ID, customer_id)
    if row is None:
        raise NotFound
    return Customer(**row)


async def find_by_email(email: str) -> Customer | None:
    row = await tenants.connection().fetchrow(BY_EMAIL, email.strip().lower())
    return Customer(**row) if row else None


async def register(*, email: str, name: str, password_hash: str, locale: str, phone: str = "") -> UUID:
    """A new account. Raises EmailTaken."""
    customer: UUID | None = await tenants.connection().fetchval(
        "INSERT INTO customer (id, email, phone, name, password_hash, locale, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)"
        " ON CONFLICT (email) WHERE email IS NOT NULL DO NOTHING RETURNING id",
        new_id(), email.strip().lower(), phone, name, password_hash, locale, now(),
    )  # fmt: skip
    if customer is None:
        raise EmailTaken
    return customer


async def complete(customer_id: UUID, *, email: str, name: str, password_hash: str) -> bool:
    """Give an account without e-mail one to sign in with. False when it has one already. Raises EmailTaken."""
    database = tenants.connection()
    if await database.fetchval("SELECT email FROM customer WHERE id = $1 FOR NO KEY UPDATE", customer_id) is not None:
        return False
    try:
        await database.execute(
            "UPDATE customer SET email = $2, name = $3, password_hash = $4 WHERE id = $1",
            customer_id, email.strip().lower(), name, password_hash,
        )  # fmt: skip
    except asyncpg.UniqueViolationError as error:
        raise EmailTaken from error
    return True


async def rename(customer_id: UUID, *, name: str, phone: str) -> None:
    await tenants.connection().execute(
        "UPDATE customer SET name = $2, phone = $3 WHERE id = $1", customer_id, name, phone
    )
