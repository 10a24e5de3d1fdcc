"""Lines sold elsewhere: taken in as they are seen, found, decided turn by turn. Nothing in here moves money.

Taking in only adds to what is known and says that somebody should look at the line; the one who looks moves the money,
from all that is known by then. So no message a platform sends pays anybody by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

import tenants
from app.external_sales import facts
from app.external_sales.facts import Fact, Known
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.ids import new_id

_COLUMNS = (
    "id, platform, order_number, line_key, offer, title, sku_code, variant, quantity, sale_amount, base_amount,"
    " refunded_amount, currency, status, placed_at, paid_at, received_at, sharer, sharer_name, sharer_final,"
    " facts_version, sharer_version, promoter, live_session, basis, turn, decided_on, final_at, attend_at,"
    " first_seen_at"
)


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line sold elsewhere, with whose sale it is in its present turn."""

    id: UUID
    platform: str
    order_number: str
    line_key: str
    offer: UUID | None
    title: str
    sku_code: str
    variant: UUID | None
    quantity: int
    sale_amount: int
    base_amount: int
    refunded_amount: int
    currency: str
    status: str
    placed_at: datetime
    paid_at: datetime | None
    received_at: datetime | None
    sharer: str
    sharer_name: str
    sharer_final: bool
    facts_version: str
    sharer_version: str
    promoter: UUID | None
    live_session: UUID | None
    basis: str
    turn: int
    decided_on: str
    final_at: datetime | None
    attend_at: datetime | None
    first_seen_at: datetime

    @property
    def is_paid(self) -> bool:
        return self.status in ("paid", "shipped", "received")

    @property
    def lost_amount(self) -> int:
        """What of the sale came to nothing. An order that was called off has nothing left, whoever had paid it."""
        return self.sale_amount if self.status == "closed" else min(self.refunded_amount, self.sale_amount)

    @property
    def is_settled_there(self) -> bool:
        """Nothing about whose sale it was is still open at the platform: it named the sharer for good, or named nobody
        until the goods were received."""
        return self.sharer_final if self.sharer else self.status == "received"


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What a batch brought: lines nobody had seen before, lines that have news, and repetitions."""

    new: int = 0
    changed: int = 0
    same: int = 0


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """What was once said of a line."""

    source: str
    seen_at: datetime
    fact: Fact


async def take_in(found: Iterable[Fact], *, source: Literal["file", "api"], source_id: UUID) -> Taken:
    """Add sightings to what is known, in an open transaction. Seen before changes nothing."""
    new = changed = same = 0
    for fact in sorted(found, key=lambda each: (each.key, each.version)):
        born = await _insert(fact)
        line = await _lock(fact)
        if not await _sight(line.id, fact, source, source_id):
            same += 1
            continue
        await _write(line.id, fact.platform, fact if born else facts.merge(_known(line), fact))
        if fact.sharer:
            await _meet(fact)
        new, changed = new + born, changed + (not born)
    return Taken(new=new, changed=changed, same=same)


async def _insert(fact: Fact) -> bool:
    moment = now()
    done: str = await tenants.connection().execute(
        "INSERT INTO external_line (id, platform, order_number, line_key, offer, title, quantity, sale_amount,"
        " base_amount, currency, status, placed_at, first_seen_at, updated_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)"
        " ON CONFLICT (platform, order_number, line_key) DO NOTHING",
        new_id(), *fact.key, fact.offer, fact.title, fact.quantity, fact.sale_amount, fact.base_amount, fact.currency,
        fact.status, fact.placed_at, moment,
    )  # fmt: skip
    return done.endswith(" 1")


async def _lock(fact: Fact) -> Line:
    row = await tenants.connection().fetchrow(
        f"SELECT {_COLUMNS} FROM external_line WHERE platform = $1 AND order_number = $2 AND line_key = $3"  # noqa: S608
        " FOR NO KEY UPDATE",
        *fact.key,
    )
    assert row is not None  # noqa: S101 - written above, and never taken away
    return Line(**row)


async def _sight(line_id: UUID, fact: Fact, source: str, source_id: UUID) -> bool:
    done: str = await tenants.connection().execute(
        "INSERT INTO external_sighting (id, external_line, digest, source, source_id, facts, seen_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (external_line, digest) DO NOTHING",
        new_id(), line_id, fact.digest, source, source_id, msgspec.json.encode(fact).decode(), now(),
    )  # fmt: skip
    return done.endswith(" 1")


_WRITE = """
UPDATE external_line SET title = $2, sku_code = $3, quantity = $4, sale_amount = $5, base_amount = $6,
    refunded_amount = $7, status = $8, placed_at = $9, paid_at = $10, received_at = $11, sharer = $12,
    sharer_name = $13, sharer_final = $14, facts_version = $15, sharer_version = $16, sightings = sightings + 1,
    variant = $17, attend_at = $18, updated_at = $18 WHERE id = $1
