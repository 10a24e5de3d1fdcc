"""Shoppers by the name a wallet has for them: who it is, and as whom they pay there."""

from __future__ import annotations

from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import Refusal
from app.kernel.ids import new_id


class WalletTaken(Refusal):
    """The wallet belongs to another account of this store, or the account to another wallet."""

    code = "customers.wallet_taken"
    status = 409
    message = "This wallet or this account is connected to another one already. Nothing was changed."


class WalletName(msgspec.Struct, frozen=True):
    """`payer_id` is the person's name under the store's app `app_id`."""

    app_id: str
    payer_id: str


async def customer_named(name: WalletName) -> UUID | None:
    customer: UUID | None = await tenants.connection().fetchval(
        "SELECT customer FROM wallet_name WHERE app_id = $1 AND payer_id = $2", name.app_id, name.payer_id
    )
    return customer


async def name_at(customer_id: UUID, provider: str) -> WalletName | None:
    """Under which name this customer pays at the provider; the newest, where the store changed its app."""
    row = await tenants.connection().fetchrow(
        "SELECT app_id, payer_id FROM wallet_name WHERE customer = $1 AND provider = $2 ORDER BY named_at DESC LIMIT 1",
        customer_id, provider,
    )  # fmt: skip
    return WalletName(**row) if row else None


async def connect_wallet(customer_id: UUID, provider: str, name: WalletName) -> None:
    """From now on this name is this customer's. Raises WalletTaken, also for the second of two at once."""
    done = await tenants.connection().fetchval(
        "INSERT INTO wallet_name (id, provider, app_id, payer_id, customer, named_at) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT DO NOTHING RETURNING id",
        new_id(), provider, name.app_id, name.payer_id, customer_id, now(),
    )  # fmt: skip
    if done is None:
        raise WalletTaken


async def open_account(*, name: str, locale: str) -> UUID:
    """An account without e-mail and password: its wallet opens it."""
    customer_id = new_id()
    await tenants.connection().execute(
        "INSERT INTO customer (id, name, locale, created_at) VALUES ($1, $2, $3, $4)", customer_id, name, locale, now()
    )
    return customer_id
