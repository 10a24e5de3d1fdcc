"""Links that were asked for in one act: which there are, which of them are new, and what was refused and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.ids import new_id
from app.links.tracked import LONGEST_LABEL


class Picks(msgspec.Struct, frozen=True, kw_only=True):
    """What was chosen. Without sessions the links stand outside of them."""

    promoters: Sequence[UUID]
    sessions: Sequence[UUID] = ()
    products: Sequence[UUID] = ()
    campaigns: Sequence[UUID] = ()
    whole_store: bool = False
    label: str = ""


class Refused(msgspec.Struct, frozen=True):
    """A pick that got no link. `why` is an English msgid with its details."""

    what: str
    why: str
    details: dict[str, int] = {}


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """`promoter` is the host whose act it was; nobody's when it was the merchant's."""

    id: UUID
    promoter: UUID | None
    made_by: str
    label: str
    refused: tuple[Refused, ...]
    created_at: datetime


class Made(msgspec.Struct, frozen=True):
    """A batch as a list names it."""

    id: UUID
    made_by: str
    label: str
    created_at: datetime
    links: int


async def keep_batch(
    items: Sequence[tuple[UUID, bool]], refused: Sequence[Refused], *, promoter: UUID | None, by: str, label: str
) -> Batch:
    """`items` are links, each with whether it is new, in the order they are shown."""
    batch = Batch(
        id=new_id(), promoter=promoter, made_by=by, label=label[:LONGEST_LABEL], refused=tuple(refused),
        created_at=now(),
    )  # fmt: skip
    await tenants.connection().execute(
        "INSERT INTO link_batch (id, promoter, made_by, label, refused, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        batch.id, promoter, by, batch.label, msgspec.json.encode(refused).decode(), batch.created_at,
    )  # fmt: skip
    await tenants.connection().executemany(
        "INSERT INTO link_batch_item (batch, seq, link, is_new) VALUES ($1, $2, $3, $4)",
        [(batch.id, seq, link, is_new) for seq, (link, is_new) in enumerate(items, 1)],
    )
    return batch


async def find_batch(batch_id: UUID) -> Batch:
    row = await tenants.connection().fetchrow(
        "SELECT id, promoter, made_by, label, refused, created_at FROM link_batch WHERE id = $1", batch_id
    )
    if row is None:
        raise NotFound
    return Batch(**dict(row) | {"refused": msgspec.json.decode(row["refused"], type=tuple[Refused, ...])})


async def recent_batches(promoter: UUID | None) -> list[Made]:
    """What this promoter, or (None) the store, made in one act, the newest first."""
    rows = await tenants.connection().fetch(
        "SELECT b.id, b.made_by, b.label, b.created_at,"
        " (SELECT count(*) FROM link_batch_item AS i WHERE i.batch = b.id) AS links FROM link_batch AS b"
        " WHERE b.promoter IS NOT DISTINCT FROM $1 ORDER BY b.created_at DESC, b.id DESC LIMIT 10",
        promoter,
    )
    return [Made(**row) for row in rows]
