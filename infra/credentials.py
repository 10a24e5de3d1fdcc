"""What a store signs with at an outside service: several secrets in one sealed text, bound to one row of one store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import msgspec

from infra import crypto
from infra.crypto import SealBroken


class Row(Protocol):
    """A database row, or anything else that answers by column name."""

    def __getitem__(self, key: str, /) -> Any: ...


@dataclass(frozen=True, slots=True)
class Credentials:
    """The column `credentials_sealed` of one table. Copied to another row or store, a text of it does not open."""

    table: str
    # What the single secret of rows made before was sealed for; empty where there never were such rows.
    first_form: str = ""

    def seal(self, values: Mapping[str, str], *, tenant_id: UUID, row_id: UUID) -> str:
        """One text for the row of this id."""
        return crypto.seal(msgspec.json.encode(dict(values)), tenant_id=tenant_id, purpose=self._place(row_id))

    def open(self, row: Row, *, tenant_id: UUID) -> dict[str, str]:
        """The secrets of a row by name. Raises SealBroken. A row of the first form has one, named `secret`."""
        if self.first_form and not row["credentials_sealed"]:
            secret = crypto.open_sealed(row["secret_sealed"], tenant_id=tenant_id, purpose=self.first_form)
            return {"secret": secret.decode()}
        opened = crypto.open_sealed(row["credentials_sealed"], tenant_id=tenant_id, purpose=self._place(row["id"]))
        try:
            return msgspec.json.decode(opened, type=dict[str, str])
        except msgspec.DecodeError as error:
            raise SealBroken("opened, but these are no credentials") from error

    def _place(self, row_id: UUID) -> str:
        return f"{self.table}.credentials:{row_id}"


OF_PAYMENTS = Credentials("payment_account", first_form="payments")
OF_WAREHOUSES = Credentials("warehouse", first_form="warehouse")
OF_TRACKING = Credentials("tracking_account")
OF_SHOPS = Credentials("external_shop")
