"""Floors: what some accounts hold is kept in a row, so that taking out more is refused without adding anything up."""

from __future__ import annotations

from collections.abc import Iterable

import tenants
from app.kernel.errors import Refusal
from app.ledger.accounts import GUARDED, Account
from app.ledger.legs import Leg


class InsufficientBalance(Refusal):
    """More was to be taken out of an account than it holds."""

    code = "ledger.insufficient_balance"
    status = 409
    message = "There is not enough left on this account."

    def __init__(self, account: Account, currency: str, asked: int) -> None:
        super().__init__(kind=account.kind, owner=str(account.owner), currency=currency, asked=asked)


Moves = dict[tuple[Account, str], int]  # by account and currency

PUT_IN = """
INSERT INTO ledger_balance (account, amount) VALUES ($1, $2)
ON CONFLICT (account) DO UPDATE SET amount = ledger_balance.amount + excluded.amount
"""
TAKE_OUT = "UPDATE ledger_balance SET amount = amount - $2 WHERE account = $1 AND amount >= $2 RETURNING amount"


def guarded_moves(legs: Iterable[Leg]) -> Moves:
    """What the legs together put into (or, below zero, take out of) each account with a floor."""
    moves: Moves = {}
    for leg in legs:
        for account, amount in ((leg.credit, leg.amount), (leg.debit, -leg.amount)):
            if account.kind in GUARDED:
                moves[account, leg.currency] = moves.get((account, leg.currency), 0) + amount
    return {side: amount for side, amount in moves.items() if amount}


async def move_balances(moves: Moves) -> None:
    """In the order of the accounts' ids, so that two postings never wait for each other. Raises InsufficientBalance.

    Taking out is one conditional UPDATE: of many at once, exactly those succeed that the balance pays for.
    """
    database = tenants.connection()
    for (account, currency), amount in sorted(moves.items(), key=lambda move: move[0][0].id_in(move[0][1])):
        account_id = account.id_in(currency)
        if amount > 0:
            await database.execute(PUT_IN, account_id, amount)
        elif await database.fetchval(TAKE_OUT, account_id, -amount) is None:
            raise InsufficientBalance(account, currency, -amount)
