"""One builder per kind of warehouse: from a row and its opened secrets to the adapter that keeps the port's promises.

Adapters are imported when they are first needed, and most processes never need most of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from infra.credentials import Row
from infra.http import Outside
from infra.warehouse.port import WarehouseAccount, WarehouseGateway


@dataclass(frozen=True, slots=True, repr=False)
class Connection:
    """Everything an adapter may need; never printed, because it holds secrets.

    `secrets` are what the vendor asked for by name, `settings` of the row what is not secret. A row made before there
    were several kinds has the one secret `secret`.
    """

    warehouse: Row
    secrets: Mapping[str, str]
    outside: Outside
    tenant_id: UUID

    @property
    def settings(self) -> Mapping[str, str]:
        found: Mapping[str, str] = self.warehouse["settings"]
        return found


def _jushuitan(to: Connection) -> WarehouseGateway:
    from infra.warehouse.jushuitan import Jushuitan

    secret = to.secrets["secret"]
    account = WarehouseAccount(
        to.warehouse["app_key"],
        secret,
        to.secrets.get("access_token") or trial_token(secret),
        to.warehouse["base_url"],
        int(to.settings.get("shop_id") or shop_number(to.tenant_id)),
    )
    return Jushuitan(account, to.outside)


def trial_token(secret: str) -> str:
    """The simulator gives out no tokens of its own; one that follows from the secret needs no second column."""
    return hashlib.sha256(b"access-token:" + secret.encode()).hexdigest()[:32]


def shop_number(tenant_id: UUID) -> int:
    """A vendor numbers shops within an account; any number that stays the same will do."""
    return int.from_bytes(tenant_id.bytes[-4:], "big") & 0x7FFFFFFF


ADAPTERS: Mapping[str, Callable[[Connection], WarehouseGateway]] = {
    "jushuitan": _jushuitan,
}
