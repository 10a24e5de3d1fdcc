"""Disputes of decisions, and sales that were moved: who said what, what was answered, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.attribution.candidates import Candidate
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.i18n import N_
from app.kernel.ids import new_id

LONGEST_WORDS = 1_000
_DISPUTE = (
    "SELECT q.id, q.decision, q.promoter, q.opened_by, q.words, q.status, q.answer, q.answered_by, q.opened_at,"
    " q.answered_at, d.order_line FROM attribution_dispute q JOIN attribution_decision d ON d.id = q.decision"
)


class Dispute(msgspec.Struct, frozen=True):
    """`promoter` is who opened it; None when the merchant did."""

    id: UUID
    decision: UUID
    promoter: UUID | None
    opened_by: str
    words: str
    status: str
    answer: str
    answered_by: str
    opened_at: datetime
    answered_at: datetime | None
    order_line: UUID


class Move(msgspec.Struct, frozen=True):
    """From whom to whom a sale went, and why."""

    decision: UUID
    from_name: str
    to_name: str
    reason: str
    moved_by: str
    moved_at: datetime


class DisputeOpen(Refusal):
    """One question about a sale at a time."""

    code = "attribution.dispute_open"
    status = 409
    message = "This sale is being looked at already. Wait for the answer."


async def open_dispute(decision: UUID, *, promoter: UUID | None, opened_by: str, words: str) -> UUID:
    """Raises InvalidInput, DisputeOpen."""
    words = words.strip()[:LONGEST_WORDS]
    if not words:
        raise InvalidInput({"words": N_("Say what is wrong, so that it can be looked at.")})
    opened: UUID | None = await tenants.connection().fetchval(
        "INSERT INTO attribution_dispute (id, decision, promoter, opened_by, words, opened_at)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (decision) WHERE status = 'open' DO NOTHING RETURNING id",
        new_id(), decision, promoter, opened_by, words, now(),
    )  # fmt: skip
    if opened is None:
        raise DisputeOpen
    return opened


async def answer_disputes(decision: UUID, *, moved: bool, answer: str, by: str) -> None:
    """Whatever is open about the decision has its answer with this."""
    await tenants.connection().execute(
        "UPDATE attribution_dispute SET status = $2, answer = $3, answered_by = $4, answered_at = $5"
        " WHERE decision = $1 AND status = 'open'",
        decision, "moved" if moved else "kept", answer[:LONGEST_WORDS], by, now(),
    )  # fmt: skip


async def disputes_of(decisions: Sequence[UUID]) -> list[Dispute]:
    """Everything ever asked about these decisions, oldest first."""
    rows = await tenants.connection().fetch(
        f"{_DISPUTE} WHERE q.decision = ANY($1::uuid[]) ORDER BY q.opened_at", list(decisions)
    )
    return [Dispute(*row.values()) for row in rows]


async def find_dispute(dispute: UUID) -> Dispute:
    row = await tenants.connection().fetchrow(f"{_DISPUTE} WHERE q.id = $1", dispute)
    if row is None:
        raise NotFound
    return Dispute(*row.values())


async def move_decision(decision: UUID, winner: Candidate | None, *, reason: str, by: str) -> None:
    """The line counts for somebody else, or for nobody; its receipt stays as it was made, with the move beside it."""
    database = tenants.connection()
    await database.execute(
        "INSERT INTO attribution_move (id, decision, from_promoter, to_promoter, reason, moved_by, moved_at)"
        " SELECT $2, id, promoter, $3, $4, $5, $6 FROM attribution_decision WHERE id = $1",
        decision, new_id(), winner and winner.promoter, reason, by, now(),
    )  # fmt: skip
    await database.execute(
        "UPDATE attribution_decision SET promoter = $2, link = $3, live_session = $4, touch = $5 WHERE id = $1",
        decision, winner and winner.promoter, winner and winner.link, winner and winner.live_session,
        winner and winner.touch,
    )  # fmt: skip


async def moves_of(decisions: Sequence[UUID]) -> list[Move]:
    rows = await tenants.connection().fetch(
        "SELECT m.decision, coalesce(f.name, '') AS from_name, coalesce(t.name, '') AS to_name, m.reason, m.moved_by,"
        " m.moved_at FROM attribution_move m LEFT JOIN promoter f ON f.id = m.from_promoter"
        " LEFT JOIN promoter t ON t.id = m.to_promoter WHERE m.decision = ANY($1::uuid[]) ORDER BY m.moved_at",
        list(decisions),
    )
    return [Move(*row.values()) for row in rows]
