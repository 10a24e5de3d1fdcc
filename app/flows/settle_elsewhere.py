"""A line sold elsewhere is looked at: whose sale it is, what is owed for it, what goes back, what has become due.

One transaction per line, and always from all that is known of it, never from a single message: so the same sightings
end in the same money, however late, doubled or out of order they came, and running again changes nothing.

The first thing a platform says of an order pays nobody. Until it has settled on a sharer (or named none until the goods
were received) there is an estimate and nothing in the books. From then on it is owed, but stays frozen for the days of
return, counted from whichever is later: the receipt of the goods, or the moment we learned whose sale it was.

When the answer changes, everything of the turn before goes back through the books and a new turn begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog

import tenants
from app import commissions, external_sales, payouts, promoters
from app.commissions import LineElsewhere
from app.external_sales import Line
from app.flows import commission_moves, promoter_money, sale_elsewhere
from app.flows.leader_claims import Earner
from app.flows.sale_elsewhere import Verdict
from app.kernel.clock import now

log = structlog.get_logger()

BATCH = 200
LEAST_FREEZE = timedelta(days=1)  # also in a store that freezes nothing: what comes from outside is never paid at once
OWED = ("accrued", "earned", "frozen", "available", "reserved", "paid", "held")


async def lines_due(after: UUID | None = None) -> Sequence[UUID]:
    """The next lines somebody should look at."""
    async with tenants.transaction():
        return await external_sales.waiting(after, BATCH)


async def settle_elsewhere(line_id: UUID) -> None:
    """Bring the line's commission to what is known of it. Raises NotFound."""
    async with tenants.transaction():
        line = await external_sales.find(line_id, lock=True)
        verdict = await sale_elsewhere.judge(line)
        earners = await sale_elsewhere.earners_of(line, verdict)
        before = await commissions.lines_elsewhere(line_id)
        await promoters.lock({each.promoter for each in before} | {each.promoter for each in earners})
        before = await commissions.lines_elsewhere(line_id, lock=True)
        line = await _turn(line, verdict, earners, before)
        held = [each for each in await commissions.lines_elsewhere(line_id) if each.turn == line.turn]
        final_at = await _owe(line, held)
        held = [each for each in await commissions.lines_elsewhere(line_id) if each.turn == line.turn]
        for each in held:
            await _take_back(line, each)
        again_at = await _ripen(line, final_at)
        await external_sales.attended(line_id, again_at)


async def _turn(line: Line, verdict: Verdict, earners: list[Earner], before: Sequence[LineElsewhere]) -> Line:
    """Nothing changed: the turn goes on. Otherwise the last one is undone to the cent and the next begins."""
    on = verdict.facts_of(line)
    if line.decided_on == on:
        return line
    for each in before:
        if each.turn == line.turn:
            await _undo(each)
    turn = line.turn + 1
    await external_sales.decide(
        line.id, turn=turn, on=on, promoter=verdict.promoter, basis=verdict.basis, live_session=verdict.live_session,
        receipt=await sale_elsewhere.receipt_of(line, verdict, earners),
    )  # fmt: skip
    for earner in earners:
        await commissions.estimate_elsewhere(
            line.id, turn, earner.promoter, base_amount=line.base_amount, rate_bps=earner.rate_bps,
            currency=line.currency, rule=earner.rule, role=earner.role, flat_amount=earner.flat_amount,
            units=earner.units, terms=earner.terms,
        )  # fmt: skip
    log.info("external.decided", line=str(line.id), turn=turn, basis=verdict.basis)
    return await external_sales.find(line.id)


async def _undo(held: LineElsewhere) -> None:
    if held.status == "estimated":
        await commissions.cancel_line(held.id)
    elif held.status in OWED and held.kept_amount:
        await commission_moves.take_back(held, held.kept_amount)
    elif held.status in OWED:
        await commissions.reverse(held.id, 0)


async def _owe(line: Line, held: Sequence[LineElsewhere]) -> datetime | None:
    """Owed once the order is paid and the platform has settled on whose sale it was; called off, it is void."""
    estimated = [each for each in held if each.status == "estimated"]
    if line.status == "closed":
        for each in estimated:
            await commissions.cancel_line(each.id)
        return line.final_at
    if not (line.is_paid and line.is_settled_there and line.promoter):
        return None
    for each in estimated:
        await commission_moves.owe(each, now())
    return await external_sales.finalize(line.id)


async def _take_back(line: Line, held: LineElsewhere) -> None:
    """What refunds leave of the line is what it earns; a fee goes back with the units that went back in proportion."""
    if held.status not in OWED:
        return
    left = commissions.remaining_base(held.base_amount, paid=line.sale_amount, refunded=line.lost_amount)
    units = commissions.remaining_base(held.units, paid=line.sale_amount, refunded=line.lost_amount)
    due = commissions.reversal_due(
        held.base_amount, held.rate_bps, reversed_before=held.reversed_amount, base_left=left,
        flat_amount=held.flat_amount, units=held.units, units_left=units,
    )  # fmt: skip
    if due:
        await commission_moves.take_back(held, due)


async def _ripen(line: Line, final_at: datetime | None) -> datetime | None:
    """Received, frozen, due: as far as it goes today. When to look again, if there is such a day."""
    if line.status != "received" or line.received_at is None or final_at is None:
        return None
    policy = await payouts.read_policy()
    again: set[datetime] = set()
    settled: set[tuple[UUID, str]] = set()
    for each in await commissions.lines_elsewhere(line.id):
        if each.turn != line.turn or each.status not in commissions.UNSETTLED:
            continue
        if each.status == "accrued":
            await commissions.earn(each.id, line.received_at)
        until = each.settle_at or max(line.received_at, final_at) + max(policy.freeze, LEAST_FREEZE)
        if each.settle_at is None:
            await commissions.freeze(each.id, until)
        if until > now():
            again.add(until)
        elif await commission_moves.release(each, policy):
            settled.add((each.promoter, each.currency))
    for promoter, currency in sorted(settled):
        await promoter_money.tell_lines(promoter, currency)
    return min(again, default=None)
