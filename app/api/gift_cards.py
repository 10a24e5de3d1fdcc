"""Gift cards: what is left on one."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, post
from msgspec import Meta

import tenants
from app import identity, ledger, wallets
from app.api.bodies import answer, read_body
from app.api.described import described
from app.api.shapes import Moment, Money, money
from app.kernel import limits
from app.ledger import Account

AnyRequest = Request[Any, Any, Any]


class TypedCard(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The code as it is printed on the card."""

    code: Annotated[str, Meta(max_length=80)]


class GiftCard(msgspec.Struct, frozen=True, kw_only=True):
    """A card that can pay. Name its code as `gift_card` in a quote and an order."""

    last4: str
    left: Money
    expires_at: Moment | None


class GiftCardController(Controller):
    path = "/gift-cards/checks"

    @post(
        **described("Look at a gift card", takes=TypedCard, gives=GiftCard, refuses=(wallets.UnknownGiftCard,)),
    )
    async def look(self, request: AnyRequest) -> Response[bytes]:
        """What is left on it. Nobody may try many codes."""
        await limits.take(limits.GIFT_CARD, str(tenants.current().id), identity.client_address(request))
        body = await read_body(request, TypedCard)
        async with tenants.transaction():
            card = await wallets.usable_card(body.code)
            left = await ledger.balance_of(Account("gift_card", card.id), card.currency)
        return answer(GiftCard(last4=card.last4, left=money(left), expires_at=card.expires_at))
