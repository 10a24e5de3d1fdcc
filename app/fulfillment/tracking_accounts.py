"""Accounts at tracking services: which follows new parcels, and how well each answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from asyncpg import Record

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound

_COLUMNS = (
    "id, provider, name, account_ref, base_url, credentials_sealed, settings, is_default, status, last_ok_at,"
    " last_error, last_error_at"
)
SAVE = """
INSERT INTO tracking_account (id, provider, name, account_ref, base_url, credentials_sealed, settings, is_default,
    created_at)
SELECT $1, $2, $3, $4, $5, $6, $7, NOT EXISTS (SELECT FROM tracking_account WHERE is_default), $8
ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, base_url = EXCLUDED.base_url, settings = EXCLUDED.settings,
    credentials_sealed = EXCLUDED.credentials_sealed, status = 'active', last_error = '', last_error_at = NULL
"""


class TrackingAccountFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A store's account at one service; its secrets are sealed. Also answers by column name."""

    id: UUID
    provider: str
    name: str
    account_ref: str
    base_url: str
    credentials_sealed: str
    settings: Mapping[str, str]
    is_default: bool
    status: str
    last_ok_at: datetime | None
    last_error: str
    last_error_at: datetime | None

    def __getitem__(self, key: str, /) -> Any:
        return getattr(self, key)

    def __repr__(self) -> str:
        return f"TrackingAccountFacts({self.provider!r}, {self.account_ref!r})"

    @property
    def healthy(self) -> bool:
        """Its last answer was a good one."""
        return self.last_error_at is None or (self.last_ok_at is not None and self.last_ok_at > self.last_error_at)


async def tracking_accounts(*, active: bool = False) -> list[TrackingAccountFacts]:
    """The default one first."""
    only = " WHERE status = 'active'" if active else ""
    rows = await tenants.connection().fetch(
        f"SELECT {_COLUMNS} FROM tracking_account{only} ORDER BY is_default DESC, created_at, id"  # noqa: S608 - constants
    )
    return [_facts(row) for row in rows]


async def tracking_account(account_id: UUID) -> TrackingAccountFacts:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(
        f"SELECT {_COLUMNS} FROM tracking_account WHERE id = $1",  # noqa: S608 - a constant
        account_id,
    )
    if row is None:
        raise NotFound
    return _facts(row)


async def save_tracking_account(
    account_id: UUID, *, provider: str, name: str, account_ref: str, base_url: str, credentials_sealed: str,
    settings: Mapping[str, str],
) -> None:  # fmt: skip
    """The first account a store connects follows its parcels from then on."""
    await tenants.connection().execute(
        SAVE, account_id, provider, name, account_ref, base_url, credentials_sealed,
        msgspec.json.encode(dict(settings)).decode(), now(),
    )  # fmt: skip


async def switch_tracking_account(account_id: UUID, status: str) -> None:
    """Paused, an account is neither asked nor believed. Raises NotFound."""
    done = await tenants.connection().fetchval(
        "UPDATE tracking_account SET status = $2 WHERE id = $1 RETURNING id", account_id, status
    )
    if done is None:
        raise NotFound


async def choose_tracking_account(account_id: UUID) -> None:
    """New parcels are followed by this one; those on their way stay where they are. Raises NotFound."""
    chosen = await tracking_account(account_id)
    await tenants.connection().execute("UPDATE tracking_account SET is_default = false WHERE is_default")
    await tenants.connection().execute("UPDATE tracking_account SET is_default = true WHERE id = $1", chosen.id)


async def note_tracking(account_id: UUID, error: str = "") -> None:
    """It answered well, or this is what was wrong."""
    if error:
        await tenants.connection().execute(
            "UPDATE tracking_account SET last_error = $2, last_error_at = $3 WHERE id = $1",
            account_id, error[:500], now(),
        )  # fmt: skip
    else:
        await tenants.connection().execute(
            "UPDATE tracking_account SET last_error = '', last_ok_at = $2 WHERE id = $1", account_id, now()
        )


def _facts(row: Record) -> TrackingAccountFacts:
    return TrackingAccountFacts(**{**row, "settings": msgspec.json.decode(row["settings"], type=dict[str, str])})
