"""The store's own account at its payment provider. Money never passes through anybody else's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound


async def account_of(provider: str = "sandbox") -> Mapping[str, Any]:
    """The account by column name, its secret still sealed. Raises NotFound when the store never had one."""
    row = await tenants.connection().fetchrow(
        "SELECT id, provider, merchant_id, base_url, status, secret_sealed FROM payment_account WHERE provider = $1",
        provider,
    )
    if row is None:
        raise NotFound
    return dict(row)


async def record_health(provider: str, *, error: str = "") -> None:
    """The provider answered, or did not; shown to the merchant and to the platform's staff."""
    statement = (
        "UPDATE payment_account SET last_error = $2, last_error_at = $3 WHERE provider = $1"
        if error
        else "UPDATE payment_account SET last_ok_at = $3, last_error = $2 WHERE provider = $1"
    )
    await tenants.connection().execute(statement, provider, error[:300], now())
