"""Goods on their way back: where to, with which parcel, arrived, looked at. Each step is one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import tenants
from app import aftersales
from app.aftersales import IllegalMove
from app.flows.aftersale_steps import (
    BOTH,
    CUSTOMER,
    MERCHANT,
    change_clock,
    open_desk,
    settle_dispute,
    take_in,
    take_step,
    tell,
    to_ship_back,
)  # fmt: skip
from app.flows.inspecting import inspect
from app.kernel.errors import InvalidInput
from tenants import outbox


async def give_return_address(aftersale: UUID, *, actor: str, address: str, label_words: str = "") -> None:
    """Say where to, or correct it while nothing is on its way; the shopper's days count from here."""
    async with tenants.transaction():
        desk = await open_desk(aftersale)
        if desk.case.status != "awaiting_return" or desk.case.tracking_number:
            raise IllegalMove(at=desk.case.status, to="address_given")
        if not address.strip():
            raise InvalidInput({"address": "Say where the goods are to be sent."})
        then = to_ship_back(desk.policy)
        await aftersales.give_address(aftersale, address.strip(), label_words.strip())
        await change_clock(desk, then, cause="address_given", actor=actor)
        await tell(desk, "address_given", (CUSTOMER,), deadline=then)


async def send_back(aftersale: UUID, *, carrier: str, tracking_number: str, actor: str = "shopper") -> None:
    """The shopper's parcel is on its way. A wrong number can be corrected; the clock then starts anew."""
    async with tenants.transaction():
        desk = await open_desk(aftersale)
        number = "".join(tracking_number.split()).upper()
        if desk.case.status != "awaiting_return":
            raise IllegalMove(at=desk.case.status, to="sent_back")
        if not number:
            raise InvalidInput({"tracking_number": "Enter the tracking number of your parcel."})
        if number == desk.case.tracking_number:
            return
        then = aftersales.wait("merchant", desk.policy.to_arrive, "received")
        await aftersales.record_parcel(aftersale, carrier.strip(), number)
        await change_clock(desk, then, cause="sent_back", actor=actor)
        await outbox.post("fulfillment.announce_return", key=f"return:{aftersale}:{number}", aftersale_id=aftersale)
        await tell(desk, "sent_back", (MERCHANT,), deadline=then, words=f"{carrier.strip()} {number}".strip())


async def cancel_aftersale(aftersale: UUID, *, actor: str = "shopper") -> None:
    """The shopper does not want it any more: before an answer, or before the goods are on their way."""
    async with tenants.transaction():
        desk = await open_desk(aftersale)
        if desk.case.tracking_number:
            raise IllegalMove(at=desk.case.status, to="canceled")
        await settle_dispute(desk)
        await take_step(desk, "canceled", cause="canceled", actor=actor)
        await tell(desk, "canceled", BOTH)


async def receive_return(aftersale: UUID, *, actor: str) -> None:
    """The goods are here; the store has some days to look at them."""
    async with tenants.transaction():
        desk = await open_desk(aftersale)
        await take_in(desk, cause="received", actor=actor)


async def inspect_return(aftersale: UUID, found: Mapping[UUID, tuple[int, int]], *, actor: str) -> None:
    """What is good, damaged and missing; see `inspecting`."""
    async with tenants.transaction():
        desk = await open_desk(aftersale)
        _check(found, await aftersales.lines_of(aftersale))
        await inspect(desk, found, actor=actor)


def _check(found: Mapping[UUID, tuple[int, int]], lines: list[aftersales.Line]) -> None:
    if set(found) != {line.id for line in lines}:
        raise InvalidInput({"lines": "Say for every line how many are good and how many are damaged."})
    for line in lines:
        good, damaged = found[line.id]
        if good < 0 or damaged < 0 or good + damaged > line.quantity:
            raise InvalidInput({"lines": "Good and damaged together cannot be more than were sent back."})
