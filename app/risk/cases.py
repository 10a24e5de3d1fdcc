"""Cases: an order whose commission waits until a person has looked. Released, refused, or ended by what happened.

A case is decided once. An order that is edited before it is paid is looked at anew, which may open its case again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.risk.assessments import Assessment
from app.risk.policies import RiskPolicy

HELD_FOR = "risk:"
LONGEST_WORDS = 500
_COLUMNS = "id, order_id, promoter, assessment, status, opened_at, due_at, words, decided_by, decided_at"


class RiskCase(msgspec.Struct, frozen=True, kw_only=True):
    """`words` are why it was decided so; of an ended one, the code of what ended it."""

    id: UUID
    order_id: UUID
    promoter: UUID
    assessment: UUID
    status: str
    opened_at: datetime
    due_at: datetime
    words: str
    decided_by: str
    decided_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.status == "open"

    @property
    def is_late(self) -> bool:
        return self.is_open and self.due_at < now()

    @property
    def held_because(self) -> str:
        return held_for(self.id)


class Note(msgspec.Struct, frozen=True):
    words: str
    written_by: str
    at: datetime


class CaseDecided(Refusal):
    """A case is decided once."""

    code = "risk.case_decided"
    status = 409
    message = "This case is decided already. Nothing was changed."


class NotPaidYet(Refusal):
    """Before the payment nobody knows who pays."""

    code = "risk.not_paid_yet"
    status = 409
    message = "The order is not paid yet. Decide once it is: then it is known who paid."


def held_for(case_id: UUID) -> str:
    """Why a commission line is held: it points to its case."""
    return f"{HELD_FOR}{case_id}"


async def open_case(found: Assessment, policy: RiskPolicy) -> RiskCase:
    """One for an order; opened again when the order is looked at anew."""
    moment = now()
    row = await tenants.connection().fetchrow(
        "INSERT INTO risk_case (id, order_id, promoter, assessment, opened_at, due_at) VALUES ($1, $2, $3, $4, $5, $6)"  # noqa: S608 - constant
        " ON CONFLICT (order_id) DO UPDATE SET promoter = excluded.promoter, assessment = excluded.assessment,"
        " opened_at = CASE WHEN risk_case.status = 'open' THEN risk_case.opened_at ELSE excluded.opened_at END,"
        " due_at = CASE WHEN risk_case.status = 'open' THEN risk_case.due_at ELSE excluded.due_at END,"
        " status = 'open', words = '', decided_by = '',"
        f" decided_at = NULL RETURNING {_COLUMNS}",
        new_id(), found.order_id, found.promoter, found.id, moment, moment + policy.review_time,
    )  # fmt: skip
    if row is None:
        raise NotFound
    return RiskCase(**row)


async def find_case(case_id: UUID, *, lock: bool = False) -> RiskCase:
    row = await tenants.connection().fetchrow(
        f"SELECT {_COLUMNS} FROM risk_case WHERE id = $1" + (" FOR UPDATE" if lock else ""),  # noqa: S608 - constant
        case_id,
    )
    if row is None:
        raise NotFound
    return RiskCase(**row)


async def case_of(order_id: UUID) -> RiskCase | None:
    row = await tenants.connection().fetchrow(f"SELECT {_COLUMNS} FROM risk_case WHERE order_id = $1", order_id)  # noqa: S608 - constant
    return RiskCase(**row) if row else None


async def end_case(order_id: UUID, because: str) -> None:
    """Something else answered it. Nothing happens where no case is open."""
    await tenants.connection().execute(
        "UPDATE risk_case SET status = 'ended', words = $2, decided_at = $3 WHERE order_id = $1 AND status = 'open'",
        order_id, because, now(),
    )  # fmt: skip


async def decide_case(case: RiskCase, status: Literal["released", "refused"], *, words: str, by: str) -> None:
    """Raises CaseDecided."""
    done = await tenants.connection().fetchval(
        "UPDATE risk_case SET status = $2, words = $3, decided_by = $4, decided_at = $5 WHERE id = $1"
        " AND status = 'open' RETURNING true",
        case.id, status, words, by, now(),
    )  # fmt: skip
    if not done:
        raise CaseDecided


def case_words(text: str, *, needed: bool) -> str:
    """Raises InvalidInput."""
    words = text.strip()[:LONGEST_WORDS]
    if needed and not words:
        raise InvalidInput({"words": N_("Say it in a few words.")})
    return words


async def add_note(case_id: UUID, words: str, *, by: str) -> None:
    """Raises InvalidInput, NotFound."""
    words = case_words(words, needed=True)
    await find_case(case_id)
    await tenants.connection().execute(
        "INSERT INTO risk_note (id, risk_case, words, written_by, at) VALUES ($1, $2, $3, $4, $5)",
        new_id(), case_id, words, by, now(),
    )  # fmt: skip


async def notes_of(case_id: UUID) -> Sequence[Note]:
    rows = await tenants.connection().fetch(
        "SELECT words, written_by, at FROM risk_note WHERE risk_case = $1 ORDER BY at, id", case_id
    )
    return [Note(**row) for row in rows]
