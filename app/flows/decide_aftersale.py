"""The store answers a request: yes, no, or a sum for keeping the goods; and the shopper answers that sum.

Each answer is one transaction.
"""

from __future__ import annotations

from uuid import UUID

import tenants
from app import aftersales
from app.aftersales import AtThePlatform, IllegalMove
from app.flows.aftersale_steps import (
    CUSTOMER,
    MERCHANT,
    SECOND_THOUGHT,
    agree,
    change_clock,
    give_back,
    most_back,
    open_desk,
    take_step,
    tell,
)  # fmt: skip
from app.kernel.errors import InvalidInput


async def approve_aftersale(aftersale: UUID, *, actor: str, address: str = "", label_words: str = "") -> None:
    """Yes. Goods that are to come back need an address. Raises InvalidInput, IllegalMove."""
    async with tenants.transaction():
        desk = await open_desk(aftersale)
        address = address.strip() or desk.policy.return_address
        if desk.case.kind != "claim" and not address:
            raise InvalidInput({"address": "Say where the goods are to be sent."})
        _require_asked(desk.case)
        await agree(
            desk, cause="approved", actor=actor, address=address, label_words=label_words or desk.policy.label_words
        )


async def decline_aftersale(aftersale: UUID, *, actor: str, words: str) -> None:
    """No, and why. From `requested`, or after looking at the goods. The shopper may ask the platform."""
    async with tenants.transaction():
        desk = await open_desk(aftersale)
        if not words.strip():
            raise InvalidInput({"words": "Say why; the shopper reads it."})
        if desk.case.is_disputed:  # a no would take the shopper's question out of the platform's hands
            raise AtThePlatform
        await aftersales.make_offer(aftersale, None)
        await aftersales.write_decision(aftersale, words.strip())
        await take_step(desk, "declined", cause="declined", actor=actor)
        await tell(desk, "declined", (CUSTOMER,), words=words.strip())


async def offer_amount(aftersale: UUID, amount: int, *, actor: str, words: str = "") -> None:
    """A sum for keeping the goods. The shopper has some days; without an answer the request stands."""
    async with tenants.transaction():
        desk = await open_desk(aftersale)
        _require_asked(desk.case)
        if desk.case.is_disputed:
            raise AtThePlatform
        if desk.case.has_offer:
            raise IllegalMove(at="offered", to="offered")
        if not 0 < amount <= desk.case.wanted_amount:
            raise InvalidInput({"amount": "Offer an amount between nothing and what was asked for."})
        then = aftersales.wait("shopper", desk.policy.to_consider, "offer_lapsed")
        await aftersales.make_offer(aftersale, amount)
        await change_clock(desk, then, cause="offered", actor=actor)
        if words.strip():
            await aftersales.say(aftersale, "merchant", words.strip(), name=actor)
        await tell(desk, "offered", (CUSTOMER,), deadline=then, amount=amount)


async def answer_offer(aftersale: UUID, *, accept: bool, actor: str = "shopper") -> None:
    """The shopper keeps the goods and gets the sum, or the request stands. Raises IllegalMove without an offer."""
    async with tenants.transaction():
        desk = await open_desk(aftersale)
        amount = desk.case.offered_amount
        if not desk.case.has_offer or amount is None:
            raise IllegalMove(at=desk.case.status, to="offer_answered")
        if accept:
            await take_step(desk, "approved", cause="offer_accepted", actor=actor)
            await give_back(desk, min(amount, await most_back(desk)), cause="refunded", actor="system")
            await tell(desk, "offer_accepted", (MERCHANT,), amount=amount)
            return
        then = aftersales.wait("merchant", SECOND_THOUGHT, "approved")
        await aftersales.make_offer(aftersale, None)
        await change_clock(desk, then, cause="offer_declined", actor=actor)
        await tell(desk, "offer_declined", (MERCHANT,), deadline=then)


def _require_asked(case: aftersales.Aftersale) -> None:
    if case.status != "requested":
        raise IllegalMove(at=case.status, to="approved")
