"""Who hosts a session beside whoever planned it, and how they share what its sales earn.

    invited -> accepted -> left
            -> declined

Nobody hosts, or shares, before saying yes. The parts of all who were invited and did not say no stay within the whole;
whoever planned the session has the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.kernel.money import BASIS_POINTS
from app.live.sessions import LiveSession, sessions_by_id

SHARING = {
    "everyone": N_("Every host shares in every sale of the session"),
    "slot": N_("Whoever shows a product shares in its sales"),
}


class SharesTooMuch(Refusal):
    """The hosts' parts are more than there is."""

    code = "live.shares_too_much"
    status = 422
    message = "The hosts together would get more than the whole. Give somebody less."


class NotInvited(Refusal):
    """There is no question to answer any more."""

    code = "live.not_invited"
    status = 409
    message = "This invitation is not open any more."


class Host(msgspec.Struct, frozen=True, kw_only=True):
    """One who was asked to host a session of somebody else, with their part of what its sales earn."""

    id: UUID
    session: UUID
    promoter: UUID
    status: Literal["invited", "accepted", "declined", "left"]
    share_bps: int
    added_at: datetime
    answered_at: datetime | None
    left_at: datetime | None

    def hosted_at(self, moment: datetime) -> bool:
        """Whether they were a host then; one from before there were invitations was, from the start."""
        if self.status not in ("accepted", "left"):
            return False
        return (self.answered_at or self.added_at) <= moment and (self.left_at is None or moment < self.left_at)


_COLUMNS = "id, session, promoter, status, share_bps, added_at, answered_at, left_at"
_OF_SESSION = f"SELECT {_COLUMNS} FROM live_host WHERE session = $1 ORDER BY added_at, id"  # noqa: S608 - constants only
_INVITE = f"""
INSERT INTO live_host AS host (id, session, promoter, added_at, status, share_bps)
VALUES ($1, $2, $3, $4, 'invited', $5)
ON CONFLICT (session, promoter) DO UPDATE SET share_bps = excluded.share_bps, status = 'invited', left_at = NULL,
    answered_at = NULL, added_at = excluded.added_at
    WHERE host.status IN ('invited', 'declined', 'left')
RETURNING {_COLUMNS}
"""  # noqa: S608 - constants only


async def everybody_of(session: UUID) -> list[Host]:
    """All who were ever asked, the first one first; not whoever planned it."""
    return [Host(**row) for row in await tenants.connection().fetch(_OF_SESSION, session)]


async def invitations_of(promoter: UUID) -> list[tuple[LiveSession, int]]:
    """Sessions that wait for this promoter's answer, with the part that was offered."""
    rows = await tenants.connection().fetch(
        "SELECT host.session, host.share_bps FROM live_host AS host JOIN live_session AS session"
        " ON session.id = host.session WHERE host.promoter = $1 AND host.status = 'invited'"
        " AND session.status NOT IN ('ended', 'settled') ORDER BY host.added_at DESC, host.id",
        promoter,
    )
    known = await sessions_by_id([row["session"] for row in rows])
    return [(known[row["session"]], row["share_bps"]) for row in rows]


async def hosts_of(session: LiveSession) -> list[UUID]:
    """Whoever planned it first, then those who said yes."""
    others = await everybody_of(session.id)
    return [session.promoter, *(host.promoter for host in others if host.status == "accepted")]


async def invite(session: LiveSession, promoter: UUID, *, share_bps: int) -> Host:
    """Ask somebody; whoever said no can be asked again. The caller holds the session's row.

    Raises SharesTooMuch, and NotInvited for one who hosts already.
    """
    others = [one for one in await everybody_of(session.id) if one.promoter != promoter]
    if _promised(others) + share_bps > BASIS_POINTS:
        raise SharesTooMuch
    row = await tenants.connection().fetchrow(_INVITE, new_id(), session.id, promoter, now(), share_bps)
    if row is None or promoter == session.promoter:
        raise NotInvited
    return Host(**row)


async def answer_invitation(session: UUID, promoter: UUID, *, yes: bool) -> None:
    """Saying the same twice is once. Raises NotInvited."""
    status = "accepted" if yes else "declined"
    done = await tenants.connection().fetchval(
        "UPDATE live_host SET status = $3, answered_at = CASE WHEN status = $3 THEN answered_at ELSE $4 END"
        " WHERE session = $1 AND promoter = $2 AND status IN ('invited', $3) RETURNING true",
        session, promoter, status, now(),
    )  # fmt: skip
    if not done:
        raise NotInvited


async def leave(session: UUID, promoter: UUID) -> None:
    """Hosts it no longer; what was sold until now is shared as it was. Raises NotFound."""
    done = await tenants.connection().fetchval(
        "UPDATE live_host SET status = CASE status WHEN 'accepted' THEN 'left' ELSE 'declined' END,"
        " left_at = CASE status WHEN 'accepted' THEN $3::timestamptz END,"
        " answered_at = coalesce(answered_at, CASE status WHEN 'invited' THEN $3::timestamptz END)"
        " WHERE session = $1 AND promoter = $2 AND status IN ('invited', 'accepted') RETURNING true",
        session, promoter, now(),
    )  # fmt: skip
    if not done:
        raise NotFound


async def share_by(session: UUID, sharing: str) -> None:
    """From the next order on."""
    await tenants.connection().execute("UPDATE live_session SET sharing = $2 WHERE id = $1", session, sharing)


def parts_of(session: LiveSession, others: Sequence[Host], *, at: datetime, shows: UUID | None) -> dict[UUID, int]:
    """What part each host has in a sale of that moment, in basis points, together the whole; the planner has the rest.

    `shows` is who had the product on air then: where a session is shared by slots, the others have no part in it.
    """
    there = [host for host in others if host.hosted_at(at) and host.share_bps]
    if session.sharing == "slot":
        there = [host for host in there if host.promoter == shows]
    parts = {host.promoter: host.share_bps for host in there}
    return {session.promoter: BASIS_POINTS - sum(parts.values()), **parts}


def _promised(hosts: Sequence[Host]) -> int:
    return sum(host.share_bps for host in hosts if host.status in ("invited", "accepted"))
