"""The merchant answers who has a line's sale: it stays, it goes to another candidate of its receipt, or to nobody.

What was given is taken back by the books and given to the other anew, at the other's own terms of when the order was
placed; nothing of it may be paid out yet. The receipt stays as it was made, with the move beside it. The audit log
comes first, so there is no move nobody knows of.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import tenants
from app import attribution, commissions, orders, promoters
from app.attribution import Candidate, Kept
from app.commissions import CommissionLine
from app.flows import commission_moves, commission_terms, leader_claims, link_totals, own_purchases
from app.flows.leader_claims import Earner
from app.flows.merchant_acts import Actor, record_act
from app.flows.sale_candidates import own_emails
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, Refusal
from app.kernel.events import publish
from app.kernel.i18n import N_
from tenants import outbox

LONGEST_REASON = 300
ON_ITS_WAY = ("reserved", "paid")


class PaidOutAlready(Refusal):
    """Money that has left is not taken from whoever got it."""

    code = "attribution.paid_out_already"
    status = 409
    message = "This commission was paid out, or is on its way. It cannot be moved any more."


class HadItBefore(Refusal):
    """A sale goes to the same sharer once."""

    code = "attribution.had_it_before"
    status = 409
    message = "This sharer had this sale before, or earns on it in another way. Choose somebody else, or nobody."


async def keep_sale(line_id: UUID, *, reason: str, actor: Actor) -> None:
    """It stays with whoever has it, and what was held back counts. Raises InvalidInput, NotFound."""
    reason = _reason(reason)
    async with tenants.transaction():
        kept = await attribution.kept_line(line_id)
    await record_act(actor, "attribution.keep_sale", str(line_id), reason, {})
    async with tenants.transaction():
        await orders.lock(kept.order_id)
        await promoters.lock(line.promoter for line in await commissions.lines_of(kept.order_id))
        await commissions.let_count(line_id, attribution.HELD)
        await attribution.answer_disputes(kept.decision, moved=False, answer=reason, by=actor.name)
    await _tell({kept.promoter})


async def move_sale(line_id: UUID, to: UUID | None, *, reason: str, actor: Actor) -> None:
    """Give it to another candidate, or to nobody. Raises InvalidInput, NotFound, PaidOutAlready, HadItBefore."""
    reason = _reason(reason)
    async with tenants.transaction():
        kept = await attribution.kept_line(line_id)
    await record_act(actor, "attribution.move_sale", str(line_id), reason, {"to": str(to or "")})
    async with tenants.transaction():
        order = await orders.lock(kept.order_id)
        kept = await attribution.kept_line(line_id)
        winner = _candidate(kept, to)
        await promoters.lock(await _concerned(kept, to))
        before = [one for one in await commissions.lines_of(order.id, lock=True) if _is_about(one, line_id)]
        earners = await _earners(order, kept, winner)
        await _take(before, earners, winner)
        await attribution.move_decision(kept.decision, winner, reason=reason, by=actor.name)
        await _give(order, kept, winner, before, earners)
        await own_purchases.end_if_nothing_is_held(order.id, "moved")
        await attribution.answer_disputes(kept.decision, moved=True, answer=reason, by=actor.name)
        await link_totals.recount(link for link in (kept.link, winner and winner.link) if link)
        if order.refunded_amount:
            await outbox.post("attribution.reverse", queue="critical", order_id=order.id)
    await _tell({kept.promoter, to})


def others(kept: Kept) -> list[Candidate]:
    """To whom the sale could go: each promoter of the receipt once, except who has it and who bought it."""
    found: dict[UUID, Candidate] = {}
    for one in sorted([*kept.candidates, *([kept.claim] if kept.claim else [])], key=lambda each: bool(each.barred)):
        if one.promoter != kept.promoter and one.barred != "own_purchase":
            found.setdefault(one.promoter, one)
    return list(found.values())


def _candidate(kept: Kept, to: UUID | None) -> Candidate | None:
    """Raises InvalidInput for somebody the receipt does not name."""
    if to == kept.promoter:
        raise InvalidInput({"to": N_("It is theirs already.")})
    if to is None:
        return None
    found = next((one for one in others(kept) if one.promoter == to), None)
    if found is None:
        raise InvalidInput({"to": N_("Choose somebody whom the receipt names.")})
    return found


async def _concerned(kept: Kept, to: UUID | None) -> set[UUID]:
    known = {line.promoter for line in await commissions.lines_of(kept.order_id)}
    above = await promoters.uplines_of(to, kept.placed_at) if to else []
    return known | ({to, *above} if to else set())


def _is_about(line: CommissionLine, line_id: UUID) -> bool:
    """Handing out is other work, and stays with whoever did it."""
    return line.order_line == line_id and line.role != "pickup"


async def _earners(order: orders.Order, kept: Kept, winner: Candidate | None) -> list[Earner]:
    if winner is None:
        return []
    lines = [line for line in await orders.lines_of(order.id) if line.id == kept.order_line]
    claim = await leader_claims.claim_of(order, await own_emails(order)) if winner.kind == "leader" else None
    return (await commission_terms.earners_of(order, lines, winner, claim))[kept.order_line]


async def _take(before: Sequence[CommissionLine], earners: Sequence[Earner], winner: Candidate | None) -> None:
    """Whoever earns the same in both keeps it; everybody else gives it back. Raises PaidOutAlready, HadItBefore."""
    again: dict[tuple[UUID, str], Earner] = {(one.promoter, one.role): one for one in earners}
    for line in before:
        earner = again.get((line.promoter, line.role))
        stays = earner is not None and _same(line, earner) and line.status not in ("reversed", "canceled")
        if earner is not None and not stays:
            raise HadItBefore
        if stays or line.status in ("reversed", "canceled"):
            continue
        if line.status in ON_ITS_WAY:
            raise PaidOutAlready
        if line.status == "estimated":
            await commissions.cancel_line(line.id)
        elif line.kept_amount:
            await commission_moves.take_back(line, line.kept_amount)


def _same(line: CommissionLine, earner: Earner) -> bool:
    return (line.rate_bps, line.flat_amount, line.units) == (earner.rate_bps, earner.flat_amount, earner.units)


async def _give(
    order: orders.Order, kept: Kept, winner: Candidate | None, before: Sequence[CommissionLine],
    earners: Sequence[Earner],
) -> None:  # fmt: skip
    there = {(line.promoter, line.role) for line in before}
    for each in earners:
        if (each.promoter, each.role) in there:
            continue
        await commissions.estimate(
            commissions.NewLine(
                order_id=order.id, order_line=kept.order_line, decision=kept.decision, promoter=each.promoter,
                link=winner.link if winner and each is earners[0] else None, base_amount=kept.base_amount,
                rate_bps=each.rate_bps, currency=order.currency, rule=each.rule, role=each.role,
                flat_amount=each.flat_amount, units=each.units, terms=dict(each.terms),
            )
        )  # fmt: skip
    if order.is_paid:
        await commission_moves.accrue(order.id, now())


def _reason(text: str) -> str:
    reason = text.strip()[:LONGEST_REASON]
    if not reason:
        raise InvalidInput({"reason": N_("Say why, in a few words. It stays in the history.")})
    return reason


async def _tell(whom: set[UUID | None]) -> None:
    for promoter in whom - {None}:
        await publish(f"board:{tenants.current().id}:{promoter}", "order")
