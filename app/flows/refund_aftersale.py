"""The store gives money back for goods that came back: what was asked for, or less with a reason.

One transaction: the refund is owed and the request is over in the same breath, so that neither is without the other.
"""

from __future__ import annotations

from uuid import UUID

import tenants
from app.aftersales import AtThePlatform, IllegalMove
from app.flows.aftersale_steps import give_back, open_desk
from app.kernel.errors import InvalidInput

DECIDABLE = ("received", "inspecting")


async def refund_aftersale(aftersale: UUID, amount: int, *, actor: str, words: str = "") -> None:
    """Raises InvalidInput, IllegalMove. While the platform is asked, only all of it can be given.

    The rest of what was given back in part can be given as long as the platform is asked about it.
    """
    async with tenants.transaction():
        desk = await open_desk(aftersale)
        case, rest = desk.case, desk.case.missing_amount
        decides = case.status in DECIDABLE
        if not decides and not (case.is_short and case.is_disputed):
            raise IllegalMove(at=case.status, to="refunded")
        less = amount < rest
        if case.is_disputed and less:  # less is what the platform was asked about
            raise AtThePlatform
        if amount > rest:
            raise InvalidInput({"amount": "This is more than was asked for."})
        if less and not words.strip():
            raise InvalidInput({"words": "Say why it is less than was asked for; the shopper reads it."})
        await give_back(desk, amount, cause="refunded", actor=actor, words=words.strip(), goods_back=decides)
