"""The cart. Adding also happens on pages kept for everybody, so it needs no form token, only our origin."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar import Controller, Request, get, post
from litestar.params import FromQuery
from litestar.response import Redirect, Template

import tenants
from app import catalog, customers, identity, orders, store
from app.flows.add_to_cart import NotForSale, add_to_cart, change_cart
from app.flows.cart_contents import Address, Contents, look_into_cart
from app.flows.postal_address import place_of
from app.inventory import NotEnoughStock
from app.kernel.forms import read_form
from app.kernel.i18n import gettext, translate_refusal
from app.kernel.pages import page, see_other
from app.storefront.price_rows import rows_of_cart

AnyRequest = Request[Any, Any, Any]


class AddForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """From a product page: the product and one value per option, or the variant itself."""

    product: str = ""
    variant: UUID | None = None
    option_1: str = ""
    option_2: str = ""
    option_3: str = ""
    quantity: int = 1
    then: str = "stay"


class ChangeForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    variant: UUID
    quantity: int


class CartController(Controller):
    path = "/cart"

    @get(permission="public")
    async def show(
        self, request: AnyRequest, removed: FromQuery[UUID | None] = None, units: FromQuery[int] = 0
    ) -> Template:
        visit = await identity.visit_or_none(request)
        contents = await contents_of(visit) if visit else None
        undo = {"variant": removed, "quantity": _units(units)} if removed else None
        return page(
            "storefront/cart/show.html", cart=contents, undo=undo, tab="cart", most=orders.MOST_PER_LINE,
            problem=translate_refusal(contents.terms.problem) if contents and contents.terms.problem else "",
            sums=rows_of_cart(contents, await store.profile()) if contents else [],
        )  # fmt: skip

    @post("/lines", permission="public", csrf="origin")
    async def add(self, request: AnyRequest) -> Redirect:
        """Put a choice into the cart. Only now does a browser that was just looking get a session."""
        form = await read_form(request, AddForm)
        variant = form.variant or await _variant_of(form)
        visit = await identity.ensure_visit(request)
        back = f"/products/{quote(form.product)}" if form.product else "/cart"
        try:
            if variant is None:
                raise NotForSale
            await add_to_cart(visit.visitor_id, variant, _units(form.quantity), customer_id=visit.customer_id)
        except (NotEnoughStock, NotForSale) as refusal:
            return see_other(back, flash=("bad", translate_refusal(refusal)))
        if form.then == "checkout":
            return see_other("/checkout")
        return see_other(back, flash=("ok", gettext("It is in the cart.")))

    @post("/changes", permission="public")
    async def change(self, request: AnyRequest) -> Redirect:
        """Set the units of one line; zero takes it out, and the next page offers to undo that."""
        form = await read_form(request, ChangeForm)
        visit = await identity.ensure_visit(request)
        try:
            if form.quantity > 0:
                await change_cart(visit.visitor_id, form.variant, _units(form.quantity))
                return see_other("/cart")
        except (NotEnoughStock, NotForSale) as refusal:
            return see_other("/cart", flash=("bad", translate_refusal(refusal)))
        async with tenants.transaction():
            units = await orders.remove_line(visit.visitor_id, form.variant)
        return see_other(f"/cart?removed={form.variant}&units={units}" if units else "/cart")


def _units(asked: int) -> int:
    """As many as a line may hold, whatever was typed."""
    return min(max(asked, 1), orders.MOST_PER_LINE)


async def contents_of(visit: identity.Visit, to: Address | None = None, *, cart: UUID | None = None) -> Contents | None:
    """What a cart of the visitor's holds, the open one if none is named, sent to this address or a customer's own.

    None when nothing is in it or it was ordered. Raises NotFound for somebody else's.
    """
    async with tenants.transaction():
        cart = cart or await orders.cart_of(visit.visitor_id)
        to = to or (await _saved_place(visit.customer_id) if visit.customer_id and cart else None)
        contents = await look_into_cart(cart, visit.visitor_id, to, customer_id=visit.customer_id) if cart else None
    return contents if contents and contents.lines and not contents.ordered else None


async def _saved_place(customer_id: UUID) -> Address | None:
    """Where the customer's parcels usually go."""
    known = await customers.addresses_of(customer_id)
    return place_of(msgspec.structs.asdict(known[0])) if known else None


async def _variant_of(form: AddForm) -> UUID | None:
    """The variant with exactly the chosen values; the only one when there is nothing to choose."""
    async with tenants.transaction():
        product = await catalog.find_published(form.product)
    chosen = [form.option_1, form.option_2, form.option_3][: len(product.option_names)]
    if len(product.variants) == 1:
        return product.variants[0].id
    return next((each.id for each in product.variants if list(each.option_values) == chosen), None)
