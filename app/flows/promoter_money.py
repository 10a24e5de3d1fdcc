"""The accounts of one promoter, and what every move of their money shares. Not a journey of its own.

Whoever moves a promoter's money holds the promoter's lock: after the order's, before lines, payouts and balances.
A debt is repaid before anything becomes available, so that nobody has both.
"""

from __future__ import annotations

from uuid import UUID

from app import commissions, ledger, payouts, promoters
from app.ledger import Account, Leg
from app.payouts import Payout

PENDING, WITHHELD = Account("payout_pending"), Account("withheld_tax")


def frozen(promoter: UUID) -> Account:
    return Account("promoter_frozen", promoter)


def available(promoter: UUID) -> Account:
    return Account("promoter_available", promoter)


def debt(promoter: UUID) -> Account:
    return Account("promoter_debt", promoter)


async def debt_of(promoter: UUID, currency: str) -> int:
    return -await ledger.balance_of(debt(promoter), currency)


async def withdrawable(promoter: UUID, currency: str) -> int:
    """What can be asked for now: all that is available but what is kept back. Under the promoter's lock."""
    there = await ledger.balance_of(available(promoter), currency, lock=True)
    kept = sum(part.amount for part in await commissions.kept_back(promoter, currency))
    return max(there - kept, 0)


async def hold(payout_id: UUID) -> Payout:
    """The payout with its promoter, both locked. Raises NotFound."""
    await promoters.lock([(await payouts.find(payout_id)).promoter])
    return await payouts.lock(payout_id)


async def pay_in(promoter: UUID, amount: int, currency: str, *, source: Account | None = None) -> list[Leg]:
    """Legs of what becomes the promoter's: a debt first, the rest can be withdrawn. Out of the ice where no source is
    named."""
    source = source or frozen(promoter)
    repaid = min(amount, await debt_of(promoter, currency))
    return [
        Leg(source, debt(promoter), repaid, currency),
        Leg(source, available(promoter), amount - repaid, currency),
    ]


async def take_out(promoter: UUID, amount: int, currency: str, *, into: Account) -> list[Leg]:
    """Legs of what was the promoter's and goes back: out of what can be withdrawn, and the rest is a debt."""
    there = min(amount, await ledger.balance_of(available(promoter), currency, lock=True))
    return [
        Leg(available(promoter), into, there, currency),
        Leg(debt(promoter), into, amount - there, currency),
    ]


async def give_back(payout: Payout) -> None:
    """The payout came to nothing: all of it is the promoter's again, unless it was owed meanwhile."""
    owner, currency = payout.promoter, payout.currency
    await ledger.post("payout.back", payout.id, [Leg(PENDING, available(owner), payout.amount, currency)])
    repaid = min(payout.amount, await debt_of(owner, currency))
    await ledger.post("debt.repay", payout.id, [Leg(available(owner), debt(owner), repaid, currency)])
    await tell_lines(owner, currency)


async def pay_out(payout: Payout) -> None:
    """The money has reached the promoter, from the bank's account or the provider's; the tax office's part has not."""
    source = Account("bank_clearing" if payout.by_hand else "psp_clearing")
    legs = [
        Leg(PENDING, source, payout.net_amount, payout.currency),
        Leg(PENDING, WITHHELD, payout.withheld_amount, payout.currency),
    ]
    await ledger.post("payout.paid", payout.id, legs)
    await tell_lines(payout.promoter, payout.currency)


async def tell_lines(promoter: UUID, currency: str) -> None:
    """Each settled line says what has become of it."""
    totals = await payouts.totals_of(promoter, currency)
    await commissions.cover(promoter, currency, paid=totals.paid, pending=totals.pending)
