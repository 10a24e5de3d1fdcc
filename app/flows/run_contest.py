"""A contest from its draft to its final board: saved, opened, closed, counted, or called off.

Each step is one transaction that holds the contest's row, so whoever presses at the same time waits, and then finds
the step taken. The compliance gate looks when a draft is saved and again when it is opened. Closing makes the board
provisional. It becomes final when every order has settled, or when the window for refunds has passed; then what
counted is copied and the prizes are owed, in the same breath as the job that pays them.
"""

from __future__ import annotations

from uuid import UUID

import structlog

import tenants
from app import contests
from app.contests import Contest, ContestDraft, IllegalMove
from app.flows import contest_count, contest_gate
from app.kernel.clock import now
from tenants import outbox

log = structlog.get_logger()

THE_CLOCK = "clock"


async def save_contest(contest_id: UUID | None, draft: ContestDraft, *, by: str) -> UUID:
    """Raises NotFound, InvalidInput, NotCompliant, and IllegalMove when it is open already."""
    async with tenants.transaction():
        if contest_id:
            _require_draft(await contests.find(contest_id, lock=True))
        await contest_gate.require_sound(draft)
        await contest_gate.require_compliant(draft)
        return await contests.save_draft(contest_id, draft, currency=tenants.current().currency, by=by)


async def open_contest(contest_id: UUID, *, by: str) -> None:
    """From now on its people see the board. Raises NotFound, IllegalMove, InvalidInput, NotCompliant."""
    async with tenants.transaction():
        contest = await contests.find(contest_id, lock=True)
        _require_draft(contest)
        draft = await contest_gate.draft_of(contest)
        await contest_gate.require_sound(draft)
        await contest_gate.require_compliant(draft)
        await contests.move(contest, "open", actor=by)
        await outbox.post(
            "contests.close", key=f"contests.close:{contest_id}", delay=contest.ends_at - now(), contest_id=contest_id
        )


async def close_contest(contest_id: UUID, *, by: str) -> bool:
    """The board is provisional now; by the clock only when its time is over. False when it was closed before.

    Raises NotFound, and IllegalMove before it has begun: then it can only be called off.
    """
    async with tenants.transaction():
        contest = await contests.find(contest_id, lock=True)
        over = contest.ends_at <= now()
        if contest.status != "open" or (by == THE_CLOCK and not over):
            return False
        if contest.starts_at >= now():
            raise IllegalMove(at="announced", to="closed")
        await contests.move(contest, "closed", actor=by)
        await outbox.post("contests.settle", queue="bulk", key=f"contests.settle:{contest_id}", contest_id=contest_id)
    await contests.tell_watchers()
    return True


async def cancel_contest(contest_id: UUID, *, words: str, by: str) -> None:
    """Nobody wins. Not after the result is final. Raises NotFound, IllegalMove."""
    async with tenants.transaction():
        contest = await contests.find(contest_id, lock=True)
        await contests.move(contest, "canceled", actor=by, words=words.strip()[:300])
    await contests.tell_watchers()


async def settle_contest(contest_id: UUID) -> bool:
    """Make the result final when it can be; False when it is not time, or was done before. Raises NotFound."""
    async with tenants.transaction():
        contest = await contests.find(contest_id, lock=True)
        if contest.status != "closed" or contest.settles_by is None:
            return False
        if contest.settles_by > now() and await contest_count.open_questions(contest_id):
            return False
        await _freeze(contest)
        await contests.move(contest, "final", actor=THE_CLOCK)
        await outbox.post("contests.pay", key=f"contests.pay:{contest_id}", contest_id=contest_id)
    log.info("contests.final", contest=str(contest_id))
    await contests.tell_watchers()
    return True


async def _freeze(contest: Contest) -> None:
    """Copy the board and the orders behind it, and write down who is owed what."""
    orders = await contest_count.final_orders(contest.id)
    board = await contest_count.with_prizes(contest, contest_count.tallied(await contests.sides_of(contest.id), orders))
    results = await contests.freeze(contest.id, board, orders)
    for side, prize in board:
        scores = {one.promoter: one.score for one in side.members}
        for promoter, amount in contests.shares(prize, side.members, contest.split).items():
            await contests.owe(
                contest.id, results[side.side], promoter, score=scores[promoter], amount=amount,
                currency=contest.currency,
            )  # fmt: skip


def _require_draft(contest: Contest) -> None:
    if contest.status != "draft":
        raise IllegalMove(at=contest.status, to="draft")
