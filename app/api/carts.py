"""Carts: the open one, and one for each campaign that is being joined; what they cost here, and sent to an address."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, delete, get, post, put
from litestar.params import FromPath
from msgspec import Meta

import tenants
from app import freight, identity, inventory, orders, promotions
from app.api.admission import visit_of
from app.api.bodies import Line, answer, read_body
from app.api.described import described
from app.api.shapes import Left, Money, Picture, maybe, money, picture
from app.flows import choose_savings, wallet_payments
from app.flows.add_to_cart import NotForSale, add_to_cart, change_cart
from app.flows.cart_contents import Address, CartLine, Contents, look_into_cart
from app.flows.mode_presale import deposit_in
from app.flows.postal_address import COUNTRIES, in_lines, place_of
from app.flows.price_words import CUTS, named_cuts, wallet_words
from app.flows.wallet_payments import Wallets
from app.group_buying import PresaleTerms
from app.kernel import limits
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import N_, translate_refusal

AnyRequest = Request[Any, Any, Any]
Quantity = Annotated[int, Meta(ge=1, le=orders.MOST_PER_LINE)]


class Adding(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Units of a variant to put into the cart, beside those already there."""

    variant: UUID
    quantity: Quantity = 1


class Changing(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """So many units of a line from now on."""

    quantity: Quantity


class Savings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A coupon by its code, or one of the account by its id; null takes it off. Points as far as they go."""

    code: Line = ""
    coupon: UUID | None = None
    use_points: bool = False


class Destination(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """As much of an address as decides the freight, and what pays besides money."""

    country: Annotated[str, Meta(min_length=2, max_length=2, examples=["CN"])]
    region: Line = ""
    city: Line = ""
    district: Line = ""
    gift_card: Line = ""
    use_credit: bool = False


class CartRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a cart. `price` is for one unit, in the campaign where the cart joins one."""

    variant: UUID
    product: Annotated[str, Meta(description="Handle of the product")]
    title: str
    variant_title: str
    picture: Picture | None
    quantity: int
    list_price: Money
    price: Money
    on_sale: Annotated[bool, Meta(description="False when it has to be taken out to go on")]
    left: Left | None


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """A sum with its name for people."""

    name: str
    amount: Money


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a campaign's goods are picked up; then nobody is asked for an address."""

    name: str
    address: str
    opening_hours: str


class Cart(msgspec.Struct, frozen=True, kw_only=True):
    """A cart priced at this moment. Its `total` is what an order has to name."""

    id: UUID
    campaign: Annotated[str | None, Meta(description="Code of the campaign it joins")]
    place: Annotated[Place | None, Meta(description="Set when it is picked up")]
    lines: list[CartRow]
    goods: Annotated[Money, Meta(description="At list prices")]
    cuts: Annotated[list[Named], Meta(description="What campaign, level, coupon and points take off")]
    freight: Money
    freight_is_final: Annotated[bool, Meta(description="False as long as an address could change it")]
    tax: Annotated[Money, Meta(description="Added on top; zero where prices contain it")]
    total: Money
    can_be_ordered: bool
    problem: Annotated[str | None, Meta(description="Why the chosen coupon does not count, for people")]


class Quote(Cart, frozen=True, kw_only=True):
    """A cart sent to an address."""

    covers: Annotated[list[Named], Meta(description="What gift card and store credit pay")]
    due: Annotated[Money, Meta(description="What is to be paid with money now: of a pre-sale, its deposit")]


class OwnCart(msgspec.Struct, frozen=True, kw_only=True):
    """The open cart; null when nothing was ever put into it."""

    cart: Cart | None


class CartController(Controller):
    @get("/cart", **described("The open cart", gives=OwnCart, bearer=True))
    async def show_open(self, request: AnyRequest) -> Response[bytes]:
        """What was collected from the shelf; a campaign's cart is read by its id."""
        return await _open_cart(request)

    @post(
        "/cart/lines",
        **described(
            "Put into the cart",
            takes=Adding,
            gives=OwnCart,
            bearer=True,
            key="optional",
            refuses=(NotForSale, inventory.NotEnoughStock),
        ),
    )
    async def add(self, request: AnyRequest) -> Response[bytes]:
        """Answers the whole cart."""
        visit, body = await visit_of(request), await read_body(request, Adding)
        await add_to_cart(visit.visitor_id, body.variant, body.quantity, customer_id=visit.customer_id)
        return await _open_cart(request)

    @put(
        "/cart/lines/{variant:uuid}",
        **described(
            "Change a line",
            takes=Changing,
            gives=OwnCart,
            bearer=True,
            key="optional",
            refuses=(NotFound, NotForSale, inventory.NotEnoughStock),
        ),
    )
    async def change(self, request: AnyRequest, variant: FromPath[UUID]) -> Response[bytes]:
        """Raises NotFound for a variant that is not in the cart."""
        visit, body = await visit_of(request), await read_body(request, Changing)
        cart = await _open(visit)
        if cart is None or variant not in {line.variant for line in cart.lines}:
            raise NotFound
        await change_cart(visit.visitor_id, variant, body.quantity)
        return await _open_cart(request)

    @delete(
        "/cart/lines/{variant:uuid}",
        **described("Take a line out", gives=OwnCart, bearer=True, key="optional", refuses=(NotFound,)),
    )
    async def remove(self, request: AnyRequest, variant: FromPath[UUID]) -> Response[bytes]:
        """Answers what is left. Raises NotFound for a variant that is not in the cart."""
        visit = await visit_of(request)
        async with tenants.transaction():
            if not await orders.remove_line(visit.visitor_id, variant):
                raise NotFound
        return await _open_cart(request)

    @put(
        "/cart/savings",
        **described(
            "Choose coupon and points",
            takes=Savings,
            gives=OwnCart,
            bearer=True,
            key="optional",
            refuses=(promotions.CouponRefused, NotFound),
        ),
    )
    async def save(self, request: AnyRequest) -> Response[bytes]:
        """What would not count now is refused with its reason, and the cart stays as it was."""
        visit, body = await visit_of(request), await read_body(request, Savings)
        await _choose(request, visit, body)
        return await _open_cart(request)

    @get("/carts/{cart:uuid}", **described("One cart", gives=Cart, bearer=True, refuses=(NotFound,)))
    async def show(self, request: AnyRequest, cart: FromPath[UUID]) -> Response[bytes]:
        """Priced anew; delivery as a rule, because no address is known yet."""
        return answer(await cart_of(await visit_of(request), cart))

    @post(
        "/carts/{cart:uuid}/quote",
        **described(
            "What a cart costs at an address",
            takes=Destination,
            gives=Quote,
            bearer=True,
            refuses=(NotFound, freight.NotDeliveredThere),
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
        return answer(Quote(**msgspec.structs.asdict(shown(contents)), covers=named, due=money(due)))


async def _open_cart(request: AnyRequest) -> Response[bytes]:
    return answer(OwnCart(cart=await _open(await visit_of(request))))


async def _open(visit: identity.Visit) -> Cart | None:
    async with tenants.transaction():
        cart = await orders.cart_of(visit.visitor_id)
    return await cart_of(visit, cart) if cart else None


async def _choose(request: AnyRequest, visit: identity.Visit, body: Savings) -> None:
    if body.code:
        await limits.take(limits.COUPON_CODES, str(tenants.current().id), identity.client_address(request))
        await choose_savings.use_code(visit.visitor_id, body.code, visit.customer_id)
    elif body.coupon and visit.customer_id:
        await choose_savings.use_coupon(visit.visitor_id, body.coupon, visit.customer_id)
    elif body.coupon:
        raise NotFound
    else:
        await choose_savings.use_no_coupon(visit.visitor_id)
    await choose_savings.use_points(visit.visitor_id, body.use_points)


def _first_payment(contents: Contents) -> int:
    """A pre-sale may begin with a deposit; everything else is paid at once."""
    terms = contents.offer.campaign.terms if contents.offer else None
    if not isinstance(terms, PresaleTerms):
        return contents.total_amount
    units = [(line.variant, line.quantity) for line in contents.lines]
    deposit, _worth = deposit_in(terms, units, contents.total_amount)
    return deposit or contents.total_amount


async def contents_of(visit: identity.Visit, cart: UUID, to: Address | None = None) -> Contents:
    """Raises NotFound for somebody else's, and for one that was ordered."""
    async with tenants.transaction():
        contents = await look_into_cart(cart, visit.visitor_id, to, customer_id=visit.customer_id)
    if contents.ordered:
        raise NotFound
    return contents


async def cart_of(visit: identity.Visit, cart: UUID) -> Cart:
    return shown(await contents_of(visit, cart))


def shown(contents: Contents) -> Cart:
    coupon, level = contents.terms.counting_coupon, contents.terms.level
    cuts = named_cuts(
        {name: contents.priced.sum(f"{name}_amount") for name in CUTS},
        level=level.name if level else "", code=(coupon.code or coupon.name) if coupon else "",
    )  # fmt: skip
    problem, place = contents.terms.problem, contents.place
    return Cart(
        id=contents.cart, campaign=contents.offer.campaign.code if contents.offer else None,
        place=Place(name=place.name, address=in_lines(place.address), opening_hours=place.opening_hours)
        if place
        else None,
        lines=[_row(line) for line in contents.lines], goods=money(contents.goods_amount),
        cuts=[Named(name=name, amount=money(amount)) for name, amount in cuts],
        freight=money(contents.freight_amount), freight_is_final=contents.delivery.is_certain,
        tax=money(contents.tax_amount), total=money(contents.total_amount), can_be_ordered=contents.can_be_ordered,
        problem=translate_refusal(problem) if problem else None,
    )  # fmt: skip


def _row(line: CartLine) -> CartRow:
    return CartRow(
        variant=line.variant, product=line.handle, title=line.title, variant_title=line.variant_title,
        picture=picture(line.image_key), quantity=line.quantity, list_price=money(line.unit_amount),
        price=maybe(line.campaign_amount) or money(line.unit_amount), on_sale=line.on_sale,
        left=None if line.endless else line.available,
    )  # fmt: skip
