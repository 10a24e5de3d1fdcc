"""Somebody of the store looks at a doubtful sale and decides: its commission goes on, or it is taken back.

The audit log comes first, so there is no decision nobody knows of; then one transaction. An order is decided once it
is paid, because only then it is known who paid. Refused, the books take back what was set aside for the promoter, the
sale counts for nobody, and the promoter is told why; what was found can be remembered as the promoter's own, so that
the next such order needs no review.
"""

from __future__ import annotations

from uuid import UUID

import tenants
from app import attribution, commissions, orders, promoters, risk
from app.flows import commission_moves, link_totals, order_holds, promoter_news
from app.flows.merchant_acts import Actor, record_act
from app.kernel.events import publish
from app.risk import RiskCase


async def release_case(case_id: UUID, *, words: str, actor: Actor) -> None:
    """The commission goes its usual way from here. Raises NotFound, CaseDecided, NotPaidYet."""
    words = risk.case_words(words, needed=False)
    case = await _decidable(case_id)
    await record_act(actor, "risk.release", str(case_id), words, {"order": str(case.order_id)})
    async with tenants.transaction():
        order, case = await _locked(case)
        await commissions.let_order_count(order.id, case.held_because)
        await risk.decide_case(case, "released", words=words, by=actor.name)
        await order_holds.release(order.id, ["fraud"], by=actor.name)
    await _tell(case)


async def refuse_case(case_id: UUID, *, words: str, remember: bool, actor: Actor) -> None:
    """Raises NotFound, InvalidInput, CaseDecided, NotPaidYet."""
    words = risk.case_words(words, needed=True)
    case = await _decidable(case_id)
    await record_act(
        actor, "risk.refuse", str(case_id), words, {"order": str(case.order_id), "remember": str(remember)}
    )
    async with tenants.transaction():
        order, case = await _locked(case)
        await risk.decide_case(case, "refused", words=words, by=actor.name)
        await _take_back(case)
        await _count_for_nobody(case, words, actor)
        if remember:
            known = await risk.prints_of(order.id)
            await risk.remember(case.promoter, known, hint=order.number, by=actor.name)
        await promoter_news.tell(await promoters.find(case.promoter), "sale_refused", f"{order.number}: {words}")
        await order_holds.release(order.id, ["fraud"], by=actor.name)
    await _tell(case)


async def note_case(case_id: UUID, words: str, *, actor: Actor) -> None:
    """Raises NotFound, InvalidInput."""
    async with tenants.transaction():
        await risk.add_note(case_id, words, by=actor.name)


async def _decidable(case_id: UUID) -> RiskCase:
    """Refuses before anything is written to the audit log."""
    async with tenants.transaction():
        case = await risk.find_case(case_id)
        _require_decidable(case, await orders.find(case.order_id))
    return case


def _require_decidable(case: RiskCase, order: orders.Order) -> None:
    if not case.is_open:
        raise risk.CaseDecided
    if not order.is_paid:
        raise risk.NotPaidYet


async def _locked(case: RiskCase) -> tuple[orders.Order, RiskCase]:
    """Order, promoters, lines and the case, as they are now."""
    order = await orders.lock(case.order_id)
    await promoters.lock(line.promoter for line in await commissions.lines_of(order.id))
    await commissions.lines_of(order.id, lock=True)
    case = await risk.find_case(case.id, lock=True)
    _require_decidable(case, order)
    return order, case


async def _take_back(case: RiskCase) -> None:
    """What was set aside goes back; a line that is not owed yet never will be."""
    for line in await commissions.lines_of(case.order_id):
        if line.held_because == case.held_because and line.status == "held" and line.kept_amount:
            await commission_moves.take_back(line, line.kept_amount)
        elif line.held_because == case.held_because and line.status in ("estimated", "held"):
            await commissions.void_line(line.id)


async def _count_for_nobody(case: RiskCase, words: str, actor: Actor) -> None:
    decided = [one for one in await attribution.decisions_of(case.order_id) if one.promoter == case.promoter]
    for one in decided:
        await attribution.move_decision(one.id, None, reason=words, by=actor.name)
    await link_totals.recount(one.link for one in decided if one.link)


async def _tell(case: RiskCase) -> None:
    await publish(f"board:{tenants.current().id}:{case.promoter}", "order")