"""
_VARIANT = """
SELECT coalesce((SELECT variant FROM external_good WHERE platform = $1 AND sku_code = $2),
    (SELECT CASE WHEN count(*) = 1 THEN (array_agg(id))[1] END FROM variant WHERE sku = $2))
"""


async def _write(line_id: UUID, platform: str, said: Fact | Known) -> None:
    known = facts.first(said) if isinstance(said, Fact) else said
    variant = None
    if known.sku_code:
        variant = await tenants.connection().fetchval(_VARIANT, platform, known.sku_code)
    await tenants.connection().execute(_WRITE, line_id, *msgspec.structs.astuple(known), variant, now())


async def _meet(fact: Fact) -> None:
    """Somebody the platform names; who that is among our promoters is for the merchant to say."""
    await tenants.connection().execute(
        "INSERT INTO external_sharer (id, platform, outside_id, name, first_seen_at) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (platform, outside_id) DO UPDATE SET name = excluded.name"
        " WHERE external_sharer.name = '' AND excluded.name <> ''",
        new_id(), fact.platform, fact.sharer, fact.sharer_name, now(),
    )  # fmt: skip


def _known(line: Line) -> Known:
    return Known(**{name: getattr(line, name) for name in Known.__struct_fields__})


async def find(line_id: UUID, *, lock: bool = False) -> Line:
    """With `lock` nobody adds to it or decides it until COMMIT. Raises NotFound."""
    row = await tenants.connection().fetchrow(
        f"SELECT {_COLUMNS} FROM external_line WHERE id = $1" + (" FOR NO KEY UPDATE" if lock else ""),  # noqa: S608
        line_id,
    )
    if row is None:
        raise NotFound
    return Line(**row)


async def sightings_of(line_id: UUID) -> list[Sighting]:
    """Everything that was ever said of it, in the order it reached us."""
    rows = await tenants.connection().fetch(
        "SELECT source, seen_at, facts FROM external_sighting WHERE external_line = $1 ORDER BY seen_at, id", line_id
    )
    return [
        Sighting(source=row["source"], seen_at=row["seen_at"], fact=msgspec.json.decode(row["facts"], type=Fact))
        for row in rows
    ]


async def waiting(after: UUID | None, most: int) -> Sequence[UUID]:
    """The next lines somebody should look at: something new is known of them, or a date has come."""
    rows = await tenants.connection().fetch(
        "SELECT id FROM external_line WHERE attend_at <= $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3",
        now(), after, most,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def decide(
    line_id: UUID, *, turn: int, on: str, promoter: UUID | None, basis: str, live_session: UUID | None,
    receipt: dict[str, Any],
) -> None:  # fmt: skip
    """Whose sale it is from now on; the turns before stay as they were written."""
    moment = now()
    await tenants.connection().execute(
        "INSERT INTO external_decision (id, external_line, turn, promoter, basis, receipt, decided_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        new_id(), line_id, turn, promoter, basis, msgspec.json.encode(receipt).decode(), moment,
    )  # fmt: skip
    await tenants.connection().execute(
        "UPDATE external_line SET turn = $2, decided_on = $3, promoter = $4, basis = $5, live_session = $6,"
        " final_at = NULL, updated_at = $7 WHERE id = $1",
        line_id, turn, on, promoter, basis, live_session, moment,
    )  # fmt: skip


async def finalize(line_id: UUID) -> datetime:
    """Whose sale it was is settled; when that became known counts from its first time."""
    at: datetime = await tenants.connection().fetchval(
        "UPDATE external_line SET final_at = coalesce(final_at, $2) WHERE id = $1 RETURNING final_at", line_id, now()
    )
    return at


async def attended(line_id: UUID, again_at: datetime | None) -> None:
    """Looked at; look again then, or when something new is known."""
    await tenants.connection().execute("UPDATE external_line SET attend_at = $2 WHERE id = $1", line_id, again_at)


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """Whose sale a line was in one turn."""

    turn: int
    promoter: UUID | None
    promoter_name: str
    basis: str
    receipt: dict[str, Any]
    decided_at: datetime


async def decisions_of(line_id: UUID) -> list[Decision]:
    rows = await tenants.connection().fetch(
        "SELECT d.turn, d.promoter, coalesce(p.name, '') AS promoter_name, d.basis, d.receipt, d.decided_at"
        " FROM external_decision d LEFT JOIN promoter p ON p.id = d.promoter WHERE d.external_line = $1"
        " ORDER BY d.turn DESC",
        line_id,
    )
    return [Decision(**dict(row) | {"receipt": msgspec.json.decode(row["receipt"])}) for row in rows]
