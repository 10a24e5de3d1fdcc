"""The merchant changes stock by hand: counts, corrections, lines to keep, deliveries and transfers.

Each is one transaction with the shop window's new version, because what can be sold is on its pages.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date
from uuid import UUID

import tenants
from app import fulfillment, inventory, store
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import N_
from tenants import states


@asynccontextmanager
async def changing() -> AsyncIterator[None]:
    """A transaction after which the shop window is new. Raises StoreClosed."""
    states.require(tenants.current(), "edit")
    async with tenants.transaction():
        yield
        await store.touch()


async def change_counts(changes: Mapping[UUID, int], *, actor: str) -> None:
    """Levels by id with the difference to what was seen, so what moved meanwhile stays. Raises PromisedUnits."""
    async with changing():
        await inventory.change_counts(changes, actor=actor)


async def adjust(
    variant: UUID, warehouse: UUID, units: int, *, reason: inventory.Reason, words: str, actor: str
) -> None:
    """Raises NotFound, PromisedUnits."""
    async with changing():
        await _check(variant, warehouse)
        await inventory.adjust(variant, warehouse, units, reason=reason, words=words, actor=actor)


async def undo(move_id: UUID, *, actor: str) -> UUID:
    """Raises NotFound, CannotBeUndone, PromisedUnits."""
    async with changing():
        return await inventory.undo(move_id, actor=actor)


async def change_terms(variant: UUID, warehouse: UUID, *, safety: int | None, low_at: int | None) -> None:
    async with changing():
        await _check(variant, warehouse)
        await inventory.change_terms(variant, warehouse, safety=safety, low_at=low_at)


async def change_rule(rule: inventory.StockRule) -> None:
    async with changing():
        await inventory.change_rule(rule)


async def expect(variant: UUID, warehouse: UUID, units: int, *, due_on: date | None, words: str, actor: str) -> None:
    async with changing():
        await _check(variant, warehouse)
        await inventory.expect(variant, warehouse, units, actor=actor, due_on=due_on, words=words)


async def receive(arrival_id: UUID, units: int, *, actor: str, last: bool) -> inventory.Arrival:
    """Raises NotFound, AlreadyClosed."""
    async with changing():
        return await inventory.receive(arrival_id, units, actor=actor, last=last)


async def call_off(arrival_id: UUID, *, actor: str) -> inventory.Arrival:
    """Raises NotFound, AlreadyClosed."""
    async with changing():
        return await inventory.call_off(arrival_id, actor=actor)


async def transfer(
    variant: UUID, origin: UUID, target: UUID, units: int, *, at_once: bool, due_on: date | None, words: str, actor: str
) -> None:
    """Raises NotFound, InvalidInput, PromisedUnits."""
    if origin == target:
        raise InvalidInput({"target": N_("Choose another warehouse.")})
    async with changing():
        await _check(variant, origin, target)
        await inventory.transfer(
            variant, origin, target, units, actor=actor, words=words, at_once=at_once, due_on=due_on
        )


async def _check(variant: UUID, *warehouses: UUID) -> None:
    """Raises NotFound for what this store does not have."""
    if not await tenants.connection().fetchval("SELECT 1 FROM variant WHERE id = $1", variant):
        raise NotFound
    for each in warehouses:
        await fulfillment.warehouse(each)
