"""Money for a request: decided here, made by a job that asks the refund flow, and written down when it is owed.

Deciding is one transaction. The job's way is `prepare`, the refund flow with our id as its source (so that asking
again is the same refund), and `finish` or `take_no`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import tenants
from app import aftersales
from app.aftersales import IllegalMove
from app.flows.aftersale_steps import CUSTOMER, MERCHANT, change_clock, decide_refund, open_desk, tell, to_inspect
from app.kernel.errors import InvalidInput
from app.kernel.money import spread

DECIDABLE = ("received", "inspecting")


async def refund_aftersale(aftersale: UUID, amount: int, *, actor: str, words: str = "") -> None:
    """The store gives back `amount` for goods that came back. Less than asked needs a reason."""
    async with tenants.transaction():
        desk = await open_desk(aftersale)
        again = desk.case.status in ("approved", "awaiting_return") and desk.case.refund_problem
        if desk.case.status not in DECIDABLE and not again:
            raise IllegalMove(at=desk.case.status, to="refunded")
        if desk.case.is_disputed and amount < desk.case.wanted_amount:  # less is what the platform was asked about
            raise IllegalMove(at="disputed", to="refunded")
        if amount < desk.case.wanted_amount and not words.strip():
            raise InvalidInput({"words": "Say why it is less than was asked for; the shopper reads it."})
        await decide_refund(desk, amount, cause="refund_decided", actor=actor, words=words.strip())


@dataclass(frozen=True, slots=True)
class Share:
    """Of one order line: so many units, so much money. Goods that stay with the shopper count no units."""

    order_line: UUID
    quantity: int
    amount: int


@dataclass(frozen=True, slots=True)
class Decided:
    """Everything the refund flow is asked for."""

    order_id: UUID
    number: str
    amount: int
    shares: Sequence[Share]


async def prepare(aftersale: UUID) -> Decided | None:
    """What was decided and not made yet; None when there is nothing to do."""
    async with tenants.transaction():
        case = await aftersales.find(aftersale)
        if not case.is_being_refunded or case.agreed_amount is None:
            return None
        lines = await aftersales.lines_of(aftersale)
    amounts = spread(case.agreed_amount, [line.worth_amount for line in lines])
    back = case.status in DECIDABLE
    shares = [
        Share(line.order_line, line.quantity if back else 0, amount)
        for line, amount in zip(lines, amounts, strict=True)
    ]
    return Decided(case.order_id, case.number, case.agreed_amount, shares)


async def finish(aftersale: UUID) -> None:
    """The refund is owed: the request is over. Safe to repeat."""
    async with tenants.transaction():
        desk = await open_desk(aftersale)
        case = desk.case
        if not case.is_being_refunded or case.agreed_amount is None:
            return
        await aftersales.record_refund(aftersale, case.agreed_amount)
        await aftersales.move(aftersale, "refunded", cause="refunded", actor="system")
        await tell(desk, "refunded", (CUSTOMER,), amount=case.agreed_amount, words=case.decision_words)


async def take_no(aftersale: UUID, code: str) -> None:
    """The refund flow refused, for example because the money went back another way. The store decides again."""
    async with tenants.transaction():
        desk = await open_desk(aftersale)
        if not desk.case.is_being_refunded:
            return
        await aftersales.record_refund_problem(aftersale, code)
        desk = await open_desk(aftersale)
        then = to_inspect(desk)
        await change_clock(desk, then, cause="refund_failed", actor="system")
        await tell(desk, "refund_failed", (MERCHANT,), deadline=then)
