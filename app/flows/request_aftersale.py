"""A shopper, or the store for a shopper, asks for a return, an exchange, or money for goods that stay.

One transaction under the order's lock: two requests for the last unit at once are one request and one refusal.
"""

from __future__ import annotations

from uuid import UUID

import tenants
from app import aftersales, orders
from app.aftersales import AskedLine, NewAftersale
from app.flows.aftersale_quantities import (
    Askable,
    askable_lines,
    gifts_asked_back,
    variants_for_exchange,
    window_closes_at,
)
from app.flows.aftersale_steps import BOTH, CUSTOMER, Desk, ring_at, tell
from app.flows.aftersale_wish import Wish, WishedLine
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, Refusal

KINDS = ("return", "exchange", "claim")


class NothingToAsk(Refusal):
    """Nothing of the order has left the warehouse, or all of it is settled."""

    code = "aftersales.nothing_to_ask"
    status = 409
    message = "There is nothing in this order that can be sent back or exchanged."


class NotEnoughLeft(Refusal):
    """More units were asked for than are left of what was delivered."""

    code = "aftersales.not_enough_left"
    status = 409
    message = "Of %(title)s only %(left)s can still be asked for. Nothing was changed."

    def __init__(self, *, title: str, left: int) -> None:
        super().__init__(title=title, left=left)


class WindowClosed(Refusal):
    """The store's time for returns is over."""

    code = "aftersales.window_closed"
    status = 409
    message = "The time to ask for a return of this order is over. Write to the store."


async def request_aftersale(order_id: UUID, wish: Wish, *, opened_by: str = "shopper", actor: str = "shopper") -> UUID:
    """Raises InvalidInput, NothingToAsk, NotEnoughLeft, WindowClosed. The store is not bound by its own window."""
    async with tenants.transaction():
        order = await orders.lock(order_id)
        policy = await aftersales.read_policy()
        known = await askable_lines(order)
        if not any(line.left for line in known):
            raise NothingToAsk
        closes_at = await window_closes_at(order, policy)
        if opened_by == "shopper" and (closes_at is None or closes_at < now()):
            raise WindowClosed
        asked = await _asked(wish, {line.id: line for line in known})
        aftersale = await aftersales.write_aftersale(_compose(order, wish, asked, opened_by))
        for picture in wish.pictures:
            await aftersales.show_picture(aftersale, opened_by, picture)
        await _begin(order, aftersale, policy, opened_by, actor)
        return aftersale


async def _begin(order: orders.Order, aftersale: UUID, policy: aftersales.Policy, opened_by: str, actor: str) -> None:
    by_store = opened_by == "merchant"
    await aftersales.begin(aftersale, cause="requested_by_store" if by_store else "requested", actor=actor)
    then = aftersales.wait("merchant", policy.to_answer, "approved")
    await aftersales.wait_for(aftersale, then)
    await ring_at(aftersale, then)
    desk = Desk(order, await aftersales.find(aftersale), policy)
    if by_store:
        await tell(desk, "requested_by_store", (CUSTOMER,))
    else:
        await tell(desk, "requested", BOTH, deadline=then)


async def _asked(wish: Wish, known: dict[UUID, Askable]) -> list[AskedLine]:
    if wish.kind not in KINDS or wish.reason not in aftersales.words.REASONS:
        raise InvalidInput({"kind" if wish.kind not in KINDS else "reason": "Choose one of the offered values."})
    lines = [line for line in wish.lines if line.quantity > 0]
    if not lines or any(line.order_line not in known for line in lines):
        raise InvalidInput({"lines": "Say how many of which goods it is about."})
    if len({line.order_line for line in lines}) < len(lines):
        raise InvalidInput({"lines": "Say how many of which goods it is about."})
    for line in lines:
        if line.quantity > known[line.order_line].left:
            raise NotEnoughLeft(title=known[line.order_line].title, left=known[line.order_line].left)
    if wish.kind == "exchange":
        await _require_variants(lines, known)
    asked = [
        AskedLine(
            line.order_line, line.quantity, known[line.order_line].worth(line.quantity),
            line.exchange_variant if wish.kind == "exchange" else None,
        )
        for line in lines
    ]  # fmt: skip
    if wish.kind != "return":
        return asked
    gifts = gifts_asked_back(list(known.values()), {line.order_line: line.quantity for line in lines})
    return asked + [AskedLine(gift, units, 0, None) for gift, units in gifts.items()]


async def _require_variants(lines: list[WishedLine], known: dict[UUID, Askable]) -> None:
    offered = await variants_for_exchange([known[line.order_line] for line in lines])
    for line in lines:
        there = {variant for variant, _title in offered.get(known[line.order_line].product, [])}
        if line.exchange_variant not in there:
            raise InvalidInput({"lines": "Choose what you want instead."})


def _compose(order: orders.Order, wish: Wish, asked: list[AskedLine], opened_by: str) -> NewAftersale:
    worth = sum(line.worth_amount for line in asked)
    wanted = worth if wish.kind != "claim" or wish.amount is None else wish.amount
    if not (wanted > 0 or worth == 0) or wanted > worth:
        raise InvalidInput({"amount": "Ask for an amount between nothing and what the goods cost."})
    return NewAftersale(
        order.id, order.number, order.customer, wish.kind, opened_by, wish.reason, wish.words.strip()[:2000],
        order.currency, wanted, asked,
    )  # fmt: skip
