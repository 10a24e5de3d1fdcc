"""From cart to order: check what the shopper saw, write it down, hold the stock.

One transaction of four round trips: BEGIN with the store's schema and role; the cart with everything that belongs to it
and all it may pay less for; the order, its lines, its first event and its jobs, in one statement; and the stock in one
message with COMMIT, one conditional UPDATE per line, because the stock of a hot product is what everybody else waits
for. Templates of freight, a coupon and points take one more each, gift cards and store credit a few. The order's number
is taken before the transaction; the doorbell of its jobs is rung after it.

What gift cards and store credit pay is taken in the same transaction; an order they pay whole is paid at once, and so
is one that costs nothing.

The cart makes it repeatable: a cart becomes at most one order, and sending it again answers with that order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from asyncpg.exceptions import NotNullViolationError

import tenants
from app import group_buying, inventory, live, orders, promotions
from app.flows import campaign_seats, wallet_payments
from app.flows.cart_contents import CartLine, Contents, read_cart
from app.flows.cart_gifts import CartGift
from app.flows.cart_terms import spending
from app.flows.taking_in import take_in_nothing
from app.flows.wallet_payments import Wallets
from app.kernel.clock import now
from app.kernel.errors import Refusal
from app.kernel.formats import money
from app.kernel.ids import new_id
from tenants import outbox, states
from tenants.outbox import Wish


class EmptyCart(Refusal):
    """There is nothing to order."""

    code = "orders.empty_cart"
    status = 409
    message = "The cart is empty."


class NotForSale(Refusal):
    """Something in the cart has left the shelf since."""

    code = "orders.not_for_sale"
    status = 409
    message = "%(title)s is not for sale any more. Take it out of the cart to go on."


class PriceChanged(Refusal):
    """The shopper agreed to another sum than this."""

    code = "orders.price_changed"
    status = 409
    message = "A price changed while you were here. The total is now %(total)s; look at it and confirm again."


class NoAddress(Refusal):
    """It is to be sent, and nobody said where to."""

    code = "orders.no_address"
    status = 422
    message = "Say where it is to be sent."


NO_WALLETS = Wallets()


@dataclass(frozen=True, slots=True)
class Checkout:
    """What the shopper filled in. `seen_total` is the sum the page showed; None when nobody looked at one.

    `seen_gifts` are the gifts it showed: with fewer of them nothing is ordered.
    """

    email: str
    phone: str
    ship_to: dict[str, str]
    locale: str
    customer_id: UUID | None = None
    note: str = ""
    seen_total: int | None = None
    wallets: Wallets = NO_WALLETS
    seen_gifts: Mapping[UUID, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Placed:
    """The order that the cart became; `key` opens its page without signing in."""

    order_id: UUID
    number: str
    key: str


async def place_order(cart_id: UUID, visitor_id: UUID, checkout: Checkout) -> Placed:
    """Raises StoreClosed, EmptyCart, NotForSale, NotDeliveredThere, PriceChanged, CouponRefused, NotEnoughPoints,
    UnknownGiftCard, EmptyGiftCard, NotEnoughStock, and what a campaign refuses. Then nothing is kept.
    """
    states.require(tenants.current(), "place_order")
    number = await orders.take_number()
    try:
        placed = await _place(number, cart_id, visitor_id, checkout)
    except Refusal:  # after anything else the order may be written all the same, so its number is not used again
        orders.give_back_number(number)
        raise
    if placed.number != number:
        orders.give_back_number(number)
    return placed


async def _place(number: str, cart_id: UUID, visitor_id: UUID, checkout: Checkout) -> Placed:
    """Who was overtaken on the way to the stock looks again: then there is another warehouse, or a refusal."""
    overtaken = False
    while True:
        try:
            async with tenants.transaction():
                contents = await read_cart(cart_id, visitor_id, checkout.ship_to, customer_id=checkout.customer_id)
                known = await orders.order_of_cart(cart_id) if contents.ordered else None
                if known:
                    return Placed(*known, orders.access_key(known[0]))
                order = _compose(number, contents, checkout)
                await _write(order, contents)
                await _pay_and_hold(order, contents, checkout.wallets, patiently=overtaken)
            return Placed(order.id, number, order.key)
        except live.GiftGone:
            if checkout.seen_gifts:
                raise
            overtaken = True  # nobody was promised it, so the order does without
        except NotNullViolationError as error:
            if not inventory.is_too_little(error) and not group_buying.is_too_much(error):
                raise
            overtaken = True


async def _write(order: orders.NewOrder, contents: Contents) -> None:
    posted = outbox.posting(*_jobs(order.id, contents.time_to_pay))
    if contents.offer:
        await campaign_seats.write_order(order, contents.offer, posted)
    else:
        await orders.write_order(order, posted)


async def _pay_and_hold(order: orders.NewOrder, contents: Contents, wanted: Wallets, *, patiently: bool) -> None:
    """What campaign, money and points do first; the stock last, because it is what everybody else waits for.

    The campaign's units are wanted as much, and are held with the stock where nothing is locked in between. Held
    `patiently`, they are asked for by themselves, which says what is missing.
    """
    spent = _spending(order, contents)
    if contents.offer:
        quick = not patiently and order.total_amount > 0 and wanted == NO_WALLETS and spent is None
        await campaign_seats.hold(order, contents.offer, at_commit=quick)
    paid = await _pay_at_once(order, wanted)
    if spent:
        await promotions.redeem(spent)
    await _give(order.id, contents.gifts)
    await _hold(order, contents, patiently=patiently)
    if paid:
        inventory.allocate_at_commit(order.id)


async def _hold(order: orders.NewOrder, contents: Contents, *, patiently: bool) -> None:
    """Where no warehouse has enough of a line by itself, several are asked; that takes its own statements.

    Who was overtaken asks the same way: there is another warehouse, or some of several, or a refusal.
    """
    wanted = _wanted(order.lines, contents)
    if patiently or any(line.is_scattered for line in contents.lines):
        await inventory.reserve(order.id, wanted, expires_at=order.expires_at)
    else:
        inventory.reserve_at_commit(order.id, wanted, expires_at=order.expires_at)


def _compose(number: str, contents: Contents, checkout: Checkout) -> orders.NewOrder:
    _require_for_sale(contents.lines)
    contents.delivery.require_delivered()
    placed_at, order_id = now(), new_id()
    order = orders.NewOrder(
        id=order_id,
        number=number,
        key=orders.access_key(order_id),
        cart=contents.cart,
        customer=checkout.customer_id,
        visitor_id=contents.visitor_id,
        email=checkout.email,
        phone=checkout.phone,
        currency=tenants.current().currency,
        locale=checkout.locale,
        ship_to=_ship_to(contents, checkout.ship_to),
        note=checkout.note,
        placed_at=placed_at,
        expires_at=placed_at + contents.time_to_pay,
        lines=_lines(contents),
        price_rules=contents.price_record,
        campaign=contents.offer.campaign.id if contents.offer else None,
    )
    _require_same_total(order, checkout.seen_total, contents.terms.problem)
    _require_stock(contents.lines)
    _require_gifts(contents, checkout.seen_gifts)
    return order


async def _pay_at_once(order: orders.NewOrder, wanted: Wallets) -> bool:
    """True when nothing is left to pay. An order that costs nothing leaves the wallets alone."""
    if order.total_amount:
        return await wallet_payments.take(order.id, wanted)
    await take_in_nothing(order.id)
    return True


def _spending(order: orders.NewOrder, contents: Contents) -> promotions.Spending | None:
    return spending(
        order.id, contents.terms, contents.priced, customer=order.customer, phone=order.phone, email=order.email
    )


async def _give(order_id: UUID, gifts: Sequence[CartGift]) -> None:
    """The gifts are the order's. Raises GiftGone."""
    await live.give(order_id, {gift.gift: gift.quantity for gift in gifts})


