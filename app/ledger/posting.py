"""Posting: one event of money, written once, whole, and never changed.

A transfer is one row with one debit account, one credit account, one positive amount and one currency, so writing
half of it is not possible. A correction is a further transaction. The store's role may insert and select, nothing
else. Accounts with a floor move their balance row in the same breath, or nothing is written at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.ledger.guarding import Moves, guarded_moves, move_balances
from app.ledger.legs import Leg
from tenants.steps import NOTHING, Step

BOOK = """
booked_accounts AS (
    INSERT INTO ledger_account (id, kind, owner, currency)
    SELECT DISTINCT id, kind, owner, currency
    FROM unnest($5::uuid[], $6::text[], $7::uuid[], $8::text[]) AS known (id, kind, owner, currency)
    ORDER BY id
    ON CONFLICT DO NOTHING
), booked AS (
    INSERT INTO ledger_transaction (id, kind, source_id, at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (kind, source_id) DO NOTHING
    RETURNING id
), booked_legs AS (
    INSERT INTO ledger_transfer (id, ledger_transaction, leg, debit, credit, amount, currency, order_id)
    SELECT legs.id, booked.id, legs.leg, legs.debit, legs.credit, legs.amount, legs.currency, $15
    FROM booked, unnest($9::uuid[], $10::integer[], $11::uuid[], $12::uuid[], $13::bigint[], $14::text[])
        AS legs (id, leg, debit, credit, amount, currency)
)
"""
POST = f"WITH {BOOK} SELECT id FROM booked"  # noqa: S608 - constants only


async def post(kind: str, source_id: UUID, legs: Sequence[Leg], *, order_id: UUID | None = None) -> bool:
    """Write one transaction; False when it had been written before. `(kind, source_id)` is what makes it one.

    Raises InsufficientBalance when an account with a floor does not hold enough; then nothing was written, also for a
    caller who goes on with its transaction.
    """
    legs = _moving(legs)
    if not legs:
        return False
    moves = guarded_moves(legs)
    if all(amount > 0 for amount in moves.values()):
        return await _post(kind, source_id, legs, order_id, moves)
    async with tenants.savepoint():
        return await _post(kind, source_id, legs, order_id, moves)


async def posting(kind: str, source_id: UUID, legs: Sequence[Leg], *, order_id: UUID | None = None) -> Step:
    """The same as a step to be taken with others. Where an account has a floor it is written now instead, by itself."""
    legs = _moving(legs)
    if guarded_moves(legs):
        await post(kind, source_id, legs, order_id=order_id)
        return NOTHING
    return Step(BOOK, _values(kind, source_id, legs, order_id)) if legs else NOTHING


def _moving(legs: Sequence[Leg]) -> list[Leg]:
    if any(leg.amount < 0 for leg in legs):
        raise ValueError("a transfer moves a positive amount; turn the leg round instead")
    return [leg for leg in legs if leg.amount]


async def _post(kind: str, source_id: UUID, legs: Sequence[Leg], order_id: UUID | None, moves: Moves) -> bool:
    """A repetition moves nothing: the balances follow only a transaction that was written now."""
    if not await _write(kind, source_id, legs, order_id):
        return False
    await move_balances(moves)
    return True


async def _write(kind: str, source_id: UUID, legs: Sequence[Leg], order_id: UUID | None) -> bool:
    return await tenants.connection().fetchval(POST, *_values(kind, source_id, legs, order_id)) is not None


def _values(kind: str, source_id: UUID, legs: Sequence[Leg], order_id: UUID | None) -> tuple[Any, ...]:
    sides = [(account, leg.currency) for leg in legs for account in (leg.debit, leg.credit)]
    return (
        new_id(), kind, source_id, now(),
        [account.id_in(currency) for account, currency in sides],
        [account.kind for account, _currency in sides],
        [account.owner for account, _currency in sides],
        [currency for _account, currency in sides],
        [new_id() for _leg in legs],
        list(range(1, len(legs) + 1)),
        [leg.debit.id_in(leg.currency) for leg in legs],
        [leg.credit.id_in(leg.currency) for leg in legs],
        [leg.amount for leg in legs],
        [leg.currency for leg in legs],
        order_id,
    )  # fmt: skip
