"""A shopper changes the password of this store; every browser signed in with the old one is signed out."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import customers, identity
from app.identity import SHOPPER, WrongCurrentPassword
from infra import passwords


async def change_shopper_password(customer_id: UUID, current: str, new: str) -> None:
    """Ends all sessions of the customer, the asking one too: sign it in again. Raises InvalidInput."""
    known = await customers.fitting_hash(customer_id, current)
    if known is None:
        raise WrongCurrentPassword
    secret = identity.check_new_password(current, new, SHOPPER.name)
    hashed = await passwords.hash_password(secret, strong=SHOPPER.strong_passwords)
    async with tenants.transaction():
        if not await customers.replace_password(customer_id, known, hashed):
            raise WrongCurrentPassword
        await identity.end_shopper_sessions(customer_id)
