"""The store's own account at its payment provider. Money never passes through anybody else's."""

from __future__ import annotations

from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound
from infra import crypto


class Account(msgspec.Struct, frozen=True):
    """`secret` is open here and sealed in the row; it is left out of every text made of this object."""

    id: UUID
    provider: str
    merchant_id: str
    base_url: str
    status: str
    secret: str

    def __repr__(self) -> str:
        return f"Account({self.provider!r}, {self.merchant_id!r})"


async def account_of(provider: str = "sandbox") -> Account:
    """Raises NotFound when the store never had one."""
    row = await tenants.connection().fetchrow(
        "SELECT id, provider, merchant_id, base_url, status, secret_sealed FROM payment_account WHERE provider = $1",
        provider,
    )
    if row is None:
        raise NotFound
    secret = crypto.open_sealed(row["secret_sealed"], tenant_id=tenants.current().id, purpose="payments")
    return Account(row["id"], row["provider"], row["merchant_id"], row["base_url"], row["status"], secret)


async def record_health(provider: str, *, error: str = "") -> None:
    """The provider answered, or did not; shown to the merchant and to the platform's staff."""
    statement = (
        "UPDATE payment_account SET last_error = $2, last_error_at = $3 WHERE provider = $1"
        if error
        else "UPDATE payment_account SET last_ok_at = $3, last_error = $2 WHERE provider = $1"
    )
    await tenants.connection().execute(statement, provider, error[:300], now())
