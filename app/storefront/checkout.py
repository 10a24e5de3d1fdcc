"""Checkout: one page, one form, one button. What was typed stays when something is refused."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromQuery
from litestar.response import Template

import tenants
from app import customers, identity, orders, payments, promotions, store
from app.flows import postal_address as addresses
from app.flows.cart_contents import Contents
from app.flows.cart_gifts import read_seen, write_seen
from app.flows.name_sharer import name_nobody, name_sharer, sharer_named
from app.flows.payment_choices import chosen, payment_choices
from app.flows.place_order import Checkout, PriceChanged, place_order
from app.flows.postal_address import as_customer_address, as_ship_to, check_address
from app.flows.promising import CASH
from app.flows.sharers_by_code import NotYourOwnSharer, UnknownSharer
from app.freight import NotDeliveredThere
from app.kernel import limits
from app.kernel.errors import InvalidInput, Refusal
from app.kernel.formats import money
from app.kernel.forms import read_form
from app.kernel.i18n import N_, current_locale, translate_fields, translate_refusal
from app.kernel.i18n import gettext as _
from app.kernel.money import CURRENCIES
from app.kernel.pages import page, see_other
from app.storefront import savings
from app.storefront.campaign_kinds import kind_page
from app.storefront.cart import contents_of
from app.storefront.paying import go_and_pay
from app.storefront.price_rows import rows_of_cart
from app.storefront.savings import SavingsForm
from app.storefront.wallet_rows import paying, wallets_of

AnyRequest = Request[Any, Any, Any]
NOTE_LENGTH = 300
CONTACT = ("recipient", "phone")
FREE = N_("Your order is placed. There is nothing to pay.")


class CheckoutForm(SavingsForm, forbid_unknown_fields=True, kw_only=True):
    """`cart` and `seen_total` are what the page showed: the order is of this cart, at this sum, or not at all.

    `pickup`: somebody hands it out, so nobody was asked for an address; `local`: only for a street in the neighborhood.
    """

    cart: UUID
    seen_total: int
    seen_freight: int = 0
    seen_gifts: str = ""
    email: str = ""
    note: str = ""
    payment: str = ""
    remember: bool = False
    pickup: bool = False
    local: bool = False
    gift_card: str = ""
    use_credit: bool = False
    sharer_code: str = ""


class CheckoutController(Controller):
    path = "/checkout"

    @get(permission="public")
    async def show(self, request: AnyRequest, cart: FromQuery[UUID | None] = None) -> Response[Any]:
        """`cart` names the one that joins a campaign; without it, it is the open one."""
        visit = await identity.visit_or_none(request)
        contents = await contents_of(visit, cart=cart) if visit else None
        if visit is None or contents is None:
            return see_other("/cart")
        if not contents.can_be_ordered:
            return see_other(_back(contents), flash=("bad", translate_refusal(NotReady())))
        return await _page(visit, contents, await _known(visit.customer_id))

    @post(permission="public")
    async def place(self, request: AnyRequest) -> Response[Any]:
        """Place the order and go on to pay. The same form sent twice leads to the same order."""
        await limits.take(limits.CHECKOUT, str(tenants.current().id), identity.client_address(request))
        visit = await identity.ensure_visit(request)
        form = await read_form(request, CheckoutForm)
        if form.wants_another_price:
            return await _save(request, visit, form)
        try:
            way = await _way(form)
            placed = await place_order(form.cart, visit.visitor_id, _checkout(form, visit.customer_id))
        except Refusal as refusal:
            return await _again(visit, form, refusal)
        if form.remember and visit.customer_id and not form.pickup:
            await _remember(visit.customer_id, form)
        if way is None:
            return see_other(f"/orders/{placed.number}?key={quote(placed.key)}", flash=("ok", _(FREE)))
        if not way.manual:
            return see_other(f"/orders/{placed.number}/pay?key={quote(placed.key)}&by={way.code}")
        async with tenants.transaction():
            order = await orders.find(placed.order_id)
        return await go_and_pay(request, order, way)

    @post("/savings", permission="public")
    async def change_savings(self, request: AnyRequest) -> Response[Any]:
        """The page again with the coupon or the points that were chosen. Nothing is ordered."""
        visit = await identity.ensure_visit(request)
        return await _save(request, visit, await read_form(request, CheckoutForm))

    @post("/sharer", permission="public")
    async def name_sharer(self, request: AnyRequest) -> Response[Any]:
        """The page again with whoever recommended it, or nobody. Nothing is ordered."""
        visit = await identity.ensure_visit(request)
        return await _name_sharer(request, visit, await read_form(request, CheckoutForm))

    @post("/delivery", permission="public")
    async def update_delivery(self, request: AnyRequest) -> Response[Any]:
        """The page again with the freight for the typed address. Nothing is ordered and nothing else is checked."""
        visit = await identity.ensure_visit(request)
        form = await read_form(request, CheckoutForm)
        contents = await contents_of(visit, addresses.place_of(msgspec.structs.asdict(form)), cart=form.cart)
        if contents is None:
            return see_other("/cart")
        return await _page(visit, contents, msgspec.structs.asdict(form), refusal=_not_sent(contents), updated=True)

    @post("/wallets", permission="public")
    async def count_wallets(self, request: AnyRequest) -> Response[Any]:
        """The page again with what a gift card and store credit would pay. Nothing is ordered and nothing is taken."""
        await limits.take(limits.CHECKOUT, str(tenants.current().id), identity.client_address(request))
        visit = await identity.ensure_visit(request)
        values = msgspec.structs.asdict(await read_form(request, CheckoutForm))
        contents = await contents_of(visit, addresses.place_of(values), cart=UUID(str(values["cart"])))
        return await _page(visit, contents, values) if contents else see_other("/cart")


class NotReady(Refusal):
    """Something in the cart cannot be ordered as it is."""

    code = "orders.cart_not_ready"
    status = 409
    message = "Something in the cart is not available like this. Change it to go on."


async def _way(form: CheckoutForm) -> payments.Vendor | None:
    """How the shopper pays; None when there is nothing to pay. Raises NothingToPayWith."""
    if not form.seen_total:
        return None
    async with tenants.transaction():
        return chosen(await payment_choices(), form.payment)


def _checkout(form: CheckoutForm, customer_id: UUID | None) -> Checkout:
    """Raises InvalidInput."""
    wrong = check_address(form)
    asked = (*CONTACT, "street") if form.local else CONTACT
    if form.pickup:
        wrong = {name: text for name, text in wrong.items() if name in asked}
    email = form.email.lower()
    if email or form.country != "CN":
        try:
            email = identity.check_email(email)
        except InvalidInput as refusal:
            wrong |= refusal.fields
    if len(form.note) > NOTE_LENGTH:
        wrong["note"] = N_("Keep the note under 300 characters.")
    if wrong:
        raise InvalidInput(wrong)
    return Checkout(
        email=email,
        phone=form.phone,
        ship_to={name: getattr(form, name) for name in asked} if form.pickup else as_ship_to(form),
        locale=current_locale.get(),
        customer_id=customer_id,
        note=form.note,
        seen_total=form.seen_total,
        seen_gifts=read_seen(form.seen_gifts),
        wallets=wallets_of(msgspec.structs.asdict(form)),
    )


async def _again(visit: identity.Visit, form: CheckoutForm, refusal: Refusal) -> Response[Any]:
    """The page once more, with what was typed and what is in the way."""
    contents = await contents_of(visit, addresses.place_of(msgspec.structs.asdict(form)), cart=form.cart)
    if contents is None:
        return see_other("/cart", flash=("bad", translate_refusal(refusal)))
    if isinstance(refusal, InvalidInput):
        return await _page(visit, contents, msgspec.structs.asdict(form), errors=translate_fields(refusal), status=422)
    words = _because_of_delivery(form, contents) if isinstance(refusal, PriceChanged) else ""
    words = words or translate_refusal(refusal)
    return await _page(visit, contents, msgspec.structs.asdict(form), refusal=words, status=refusal.status)


async def _save(request: AnyRequest, visit: identity.Visit, form: CheckoutForm) -> Response[Any]:
    """What was typed stays, except a code that counts now."""
    refusal: Refusal | None = None
    try:
        if form.coupon_code:
            await limits.take(limits.COUPON_CODES, str(tenants.current().id), identity.client_address(request))
        await savings.change(form.cart, visit.visitor_id, visit.customer_id, form)
        form.coupon_code = ""
    except (promotions.CouponRefused, limits.TooManyTries) as error:
        refusal = error
    values = msgspec.structs.asdict(form)
    contents = await contents_of(visit, addresses.place_of(values), cart=form.cart)
    if contents is None:
        return see_other("/cart")
    if refusal is None:
        return await _page(visit, contents, values, saved=True)
    return await _page(visit, contents, values, errors={"coupon_code": translate_refusal(refusal)}, status=422)


async def _name_sharer(request: AnyRequest, visit: identity.Visit, form: CheckoutForm) -> Response[Any]:
    """What was typed stays, except a code that counts now."""
    errors: dict[str, str] = {}
    try:
        if form.save == "no_sharer":
            await name_nobody(form.cart, visit.visitor_id)
        elif form.sharer_code:
            await limits.take(limits.COUPON_CODES, str(tenants.current().id), identity.client_address(request))
            await name_sharer(form.cart, visit.visitor_id, visit.customer_id, form.sharer_code)
            form.sharer_code = ""
    except (UnknownSharer, NotYourOwnSharer, limits.TooManyTries) as refusal:
        errors["sharer_code"] = translate_refusal(refusal)
    values = msgspec.structs.asdict(form)
    contents = await contents_of(visit, addresses.place_of(values), cart=form.cart)
    if contents is None:
        return see_other("/cart")
    return await _page(visit, contents, values, errors=errors, status=422 if errors else 200)


def _because_of_delivery(form: CheckoutForm, contents: Contents) -> str:
    """The address was typed after the sum was shown: say that, instead of a price that changed."""
    if form.seen_freight == contents.freight_amount:
        return ""
    currency = tenants.current().currency
    return _(
        "Delivery to this address costs %(freight)s, so the total is %(total)s. Look at it and confirm again.",
        freight=money(contents.freight_amount, currency), total=money(contents.total_amount, currency),
    )  # fmt: skip


def _back(contents: Contents) -> str:
    """Where the goods were chosen."""
    return f"/campaigns/{contents.offer.campaign.code}" if contents.offer else "/cart"


def _not_sent(contents: Contents) -> str:
    try:
        contents.delivery.require_delivered()
    except NotDeliveredThere as refusal:
        return translate_refusal(refusal)
    return ""


async def _page(
    visit: identity.Visit,
    contents: Contents,
    values: dict[str, Any],
    *,
    errors: dict[str, str] | None = None,
    refusal: str = "",
    updated: bool = False,
    saved: bool = False,
    status: int = 200,
) -> Template:
    kind = kind_page(contents.offer.campaign.kind if contents.offer else "")
    async with tenants.transaction():
        ways = await payment_choices()
        sharer = await sharer_named(contents.cart)
        joining = await kind.joining_facts(contents.offer) if contents.offer else {}
    first = kind.first_payment(contents)
    if first < contents.total_amount:
        ways = [way for way in ways if way.code != CASH]
    return page(
        "storefront/checkout/show.html",
        status_code=status,
        headers={"Cache-Control": "no-store"},
        viewer=visit.customer_id,
        cart=contents,
        seen_gifts=write_seen(contents.gifts),
        joining=joining,
        back=_back(contents),
        sums=rows_of_cart(contents, await store.profile()),
        paying=await paying(first, values, visit.customer_id),
        first=first,
        updated=updated,
        saved=saved,
        offers=await savings.offers(contents),
        sharer=sharer,
        problem=translate_refusal(contents.terms.problem) if contents.terms.problem else "",
        unit=CURRENCIES[tenants.current().currency].unit,
        ways=ways,
        values=values,
        errors=errors or {},
        refusal=refusal,
        countries=addresses.COUNTRIES,
        place=contents.place,
        place_line=addresses.in_lines(contents.place.address) if contents.place else "",
        parts=addresses.parts_of(values["country"]),
    )


async def _known(customer_id: UUID | None) -> dict[str, Any]:
    """What the form starts with: the customer's first address, or the store's country."""
    start: dict[str, Any] = {"country": addresses.country_of(tenants.current().currency), "email": ""}
    if customer_id is None:
        return start
    async with tenants.transaction():
        customer = await customers.find(customer_id)
        known = await customers.addresses_of(customer_id)
    start |= {"recipient": customer.name, "phone": customer.phone, "email": customer.email or ""}
    return start | (msgspec.structs.asdict(known[0]) if known else {})


async def _remember(customer_id: UUID, form: CheckoutForm) -> None:
    async with tenants.transaction():
        await customers.save_address(customer_id, as_customer_address(form, is_default=True))