def _require_for_sale(lines: Sequence[CartLine]) -> None:
    if not lines:
        raise EmptyCart
    for line in lines:
        if not line.on_sale:
            raise NotForSale(title=line.title)


def _require_same_total(order: orders.NewOrder, seen_total: int | None, problem: Refusal | None) -> None:
    """A coupon that stopped counting is the reason to tell, unless the shopper already saw the sum without it."""
    if problem and seen_total != order.total_amount:
        raise problem
    if seen_total is not None and seen_total != order.total_amount:
        raise PriceChanged(total=money(order.total_amount, order.currency), amount=order.total_amount)


def _require_stock(lines: Sequence[CartLine]) -> None:
    """Nothing is written for an order that there is nothing for. Whether there is enough is decided when it is held."""
    for line in lines:
        if line.cannot_be_held:
            raise inventory.NotEnoughStock(
                variant=line.variant, title=line.title, asked=line.quantity, left=line.in_stock
            )


def _require_gifts(contents: Contents, seen: Mapping[UUID, int]) -> None:
    """Nobody finds out after paying that what the page promised has gone to somebody else."""
    there = {gift.gift: gift for gift in contents.gifts_on_air}
    for gift_id, units in seen.items():
        gift = there.get(gift_id)
        if gift is None or gift.quantity < units:
            raise live.GiftGone


