"""The schema knows the same legal moves as the code, and writes no other."""

from __future__ import annotations

import itertools

import asyncpg
import pytest

import tenants
from app import orders
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_selling as selling

STATES = {
    "status": ("draft", "placed", "completed", "canceled", "expired"),
    "payment_status": (
        "unpaid", "authorized", "partially_paid", "paid", "partially_refunded", "refunded", "voided",
    ),
    "fulfillment_status": ("unfulfilled", "partially_fulfilled", "fulfilled", "delivered", "canceled"),
}  # fmt: skip


async def _writes(order_id: object, seq: int, move: tuple[str, str, str]) -> bool:
    try:
        async with tenants.savepoint():
            await tenants.connection().execute(
                "INSERT INTO order_event (id, order_id, seq, field, from_status, to_status, cause, at)"
                " VALUES ($1, $2, $3, $4, $5, $6, 'test', now())",
                new_id(), order_id, seq, *move,
            )  # fmt: skip
    except asyncpg.CheckViolationError:
        return False
    return True


async def test_the_schema_writes_the_moves_the_code_knows_and_no_others(shop: Tenant) -> None:
    """A move that is added to `LEGAL` needs a migration that widens `move_is_legal`."""
    placed = await selling.order()
    every = [(field, *pair) for field, states in STATES.items() for pair in itertools.product(states, states)]

    async with tenants.transaction():
        writable = {move for seq, move in enumerate(every, 100) if await _writes(placed.order_id, seq, move)}

    known = {(field, *pair) for field, pairs in orders.LEGAL.items() for pair in pairs}
    assert known <= writable, "the schema refuses what the code may do: widen move_is_legal in a migration"
    assert writable == known


@pytest.mark.parametrize("move", [("edit", "", "price"), ("mood", "good", "bad"), ("edit", "address", "note")])
async def test_an_event_of_no_kind_is_not_written(shop: Tenant, move: tuple[str, str, str]) -> None:
    placed = await selling.order()

    async with tenants.transaction():
        assert not await _writes(placed.order_id, 100, move)
