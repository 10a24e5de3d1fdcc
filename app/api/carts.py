"""Carts by their id, the open one and those that join a campaign: what they cost here, and sent to an address."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, delete, get, post, put
from litestar.params import FromPath
from msgspec import Meta

import tenants
from app import freight, identity, wallets
from app.api.admission import visit_of
from app.api.bodies import Line, answer, read_body
from app.api.cart_shapes import Cart, Named, cart_of, contents_of, shown, with_sharer
from app.api.described import described
from app.api.shapes import Money, money
from app.flows import wallet_payments
from app.flows.cart_contents import Contents
from app.flows.mode_presale import deposit_in
from app.flows.name_sharer import name_nobody, name_sharer
from app.flows.postal_address import COUNTRIES, place_of
from app.flows.price_words import wallet_words
from app.flows.sharers_by_code import NotYourOwnSharer, UnknownSharer
from app.flows.wallet_payments import Wallets
from app.group_buying import DemandTestTerms, PresaleTerms
from app.kernel import limits
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import N_

AnyRequest = Request[Any, Any, Any]


class Destination(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """As much of an address as decides the freight, and what pays besides money."""

    country: Annotated[str, Meta(min_length=2, max_length=2, examples=["CN"])]
    region: Line = ""
    city: Line = ""
    district: Line = ""
    gift_card: Line = ""
    use_credit: bool = False


class SharerNamed(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The code of the sharer who recommended it."""

    code: Annotated[Line, Meta(min_length=1)]


class Quote(Cart, frozen=True, kw_only=True):
    """A cart sent to an address."""

    covers: Annotated[list[Named], Meta(description="What gift card and store credit pay")]
    due: Annotated[Money, Meta(description="What is to be paid with money now: of a pre-sale, its deposit")]


class CartController(Controller):
    path = "/carts"

    @get("/{cart:uuid}", **described("One cart", gives=Cart, bearer=True, refuses=(NotFound,)))
    async def show(self, request: AnyRequest, cart: FromPath[UUID]) -> Response[bytes]:
        """Priced anew; delivery as a rule, because no address is known yet."""
        return answer(await cart_of(await visit_of(request), cart))

    @put(
        "/{cart:uuid}/sharer",
        **described(
            "Name who recommended it",
            takes=SharerNamed,
            gives=Cart,
            bearer=True,
            refuses=(NotFound, UnknownSharer, NotYourOwnSharer, limits.TooManyTries),
        ),
    )
    async def name_sharer(self, request: AnyRequest, cart: FromPath[UUID]) -> Response[bytes]:
        """The order counts for that sharer, before any link that was followed. The price stays the same."""
        visit, body = await visit_of(request), await read_body(request, SharerNamed)
        await limits.take(limits.COUPON_CODES, str(tenants.current().id), identity.client_address(request))
        await contents_of(visit, cart)
        await name_sharer(cart, visit.visitor_id, visit.customer_id, body.code)
        return answer(await cart_of(visit, cart))

    @delete("/{cart:uuid}/sharer", **described("Name nobody", gives=Cart, bearer=True, refuses=(NotFound,)))
    async def name_nobody(self, request: AnyRequest, cart: FromPath[UUID]) -> Response[bytes]:
        """Takes the code off; then links and bindings decide."""
        visit = await visit_of(request)
        await contents_of(visit, cart)
        await name_nobody(cart, visit.visitor_id)
        return answer(await cart_of(visit, cart))

    @post(
        "/{cart:uuid}/quote",
        **described(
            "What a cart costs at an address",
            takes=Destination,
            gives=Quote,
            bearer=True,
            refuses=(NotFound, freight.NotDeliveredThere, wallets.UnknownGiftCard, wallets.EmptyGiftCard),
        ),
    )
    async def quote(self, request: AnyRequest, cart: FromPath[UUID]) -> Response[bytes]:
        """Nothing is ordered and nothing is taken. Name its `total` when you place the order."""
        await limits.take(limits.CHECKOUT, str(tenants.current().id), identity.client_address(request))
        visit, body = await visit_of(request), await read_body(request, Destination)
        if body.country not in COUNTRIES:
            raise InvalidInput({"country": N_("The store does not deliver there.")})
        to = place_of(msgspec.structs.asdict(body)) or {"country": body.country}
        contents = await contents_of(visit, cart, to)
        contents.delivery.require_delivered()
        wanted = Wallets((body.gift_card,) if body.gift_card else (), body.use_credit)
        async with tenants.transaction():
            covers = await wallet_payments.look(wanted, contents.total_amount, visit.customer_id)
        due = max(_first_payment(contents) - sum(cover.amount for cover in covers), 0)
        named = [
            Named(name=wallet_words(each.card.last4 if each.card else ""), amount=money(each.amount)) for each in covers
        ]
        cart_shown = await with_sharer(shown(contents))
        return answer(Quote(**msgspec.structs.asdict(cart_shown), covers=named, due=money(due)))


def _first_payment(contents: Contents) -> int:
    """A pre-sale may begin with a deposit; everything else is paid at once."""
    terms = contents.offer.campaign.terms if contents.offer else None
    if not isinstance(terms, PresaleTerms | DemandTestTerms):
        return contents.total_amount
    units = [(line.variant, line.quantity) for line in contents.lines]
    deposit, _worth = deposit_in(terms, units, contents.total_amount)
    return deposit or contents.total_amount
