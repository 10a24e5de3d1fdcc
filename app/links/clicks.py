"""Rows of clicks: written in batches, folded once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.links.counting import QUIET, Pair
from tenants import steps
from tenants.steps import Step

WRITE = """
clicked AS (
    INSERT INTO click (id, link, visitor_id, clicked_at, qualifies, reason, address_hash, agent_hash)
    SELECT c.id, c.link, c.visitor_id, c.clicked_at, c.qualifies, c.reason, c.address_hash, c.agent_hash
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[], $5::boolean[], $6::text[], $7::bytea[],
        $8::bytea[]) AS c (id, link, visitor_id, clicked_at, qualifies, reason, address_hash, agent_hash)
    ON CONFLICT (id) DO NOTHING
)
"""


class Click(msgspec.Struct, frozen=True, array_like=True):
    """One arrival through a link. Address and agent are kept as keyed hashes only."""

    id: UUID
    link: UUID
    visitor_id: UUID
    clicked_at: datetime
    qualifies: bool
    reason: str
    address_hash: bytes
    agent_hash: bytes


class Unfolded(msgspec.Struct, frozen=True):
    """What folding needs of a click."""

    id: UUID
    link: UUID
    visitor_id: UUID
    clicked_at: datetime
    qualifies: bool
    reason: str = ""


async def write_clicks(clicks: Sequence[Click], *also: Step) -> None:
    """Store a batch, with other steps in the same round trip; the same click twice is one click."""
    columns = zip(*(msgspec.structs.astuple(click) for click in clicks), strict=True)
    await steps.take(Step(WRITE, tuple(list(column) for column in columns)), *also)


async def claim_unfolded(most: int) -> list[Unfolded]:
    """Clicks nobody else is folding at this moment, oldest first; they stay claimed until the transaction ends."""
    rows = await tenants.connection().fetch(
        "SELECT id, link, visitor_id, clicked_at, qualifies, reason FROM click WHERE folded_at IS NULL"
        " ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED",
        most,
    )
    return [Unfolded(*row.values()) for row in rows]


async def claim_unfolded_of(visitors: Sequence[UUID]) -> list[Unfolded]:
    """Every unfolded click of these visitors; waits for whoever is folding one of them."""
    rows = await tenants.connection().fetch(
        "SELECT id, link, visitor_id, clicked_at, qualifies, reason FROM click"
        " WHERE visitor_id = ANY($1::uuid[]) AND folded_at IS NULL ORDER BY id FOR UPDATE",
        list(visitors),
    )
    return [Unfolded(*row.values()) for row in rows]


async def counted_near(clicks: Sequence[Unfolded]) -> dict[Pair, list[datetime]]:
    """When these visitors' clicks on these links were counted, around the times in question."""
    if not clicks:
        return {}
    times = [click.clicked_at for click in clicks]
    rows = await tenants.connection().fetch(
        "SELECT link, visitor_id, clicked_at FROM click WHERE counted AND visitor_id = ANY($1::uuid[])"
        " AND link = ANY($2::uuid[]) AND clicked_at BETWEEN $3 AND $4 ORDER BY clicked_at",
        list({click.visitor_id for click in clicks}), list({click.link for click in clicks}),
        min(times) - QUIET, max(times) + QUIET,
    )  # fmt: skip
    found: dict[Pair, list[datetime]] = {}
    for row in rows:
        found.setdefault((row["link"], row["visitor_id"]), []).append(row["clicked_at"])
    return found


async def mark_folded(clicks: Sequence[Unfolded], counted: set[UUID]) -> None:
    await tenants.connection().execute(
        "UPDATE click SET folded_at = $1, counted = (id = ANY($2::uuid[])) WHERE id = ANY($3::uuid[])",
        now(), list(counted), [click.id for click in clicks],
    )  # fmt: skip
