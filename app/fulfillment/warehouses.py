"""Warehouses and how well they answer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.fulfillment.kinds import NOBODY_OUTSIDE
from app.kernel.errors import NotFound

COLUMNS = (
    "id, name, adapter, base_url, app_key, secret_sealed, carrier_salt_sealed, is_default, status, last_ok_at,"
    " last_error, last_error_at, credentials_sealed, settings, code, country, region, position, parcel_amount,"
    " cutoff_minute"
)


@dataclass(frozen=True, slots=True, repr=False)
class WarehouseFacts:
    """Where parcels leave from; secrets are sealed. Also answers by column name, as adapters are built from it."""

    id: UUID
    name: str
    adapter: str
    base_url: str
    app_key: str
    secret_sealed: str
    carrier_salt_sealed: str
    is_default: bool
    status: str
    last_ok_at: datetime | None
    last_error: str
    last_error_at: datetime | None
    credentials_sealed: str
    settings: Mapping[str, str]
    code: str
    country: str
    region: str
    position: int
    parcel_amount: int
    cutoff_minute: int | None

    def __getitem__(self, key: str, /) -> Any:
        return getattr(self, key)

    @property
    def account(self) -> str:
        """Whose words it speaks: warehouses of one account at one vendor share a key; one without a key has its own."""
        named = f"{self.adapter}|{self.base_url}|{self.app_key}"
        return hashlib.sha256(named.encode()).hexdigest()[:16] if self.app_key else self.id.hex

    def is_told_by(self, speaker: WarehouseFacts) -> bool:
        """Whether what `speaker` signed may be about this one."""
        return self.account == speaker.account

    @property
    def is_outside(self) -> bool:
        """Somebody else's system is asked; else our own pages are all there is."""
        return self.adapter not in NOBODY_OUTSIDE

    @property
    def healthy(self) -> bool:
        """Its last answer was a good one."""
        return self.last_error_at is None or (self.last_ok_at is not None and self.last_ok_at > self.last_error_at)


async def warehouses() -> list[WarehouseFacts]:
    """Every warehouse of the store, the default one first."""
    rows = await tenants.connection().fetch(
        f"SELECT {COLUMNS} FROM warehouse ORDER BY is_default DESC, position, created_at, id"  # noqa: S608 - a constant
    )
    return [facts_of(row) for row in rows]


async def warehouse(warehouse_id: UUID) -> WarehouseFacts:
    """Raises NotFound."""
    return await _found(warehouse_id)


async def lock_warehouse(warehouse_id: UUID) -> WarehouseFacts:
    """As it is now, for whoever changes its credentials. Raises NotFound."""
    return await _found(warehouse_id, "FOR NO KEY UPDATE")


async def _found(warehouse_id: UUID, lock: str = "") -> WarehouseFacts:
    row = await tenants.connection().fetchrow(
        f"SELECT {COLUMNS} FROM warehouse WHERE id = $1 {lock}",  # noqa: S608 - constants
        warehouse_id,
    )
    if row is None:
        raise NotFound
    return facts_of(row)


def facts_of(row: Mapping[str, Any]) -> WarehouseFacts:
    return WarehouseFacts(**{**row, "settings": msgspec.json.decode(row["settings"], type=dict[str, str])})
