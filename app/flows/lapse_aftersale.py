"""A deadline has passed: what was said would happen by itself happens.

One transaction under the order's lock. The job may come late, twice, or for a clock that was set anew meanwhile; it
looks at the clock itself.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog

import tenants
from app import aftersales
from app.flows.aftersale_replacement import replace_goods
from app.flows.aftersale_steps import (
    BOTH,
    MERCHANT,
    SECOND_THOUGHT,
    Desk,
    agree,
    change_clock,
    give_back,
    most_back,
    open_desk,
    ring_at,
    settle_dispute,
    take_in,
    take_step,
    tell,
    to_inspect,
)  # fmt: skip
from app.inventory import NotEnoughStock
from app.kernel.clock import now

log = structlog.get_logger()

# The job's clock and the request's may be those of two machines.
TOLERANCE = timedelta(seconds=5)
SYSTEM = "system"


async def lapse_aftersale(aftersale: UUID) -> str:
    """Answers what happened; empty when it was not time, or is done already."""
    try:
        async with tenants.transaction():
            outcome = await _lapse(await open_desk(aftersale), no_stock=False)
    except NotEnoughStock:
        # Nothing is there to be sent instead, so the money goes back.
        async with tenants.transaction():
            outcome = await _lapse(await open_desk(aftersale), no_stock=True)
    if outcome:
        log.info("aftersale.lapsed", aftersale=str(aftersale), outcome=outcome)
    return outcome


async def _lapse(desk: Desk, *, no_stock: bool) -> str:
    case = desk.case
    if case.deadline_at is None:
        return ""
    if case.deadline_at > now() + TOLERANCE:  # rung for an older clock, or by hand: the present one still has to ring
        await ring_at(case.id, case.clock)
        return ""
    outcome = "refunded" if no_stock and case.default_outcome == "exchanged" else case.default_outcome
    if outcome == "approved":
        address, label = desk.policy.return_address, desk.policy.label_words
        await agree(desk, cause="approved_by_default", actor=SYSTEM, address=address, label_words=label)
        await tell(desk, "approved_by_default", (MERCHANT,))
    elif outcome == "offer_lapsed":
        await aftersales.make_offer(case.id, None)
        then = aftersales.wait("merchant", SECOND_THOUGHT, "approved")
        await change_clock(desk, then, cause=outcome, actor=SYSTEM)
        await tell(desk, "offer_declined", (MERCHANT,), deadline=then)
    elif outcome == "canceled":
        await take_step(desk, "canceled", cause="not_sent_back", actor=SYSTEM)
        await tell(desk, "canceled", BOTH)
    elif outcome == "received":
        await take_in(desk, cause="received_by_default", actor=SYSTEM)
        await tell(desk, "received_by_default", (MERCHANT,), deadline=to_inspect(desk))
    elif outcome == "refunded":
        await _refund(desk)
    elif outcome == "exchanged":
        await replace_goods(desk, cause="exchanged_by_default", actor=SYSTEM)
    elif outcome == "dispute_lapsed":
        await _drop_dispute(desk)
    return outcome


async def _refund(desk: Desk) -> None:
    """What was asked for, or what is left when the order was refunded otherwise meanwhile."""
    amount = min(desk.case.wanted_amount, await most_back(desk))
    back = desk.case.status in ("received", "inspecting")
    await give_back(desk, amount, cause="refunded_by_default", actor=SYSTEM, goods_back=back)
    await tell(desk, "refunded_by_default", (MERCHANT,), amount=amount)


async def _drop_dispute(desk: Desk) -> None:
    """Staff did not rule: the request goes on as it was, with the clock of its status."""
    await settle_dispute(desk, "lapsed")
    then = {
        "requested": aftersales.wait("merchant", SECOND_THOUGHT, "approved"),
        "received": to_inspect(desk),
        "inspecting": to_inspect(desk),
    }.get(desk.case.status)
    await change_clock(desk, then, cause="dispute_lapsed", actor=SYSTEM)
