"""A selection round from its opening to its result: promoters hear of both by mail, in the transaction they tell of.

The job by the clock carries no truth: it looks at the round, and closes it only when its time is over.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import tenants
from app import engagement, promoters, selection, store
from app.identity import Viewer
from app.kernel.clock import now
from app.kernel.errors import Refusal
from app.selection import Round, RoundDraft
from infra.settings import settings
from tenants import audit, outbox, platform, states


class NotApproved(Refusal):
    """Only promoters the store has said yes to take part."""

    code = "selection.not_approved"
    status = 403
    message = "The store has not approved you."


async def open_selection(draft: RoundDraft, *, by: str) -> UUID:
    """Raises InvalidInput."""
    states.require(tenants.current(), "edit")
    async with tenants.transaction():
        round_id = await selection.open_round(draft, by=by)
        found = await selection.find(round_id)
        await _post_end(found)
        await _tell(found, "opened", found.title)
    return round_id


async def close_selection(round_id: UUID, *, by: str = "") -> None:
    """Nothing happens when it is closed already, or by the clock while its end lies ahead. Raises NotFound."""
    async with tenants.transaction():
        if not await selection.close_round(round_id, by=by):
            return
        winner = next((each for each in await selection.standing(round_id) if each.won_at), None)
        found = await selection.find(round_id)
        await _tell(found, "closed" if winner else "closed_without", winner.title if winner else found.title)


async def vote(round_id: UUID, promoter: promoters.Promoter, wanted: dict[UUID, int]) -> None:
    """Raises NotApproved and what the room refuses."""
    _require_approved(promoter)
    async with tenants.transaction():
        await selection.cast_ballot(round_id, promoter.id, wanted)


async def propose(
    round_id: UUID, promoter: promoters.Promoter, *, title: str, words: str, price_amount: int | None
) -> None:
    """Raises NotApproved and what the room refuses."""
    _require_approved(promoter)
    async with tenants.transaction():
        await selection.propose(round_id, promoter.id, title=title, words=words, price_amount=price_amount)


async def take_ballot_back(round_id: UUID, promoter: promoters.Promoter) -> None:
    """Raises NotFound, RoundOver."""
    async with tenants.transaction():
        await selection.take_ballot_back(round_id, promoter.id)


async def withdraw(round_id: UUID, candidate: UUID, promoter: promoters.Promoter) -> None:
    """Whoever had voted for it is told, and may choose again. Raises NotFound, RoundOver."""
    async with tenants.transaction():
        await selection.require_voter(round_id, promoter.id)
        concerned = await selection.withdraw(round_id, candidate, promoter.id)
        await _tell_leaving(round_id, candidate, concerned - {promoter.id})


async def remove(round_id: UUID, candidate: UUID, *, why: str, by: Viewer) -> None:
    """Who proposed it and who had voted for it is told why. Raises NotFound, RoundOver, InvalidInput."""
    states.require(tenants.current(), "edit")
    async with tenants.transaction():
        concerned = await selection.remove(round_id, candidate, why=why.strip())
        await _tell_leaving(round_id, candidate, concerned)
    await _record("selection.candidate_removed", round_id, by, {"candidate": str(candidate), "why": why.strip()})


async def move_end(round_id: UUID, ends_at: datetime | None, *, by: Viewer) -> None:
    """The round ends at another moment, and everybody who may vote is told. Raises NotFound, RoundOver, InvalidInput.

    The job of the old end finds nothing to do, or a round that is over already.
    """
    states.require(tenants.current(), "edit")
    async with tenants.transaction():
        before = await selection.move_end(round_id, ends_at)
        found = await selection.find(round_id)
        await _post_end(found)
        await _tell(found, "moved", found.title)
    moments = {"from": before.ends_at.isoformat(), "to": found.ends_at.isoformat()}
    await _record("selection.end_moved", round_id, by, moments)


async def _record(action: str, round_id: UUID, by: Viewer, details: dict[str, str]) -> None:
    """The audit comes after the deed, so that it never names one that was refused."""
    async with platform.transaction() as database:
        await audit.record(
            database, actor_kind="merchant", actor_id=by.id, actor_name=by.name, action=action,
            tenant=tenants.current().id, subject=str(round_id), details=details,
        )  # fmt: skip


async def _tell_leaving(round_id: UUID, candidate: UUID, concerned: set[UUID]) -> None:
    found = await selection.find(round_id)
    gone = next(each for each in await selection.left_of(round_id) if each.id == candidate)
    kind = "withdrawn" if gone.how == "withdrawn" else "removed"
    await _tell(found, kind, gone.title, only=concerned, reason=gone.why)


def _require_approved(promoter: promoters.Promoter) -> None:
    if promoter.status != "approved":
        raise NotApproved


async def _post_end(found: Round) -> None:
    await outbox.post(
        "selection.close", key=f"selection:{found.id}:{found.ends_at.isoformat()}",
        delay=max(found.ends_at - now(), timedelta(0)), round_id=found.id,
    )  # fmt: skip


async def _tell(found: Round, kind: str, words: str, *, only: set[UUID] | None = None, reason: str = "") -> None:
    """One message for each who may vote, or for those of them whom it concerns; a job each sends them after COMMIT."""
    profile = await store.read_profile()
    for voter in await selection.voters_of(found.id):
        if only is not None and voter["id"] not in only:
            continue
        message = await engagement.write_message(
            f"selection.{kind}",
            recipient="promoter",
            address=voter["email"],
            locale=profile.locale,
            facts={
                "store": profile.name, "words": words, "reason": reason, "number": found.title,
                "deadline": found.ends_at.isoformat(), "zone": profile.time_zone,
                "url": f"{settings().origin('host')}/selection/{found.id}",
            },
            by_mail=bool(settings().smtp_url),
        )  # fmt: skip
        if message:
            await outbox.post("messaging.send", key=f"message:{message}", message_id=message)
