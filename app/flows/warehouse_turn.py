"""Whether a warehouse may be asked now: its gate, its limit, and how many of us talk to it at once.

Not a flow: whoever asks a warehouse does it within `turn`. Who may not yet is told when to come again, and has tried
nothing.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID
from weakref import WeakValueDictionary

import tenants
from app import fulfillment
from app.fulfillment import WarehouseFacts
from infra import turns, wiring
from infra.http import NotSent, OutsideUnavailable
from infra.warehouse import limits
from infra.warehouse.port import WarehouseRejected, WarehouseUnauthorized, WarehouseUnavailable
from tenants import outbox

# Of a worker's places a store may have eight: one slow warehouse of it leaves half of them to everything else.
AT_ONCE = 4
PATIENCE_S = 0.5
FULL_S = 1.5
RENEWED_S = 4.0

_places: WeakValueDictionary[tuple[UUID, UUID], asyncio.Semaphore] = WeakValueDictionary()


class NotYet(Exception):
    """It is not the time to ask this warehouse; nothing was tried."""

    def __init__(self, reason: str, seconds: float) -> None:
        super().__init__(reason)
        self.seconds = seconds


class Unlucky(WarehouseUnavailable):
    """It did not answer this call, and has answered others lately: asking again soon is no burden, and may help."""


@asynccontextmanager
async def turn(warehouse: WarehouseFacts, ticket: str) -> AsyncIterator[None]:
    """A place to talk to the warehouse and a turn within its limit. Raises NotYet."""
    store = tenants.current().id
    place = _places.setdefault((store, warehouse.id), asyncio.Semaphore(AT_ONCE))
    try:
        await asyncio.wait_for(place.acquire(), PATIENCE_S)
    except TimeoutError:
        raise NotYet("as many calls as allowed are waiting for this warehouse", FULL_S + random.random()) from None  # noqa: S311 - spreads load, guards nothing
    try:
        pace = limits.pace_of(warehouse.adapter, warehouse.settings, is_practice=wiring.is_practice(warehouse))
        wait = await turns.wait_for_turn(f"{store}:{warehouse.id}", pace, ticket) if pace else 0.0
        if wait:
            raise NotYet("the warehouse is asked as often as it allows", wait)
        yield
    finally:
        place.release()


@asynccontextmanager
async def asked(warehouse: WarehouseFacts, ticket: str, *, may_say_no: bool = False) -> AsyncIterator[None]:
    """One exchange with the warehouse in its turn, and how it went is noted. Raises NotYet.

    Where it `may_say_no`, a no is an answer like any other: it is well, and its gate stays open. Of a silent warehouse
    whose gate is open, WarehouseUnavailable comes as Unlucky.
    """
    async with turn(warehouse, ticket):
        began = time.monotonic()
        try:
            async with renewing(warehouse.id):
                yield
        except (WarehouseUnavailable, WarehouseRejected) as error:
            answered = isinstance(error, WarehouseRejected) and not isinstance(error, WarehouseUnauthorized)
            is_shut = False
            async with tenants.transaction():
                if may_say_no and answered:
                    await fulfillment.note_answer(warehouse.id, since(began))
                else:
                    is_shut = await fulfillment.note_trouble(warehouse.id, str(error), since(began))
            if isinstance(error, WarehouseUnavailable) and not is_shut:
                raise Unlucky(str(error)) from error
            raise
    async with tenants.transaction():
        await fulfillment.note_answer(warehouse.id, since(began))


@asynccontextmanager
async def renewing(warehouse: UUID, *, forgetting: UUID | None = None) -> AsyncIterator[None]:
    """Whoever is refused because the authorization ended comes again when it was renewed.

    `forgetting` is the work order that was handed over: a no leaves nothing of it on its way.

    Raises NotYet, and WarehouseUnauthorized as it came when renewing cannot help.
    """
    try:
        yield
    except WarehouseUnauthorized as error:
        async with tenants.transaction():
            if not await fulfillment.ask_renewal(warehouse):
                raise
            await post_authorization(warehouse)
            if forgetting:
                await fulfillment.forget_asking(forgetting)
        raise NotYet("the authorization is being renewed", RENEWED_S + random.random()) from error  # noqa: S311 - the same


async def post_authorization(warehouse: UUID) -> None:
    """Have its code exchanged, or its authorization renewed; the same wish twice is one."""
    await outbox.post(
        "fulfillment.authorize", queue="critical", key=f"authorize:{warehouse}", max_attempts=5,
        warehouse_id=str(warehouse),
    )  # fmt: skip


def since(began: float) -> int:
    """Whole milliseconds on this process's own stopwatch."""
    return round((time.monotonic() - began) * 1000)


async def require_open(warehouse: UUID, *, pass_it: bool) -> None:
    """Raises NotYet while the warehouse's gate is shut. Whoever passes asks it next, in this transaction's wake."""
    left = await fulfillment.gate_left(warehouse)
    if pass_it:
        await pass_gate(warehouse, left)
    else:
        require_unlocked(left)


async def pass_gate(warehouse: UUID, left: float | None) -> None:
    """The same for whoever has read the gate already."""
    _wait(await fulfillment.pass_gate(warehouse, left))


def require_unlocked(left: float | None) -> None:
    """The same for whoever only looks, and asks later."""
    _wait(left or 0.0)


def _wait(seconds: float) -> None:
    if seconds > 0:
        raise NotYet("the warehouse failed several times in a row", seconds + random.random())  # noqa: S311 - the same


def may_be_on_its_way(error: WarehouseUnavailable) -> bool:
    """Whether a call that failed like this may still arrive: it left us, and no answer came back."""
    cause = error.__cause__
    if isinstance(cause, NotSent):
        return False
    return isinstance(cause, OutsideUnavailable | OSError)
