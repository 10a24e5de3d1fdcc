"""Which account of the books a payment's money comes into and goes back from. Not a journey of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from app import ledger
from app.ledger import Account, Leg
from app.payments import Payment

SALES, FREIGHT, TAX = Account("merchant_sales"), Account("freight_income"), Account("tax_payable")
PREPAID, OWED_BACK = Account("customer_prepaid"), Account("refund_clearing")
FORFEITED = Account("deposit_forfeited")
BY_HAND = ("bank_transfer", "cash_on_delivery")


def account_of(payment: Payment) -> Account:
    """A wallet is its owner's own account; what comes by hand never passes a provider, so it is the bank's."""
    if payment.provider == "gift_card":
        return Account("gift_card", UUID(payment.provider_ref))
    if payment.provider == "store_credit":
        return Account("store_credit", UUID(payment.provider_ref))
    return Account("bank_clearing" if payment.provider in BY_HAND else "psp_clearing")


async def lock_wallets(accounts: Iterable[Account], currency: str) -> None:
    """Nobody else spends or fills these before COMMIT. Together, first and sorted, so that no two wait in a circle."""
    for account in sorted(set(accounts), key=lambda one: one.id_in(currency)):
        await ledger.balance_of(account, currency, lock=True)


def legs_between(
    debits: Sequence[tuple[Account, int]], credits: Sequence[tuple[Account, int]], currency: str
) -> list[Leg]:
    """Movements that take these amounts from `credits` to `debits`, in their order; both sides add up to the same."""
    if sum(amount for _account, amount in debits) != sum(amount for _account, amount in credits):
        raise ValueError("the two sides of a transaction differ")
    legs, waiting = [], list(credits)
    for debit, amount in debits:
        while amount:
            credit, there = waiting.pop(0)
            moved = min(amount, there)
            if moved:
                legs.append(Leg(debit, credit, moved, currency))
            if there > moved:
                waiting.insert(0, (credit, there - moved))
            amount -= moved
    return legs
