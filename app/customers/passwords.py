"""The password a shopper has in this store: whether it fits, and putting another in its place."""

from __future__ import annotations

from uuid import UUID

import tenants
from infra import passwords


async def recognize(email: str, password: str) -> UUID | None:
    """Whose e-mail and password these are. Takes the same time for an address nobody has."""
    async with tenants.transaction():
        row = await tenants.connection().fetchrow(
            "SELECT id, password_hash FROM customer WHERE email = $1", email.strip().lower()
        )
    known = row["password_hash"] if row else None
    if not await passwords.verify_password(known, password) or row is None or known is None:
        return None
    if passwords.needs_rehash(known, strong=False):
        hashed = await passwords.hash_password(password, strong=False)
        async with tenants.transaction():
            await replace_password(row["id"], known, hashed)
    customer_id: UUID = row["id"]
    return customer_id


async def fitting_hash(customer_id: UUID, password: str) -> str | None:
    """The stored hash when this is the customer's password, else None."""
    async with tenants.transaction():
        known: str | None = await tenants.connection().fetchval(
            "SELECT password_hash FROM customer WHERE id = $1", customer_id
        )
    return known if await passwords.verify_password(known, password) else None


async def replace_password(customer_id: UUID, known: str, hashed: str) -> bool:
    """Only over the hash that was checked; False when it is not the stored one any more."""
    changed = await tenants.connection().fetchval(
        "UPDATE customer SET password_hash = $3 WHERE id = $1 AND password_hash = $2 RETURNING id",
        customer_id, known, hashed,
    )  # fmt: skip
    return changed is not None
