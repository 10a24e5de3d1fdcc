"""What changed after a report was final: a late refund, a commission moved. One line each, in the order they came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """By how much each figure differs from what was known before."""

    seq: int
    gross_amount: int
    refunded_amount: int
    commission_amount: int
    written_at: datetime

    @property
    def net_amount(self) -> int:
        return self.gross_amount - self.refunded_amount


async def corrections_of(session: UUID) -> Sequence[Correction]:
    rows = await tenants.connection().fetch(
        "SELECT seq, gross_amount, refunded_amount, commission_amount, written_at FROM session_correction"
        " WHERE session = $1 ORDER BY seq",
        session,
    )
    return [Correction(**row) for row in rows]


async def correct(session: UUID, *, gross: int, refunded: int, commission: int) -> None:
    """One more line; the caller holds the session's row."""
    await tenants.connection().execute(
        "INSERT INTO session_correction (id, session, seq, gross_amount, refunded_amount, commission_amount,"
        " written_at) SELECT $1, $2, count(*) + 1, $3, $4, $5, $6 FROM session_correction WHERE session = $2",
        new_id(), session, gross, refunded, commission, now(),
    )  # fmt: skip
