"""What a person of the store said is a promoter's own, beside what their account, orders and payouts show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.risk import prints
from app.risk.prints import Kind

KEPT = ("account", "email", "phone", "address", "device", "payer")
TYPED = ("email", "phone")
SHOWN = 4


class Trait(msgspec.Struct, frozen=True):
    """`hint` is enough for a person to know which one it is."""

    id: UUID
    kind: str
    hint: str
    added_by: str
    added_at: datetime


async def remember(promoter: UUID, known: Mapping[str, Iterable[bytes]], *, hint: str, by: str) -> None:
    """From now on these are theirs. Twice is once."""
    rows = [
        (new_id(), promoter, kind, one, hint, by, now())
        for kind in KEPT
        for one in known.get(kind, ())
    ]  # fmt: skip
    await tenants.connection().executemany(
        "INSERT INTO risk_trait (id, promoter, kind, digest, hint, added_by, added_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (promoter, kind, digest) DO NOTHING",
        rows,
    )


async def add_trait(promoter: UUID, kind: str, text: str, *, by: str) -> None:
    """A second e-mail or phone. Raises InvalidInput."""
    if kind not in TYPED:
        raise InvalidInput({"kind": N_("Choose one of the offered values.")})
    plain = prints.mailbox(text) if kind == "email" else prints.phone(text)
    if not plain:
        raise InvalidInput({"text": N_("Write a whole e-mail address or phone number.")})
    hint = f"{plain[0]}…@{plain.rpartition('@')[2]}" if kind == "email" else f"…{plain[-SHOWN:]}"
    typed: Kind = "email" if kind == "email" else "phone"
    await remember(promoter, {kind: [prints.digest(typed, plain)]}, hint=hint, by=by)


async def forget_trait(promoter: UUID, trait: UUID) -> None:
    await tenants.connection().execute("DELETE FROM risk_trait WHERE id = $1 AND promoter = $2", trait, promoter)


async def traits_of(promoter: UUID) -> list[Trait]:
    rows = await tenants.connection().fetch(
        "SELECT id, kind, hint, added_by, added_at FROM risk_trait WHERE promoter = $1 ORDER BY added_at, id", promoter
    )
    return [Trait(**row) for row in rows]
