"""Hosting a session together: whoever planned it (or the merchant) asks somebody, and they agree to their part."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import live, promoters
from app.flows.show_steps import tell
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import N_
from app.kernel.money import BASIS_POINTS
from app.live import LiveSession, SessionOver


async def invite_host(session_id: UUID, promoter_id: UUID, *, share_bps: int, by: UUID | None = None) -> None:
    """Ask somebody to host with a part of what the session earns. Without `by` it is the merchant who asks.

    Raises NotFound, SessionOver, NotApproved, NotInvited, SharesTooMuch, InvalidInput.
    """
    if not 0 <= share_bps <= BASIS_POINTS:
        raise InvalidInput({"share": N_("Between 0 and 100 %.")})
    async with tenants.transaction():
        session = await _planned_by(session_id, by)
        if (await promoters.find(promoter_id)).status != "approved":
            raise promoters.NotApproved
        await live.invite(session, promoter_id, share_bps=share_bps)
    await tell(session_id)


def read_share(text: str) -> int:
    """A part in percent as somebody writes it, in basis points. Raises InvalidInput."""
    whole, _point, part = text.strip().removesuffix("%").strip().replace(",", ".").partition(".")
    digits = whole + part.ljust(2, "0")
    if not (whole and len(part) <= 2 and digits.isascii() and digits.isdecimal() and len(digits) <= 5):
        raise InvalidInput({"share": N_("Between 0 and 100 %.")})
    return int(digits)


async def answer_invitation(session_id: UUID, promoter_id: UUID, *, yes: bool) -> None:
    """Raises NotFound, SessionOver, NotInvited."""
    async with tenants.transaction():
        session = await live.find(session_id, lock=True)
        if session.is_over:
            raise SessionOver
        await live.answer_invitation(session_id, promoter_id, yes=yes)
    await tell(session_id)


async def leave_session(session_id: UUID, promoter_id: UUID, *, by: UUID | None = None) -> None:
    """Hosts it no more: they leave, or whoever planned it (or the merchant) takes them off. Raises NotFound."""
    async with tenants.transaction():
        if by == promoter_id:
            await live.find(session_id, lock=True)
        else:
            await _planned_by(session_id, by)
        await live.leave(session_id, promoter_id)
    await tell(session_id)


async def share_by(session_id: UUID, sharing: str, *, by: UUID | None = None) -> None:
    """Which hosts share in a sale, from the next order on. Raises NotFound, SessionOver, InvalidInput."""
    if sharing not in live.SHARING:
        raise InvalidInput({"sharing": N_("Choose one of the offered values.")})
    async with tenants.transaction():
        await _planned_by(session_id, by)
        await live.share_by(session_id, sharing)


async def _planned_by(session_id: UUID, by: UUID | None) -> LiveSession:
    session = await live.find(session_id, lock=True)
    if by is not None and session.promoter != by:
        raise NotFound
    if session.is_over:
        raise SessionOver
    return session
