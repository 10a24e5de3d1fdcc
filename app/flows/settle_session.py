"""A live session's report becomes final, and stays right afterwards.

One transaction with the session's row locked, so that it is written down once. Afterwards every look compares what the
session came to with what was written down; a difference becomes one more correction, never a changed figure.
"""

from __future__ import annotations

from uuid import UUID

import msgspec

import tenants
from app import live, reports
from app.flows.session_report import Report, Sums, is_closed, report_of
from tenants import outbox

# A final report is looked at again for so long; refunds later than that are the books' matter alone.
DAYS = 400
WAITING = """
SELECT id FROM live_session
WHERE status = 'ended' OR (status = 'settled' AND settled_at > now() - make_interval(days => $1)) ORDER BY id
"""


async def settle_session(session_id: UUID) -> None:
    """Write the report down when nothing of it moves any more, or what changed since it was. Raises NotFound."""
    async with tenants.transaction():
        session = await live.find(session_id, lock=True)
        if not session.is_over:
            return
        report, kept = await report_of(session), await reports.kept_of(session_id)
        if kept is not None:
            await _correct(report, msgspec.json.decode(kept.figures, type=Report))
        elif await is_closed(report) and await reports.keep(session_id, msgspec.json.encode(report).decode()):
            await live.settle(session_id)


async def ask_for_settling() -> None:
    """A job for each session whose report may change; the same wish twice is one."""
    async with tenants.transaction():
        for row in await tenants.connection().fetch(WAITING, DAYS):
            await outbox.post(
                "live.settle_session", queue="bulk", key=f"settle:{row['id']}", session_id=row["id"], max_attempts=3
            )


async def _correct(now_is: Report, written: Report) -> None:
    before = written.sums
    for line in await reports.corrections_of(now_is.session):
        before = Sums(
            gross_amount=before.gross_amount + line.gross_amount,
            refunded_amount=before.refunded_amount + line.refunded_amount,
            commission_amount=before.commission_amount + line.commission_amount,
        )
    after = now_is.sums
    if after != before:
        await reports.correct(
            now_is.session, gross=after.gross_amount - before.gross_amount,
            refunded=after.refunded_amount - before.refunded_amount,
            commission=after.commission_amount - before.commission_amount,
        )  # fmt: skip
