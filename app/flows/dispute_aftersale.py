"""The two sides do not agree: one of them asks the platform, whose people rule. Asking and ruling are one transaction
each; money moves by the same refund as every other decision, and both sides are told.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import tenants
from app import aftersales
from app.aftersales import DISPUTE_DAYS, Aftersale, IllegalMove
from app.flows.aftersale_steps import (
    BOTH,
    Desk,
    change_clock,
    give_back,
    open_desk,
    report_dispute,
    settle_dispute,
    take_step,
    tell,
)  # fmt: skip
from app.kernel.errors import InvalidInput, Refusal

# Where the two can be stuck: no answer that satisfies, goods that came back, and a no. Less money than was asked for is
# the shopper's to dispute.
DISPUTABLE = ("requested", "declined", "received", "inspecting")


class RuledAlready(Refusal):
    """The platform is asked once about a request."""

    code = "aftersales.ruled_already"
    status = 409
    message = "The platform was asked about this request before. It decides once."


def may_dispute(case: Aftersale, side: str) -> bool:
    """Whether this side may ask the platform now; it is asked once about a request."""
    return case.disputed_at is None and _is_disputable(case, side)


def _is_disputable(case: Aftersale, side: str) -> bool:
    return case.status in DISPUTABLE or (side == "shopper" and case.is_short)


async def dispute_aftersale(aftersale: UUID, *, side: str, actor: str, words: str) -> None:
    """Raises RuledAlready, IllegalMove, InvalidInput. Until staff rule, the two may still agree by themselves."""
    async with tenants.transaction():
        desk = await open_desk(aftersale)
        if not _is_disputable(desk.case, side):
            raise IllegalMove(at=desk.case.status, to="disputed")
        if not words.strip():
            raise InvalidInput({"words": "Say what you do not agree with."})
        if not await aftersales.open_dispute(aftersale, side, words.strip()):
            raise RuledAlready
        await aftersales.make_offer(aftersale, None)
        then = aftersales.wait("staff", timedelta(days=DISPUTE_DAYS), "dispute_lapsed")
        await change_clock(desk, then, cause="disputed", actor=actor)
        await report_dispute(aftersale)
        await tell(desk, "disputed", BOTH, deadline=then)


async def rule_aftersale(aftersale: UUID, *, amount: int | None, words: str, actor: str = "staff") -> None:
    """Staff decide: so much goes back, or nothing (`amount` None). Raises IllegalMove, InvalidInput.

    When the store gave less than was asked for, it is the difference that they decide about.
    """
    async with tenants.transaction():
        desk = await open_desk(aftersale)
        if not desk.case.is_disputed:
            raise IllegalMove(at=desk.case.status, to="ruled")
        if not words.strip():
            raise InvalidInput({"words": "Say why; both sides read it."})
        if amount is None:
            await _decline(desk, words.strip(), actor)
        else:
            await _give_back(desk, amount, words.strip(), actor)
        await tell(desk, "ruled", BOTH, words=words.strip())


async def _decline(desk: Desk, words: str, actor: str) -> None:
    await settle_dispute(desk, "decline", words)
    if desk.case.is_closed:
        await change_clock(desk, None, cause="ruled_decline", actor=actor)
    else:
        await take_step(desk, "declined", cause="ruled_decline", actor=actor)


async def _give_back(desk: Desk, amount: int, words: str, actor: str) -> None:
    if not 0 < amount <= desk.case.missing_amount:
        raise InvalidInput({"amount": "Give back an amount between nothing and what was asked for."})
    await settle_dispute(desk, "refund", words)
    if desk.case.status in ("requested", "declined"):
        await take_step(desk, "approved", cause="ruled_refund", actor=actor)
    back = desk.case.status in ("received", "inspecting")
    await give_back(desk, amount, cause="ruled_refund", actor=actor, goods_back=back)


async def dispute_state(aftersale: UUID) -> tuple[datetime | None, datetime | None]:
    """Since when the platform is asked, and since when not any more."""
    async with tenants.transaction():
        case = await aftersales.find(aftersale)
    return case.disputed_at, case.ruled_at
