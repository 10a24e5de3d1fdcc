"""What a store signs with at a payment provider: several secrets in one sealed text, bound to one row of one store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

import msgspec

from infra import crypto
from infra.crypto import SealBroken

# What the single secret of accounts made before was sealed for.
FIRST_FORM = "payments"


class Row(Protocol):
    """A database row, or anything else that answers by column name."""

    def __getitem__(self, key: str, /) -> Any: ...


def seal_credentials(values: Mapping[str, str], *, tenant_id: UUID, account_id: UUID) -> str:
    """One text for `payment_account.credentials_sealed`; copied to another row or store it does not open."""
    return crypto.seal(msgspec.json.encode(dict(values)), tenant_id=tenant_id, purpose=_place(account_id))


def open_credentials(account: Row, *, tenant_id: UUID) -> dict[str, str]:
    """The secrets of a `payment_account` row by name. Raises SealBroken. An old row has one, named `secret`."""
    if not account["credentials_sealed"]:
        secret = crypto.open_sealed(account["secret_sealed"], tenant_id=tenant_id, purpose=FIRST_FORM)
        return {"secret": secret.decode()}
    opened = crypto.open_sealed(account["credentials_sealed"], tenant_id=tenant_id, purpose=_place(account["id"]))
    try:
        return msgspec.json.decode(opened, type=dict[str, str])
    except msgspec.DecodeError as error:
        raise SealBroken("opened, but these are no credentials") from error


def _place(account_id: UUID) -> str:
    return f"payment_account.credentials:{account_id}"
