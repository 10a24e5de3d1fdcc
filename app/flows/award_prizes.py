"""Prizes reach those who won them, and a part of one may be taken back, always through the books.

Each prize is a transaction of its own, named in the ledger by its award: whoever dies in between has lost nothing, and
whoever runs again pays nobody twice. A debt is repaid first. The contest is paid when every award is. Taking back is
a correction with a reason; it never touches what was written, and what the promoter no longer has becomes a debt.
"""

from __future__ import annotations

from uuid import UUID

import structlog

import tenants
from app import contests, ledger, promoters
from app.contests import Award
from app.flows import promoter_money
from app.flows.merchant_acts import Actor, record_act
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.ledger import Account

log = structlog.get_logger()

EXPENSE = Account("prize_expense")


async def pay_prizes(contest_id: UUID) -> int:
    """Everything that is owed; how many were paid now. Raises NotFound."""
    async with tenants.transaction():
        contest = await contests.find(contest_id)
        owed = await contests.awards_of(contest_id, unpaid=True) if contest.status == "final" else []
    paid = [award for award in owed if await _pay(award)]
    async with tenants.transaction():
        contest = await contests.find(contest_id, lock=True)
        if contest.status == "final" and not await contests.awards_of(contest_id, unpaid=True):
            await contests.move(contest, "paid", actor="clock")
    if paid:
        log.info("contests.prizes_paid", contest=str(contest_id), prizes=len(paid))
    return len(paid)


async def _pay(award: Award) -> bool:
    async with tenants.transaction():
        await promoters.lock([award.promoter])
        if not await contests.mark_paid(award.id):
            return False
        legs = await promoter_money.pay_in(award.promoter, award.amount, award.currency, source=EXPENSE)
        await ledger.post("contest.prize", award.id, legs)
    return True


async def take_back_prize(award_id: UUID, amount: int, *, reason: str, by: Actor) -> None:
    """Raises NotFound, InvalidInput, MoreThanWasPaid."""
    if not reason.strip():
        raise InvalidInput({"reason": N_("Say why; the promoter reads it.")})
    async with tenants.transaction():
        award = await contests.find_award(award_id)
    await record_act(by, "contests.take_back", str(award_id), reason, {"amount": amount, "currency": award.currency})
    async with tenants.transaction():
        await promoters.lock([award.promoter])
        award = await contests.find_award(award_id, lock=True)
        correction = await contests.take_back(award, amount, reason=reason.strip()[:300], actor=by.name)
        legs = await promoter_money.take_out(award.promoter, amount, award.currency, into=EXPENSE)
        await ledger.post("contest.correct", correction, legs)
