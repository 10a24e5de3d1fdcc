"""The store's own accounts at its payment providers. Money never passes through anybody else's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound

COLUMNS = (
    "id, provider, merchant_id, base_url, status, secret_sealed, credentials_sealed, enabled, position, settings,"
    " last_ok_at, last_error, last_error_at"
)
ALL = f"SELECT {COLUMNS} FROM payment_account ORDER BY position, created_at, id"  # noqa: S608 - constants only
ACTIVE = f"SELECT {COLUMNS} FROM payment_account WHERE enabled ORDER BY position, created_at, id"  # noqa: S608
BY_PROVIDER = f"SELECT {COLUMNS} FROM payment_account WHERE provider = $1"  # noqa: S608 - constants only
SAVE = """
INSERT INTO payment_account (id, provider, merchant_id, secret_sealed, credentials_sealed, base_url, enabled, position,
    settings, created_at)
VALUES ($1, $2, $3, '', $4, $5, true, (SELECT coalesce(max(position), 0) + 1 FROM payment_account), $6, $7)
ON CONFLICT (provider) DO UPDATE SET merchant_id = $3, credentials_sealed = $4, base_url = $5, settings = $6,
    last_error = '', last_error_at = NULL, last_ok_at = NULL
"""

Account = Mapping[str, Any]


async def accounts() -> list[Account]:
    """Every account of the store by column name, secrets still sealed, in the order shoppers see them."""
    return [_read(row) for row in await tenants.connection().fetch(ALL)]


async def active_accounts() -> list[Account]:
    """The accounts a shopper may pay with."""
    return [_read(row) for row in await tenants.connection().fetch(ACTIVE)]


async def account_of(provider: str) -> Account:
    """One account, also a disabled one: what was begun with it is still finished. NotFound when there never was one."""
    row = await tenants.connection().fetchrow(BY_PROVIDER, provider)
    if row is None:
        raise NotFound
    return _read(row)


def _read(row: Mapping[str, Any]) -> Account:
    return dict(row) | {"settings": msgspec.json.decode(row["settings"])}


async def save_account(
    account_id: UUID, provider: str, *, merchant_id: str, credentials_sealed: str, base_url: str, settings: Any
) -> None:
    """Connect a provider, or change its connection; a new one is offered last. What was known of its health is gone."""
    await tenants.connection().execute(
        SAVE, account_id, provider, merchant_id, credentials_sealed, base_url,
        msgspec.json.encode(settings).decode(), now(),
    )  # fmt: skip


async def enable_account(provider: str, enabled: bool) -> bool:
    """Offer it to shoppers, or stop; open payments and refunds go on. False when nothing changed."""
    changed = await tenants.connection().fetchval(
        "UPDATE payment_account SET enabled = $2 WHERE provider = $1 AND enabled <> $2 RETURNING id", provider, enabled
    )
    return changed is not None


async def order_accounts(providers: list[str]) -> None:
    """The order in which shoppers see them; providers not named keep theirs, after the others."""
    await tenants.connection().execute(
        "UPDATE payment_account SET position = coalesce(array_position($1::text[], provider), $2 + position)",
        providers,
        len(providers),
    )


async def record_health(provider: str, *, error: str = "") -> None:
    """The provider answered, or did not; shown to the merchant and to the platform's staff."""
    statement = (
        "UPDATE payment_account SET last_error = $2, last_error_at = $3 WHERE provider = $1"
        if error
        else "UPDATE payment_account SET last_ok_at = $3, last_error = $2 WHERE provider = $1"
    )
    await tenants.connection().execute(statement, provider, error[:300], now())
