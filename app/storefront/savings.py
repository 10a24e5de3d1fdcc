"""What a shopper saves with: choosing it at checkout, and what else the account holds."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import tenants
from app import orders, promotions
from app.flows import choose_savings
from app.flows.cart_contents import Contents
from app.flows.cart_terms import with_coupon
from app.flows.postal_address import AddressForm
from app.kernel.errors import NotFound
from app.kernel.i18n import translate_refusal
from app.promotions import UnknownCoupon

MOST_OFFERS = 6


class SavingsForm(AddressForm, kw_only=True):
    """This part of the checkout form, after the address. `save` is the button that was pressed.

    `seen_points` says whether the sum on the page knew about the points.
    """

    coupon_code: str = ""
    coupon: UUID | None = None
    use_points: bool = False
    seen_points: bool = False
    save: str = ""

    @property
    def wants_another_price(self) -> bool:
        """Something was typed or ticked that the sum on the page does not know yet."""
        return bool(self.coupon_code) or self.use_points != self.seen_points


@dataclass(frozen=True, slots=True)
class Offer:
    """A coupon of the account: what it takes off this cart, or why it does not count."""

    coupon: promotions.Coupon
    cut_amount: int
    reason: str


async def change(cart: UUID, visitor_id: UUID, customer_id: UUID | None, form: SavingsForm) -> None:
    """Raises CouponRefused; then the coupon stays what it was."""
    if form.use_points != form.seen_points:
        await choose_savings.use_points(visitor_id, form.use_points, cart=cart)
    if form.save == "no_coupon":
        await choose_savings.use_no_coupon(visitor_id, cart=cart)
    elif form.coupon is not None:
        if customer_id is None:
            raise UnknownCoupon
        try:
            await choose_savings.use_coupon(visitor_id, form.coupon, customer_id, cart=cart)
        except NotFound as error:
            raise UnknownCoupon from error
    elif form.coupon_code:
        await choose_savings.use_code(visitor_id, form.coupon_code, customer_id, cart=cart)


async def offers(contents: Contents) -> list[Offer]:
    """The account's coupons other than the chosen one: what saves most first, what does not count last."""
    if contents.customer_id is None:
        return []
    async with tenants.transaction():
        held = await promotions.in_account(contents.customer_id)
    chosen = contents.terms.coupon.id if contents.terms.coupon else None
    found = [_offer(contents, coupon, claim) for coupon, claim in held if coupon.id != chosen]
    return sorted(found, key=lambda offer: (bool(offer.reason), -offer.cut_amount))[:MOST_OFFERS]


def _offer(contents: Contents, coupon: promotions.Coupon, claim: promotions.Claim) -> Offer:
    terms = with_coupon(contents.terms, contents.to_price, coupon, claim)
    if terms.problem:
        return Offer(coupon, 0, translate_refusal(terms.problem))
    return Offer(coupon, orders.price(contents.to_price, terms.rules).sum("coupon_amount"), "")