def _ship_to(contents: Contents, typed: dict[str, str]) -> dict[str, str]:
    """Picked up: the shopper's name and phone at the place's address; brought around: with the own street in it.

    Raises NoAddress.
    """
    if place := contents.place:
        asked = ("recipient", "phone", "street") if place.asks_street else ("recipient", "phone")
        if place.asks_street and not typed.get("street"):
            raise NoAddress
        return {name: text for name, text in typed.items() if name in asked} | dict(place.address)
    if not typed.get("country") and any(line.requires_shipping for line in contents.lines):
        raise NoAddress
    return typed


def _lines(contents: Contents) -> list[orders.NewLine]:
    return [
        orders.NewLine(
            id=new_id(),
            product=line.product,
            variant=line.variant,
            title=line.title,
            variant_title=line.variant_title,
            sku=line.sku,
            image_key=line.image_key,
            quantity=line.quantity,
            unit_amount=line.unit_amount,
            requires_shipping=line.requires_shipping,
            priced=priced,
        )
        for line, priced in zip(contents.lines, contents.priced.lines, strict=False)  # gifts follow
    ] + [
        orders.NewLine(
            new_id(), gift.product, gift.variant, gift.title, gift.variant_title, gift.sku, gift.image_key,
            gift.quantity, 0, gift.requires_shipping, priced, gift=gift.gift,
        )
        for gift, priced in zip(contents.gifts, contents.priced.lines[len(contents.lines):], strict=True)
    ]  # fmt: skip


def _wanted(lines: Sequence[orders.NewLine], contents: Contents) -> list[inventory.Wanted]:
    """A gift is taken from what was lent for it, the goods of a live price from what was lent to its slot.

    Other goods are taken from the quota of whoever sold them, if there is one.
    """
    borrower = contents.borrower
    quotas = {line.variant: line for line in contents.lines if line.quota}
    return [
        inventory.Wanted(line.id, line.variant, line.quantity, line.title, quota.quota, only_lent=quota.only_quota)
        if (quota := quotas.get(line.variant)) and not line.gift
        else inventory.Wanted(line.id, line.variant, line.quantity, line.title, line.gift or borrower)
        for line in lines
    ]


def _jobs(order_id: UUID, time_to_pay: timedelta) -> tuple[Wish, Wish]:
    payload: dict[str, Any] = {"order_id": order_id}
    return (
        Wish("payments.expire_order", payload, "critical", f"expire:{order_id}", time_to_pay),
        Wish("attribution.decide", payload, "critical", f"decide:{order_id}"),
    )
