"""The shopper's own pages in this store: orders, addresses."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import customers, identity, presale, promotions
from app.flows import postal_address as addresses
from app.flows.postal_address import AddressForm, as_customer_address, check_address
from app.kernel.clock import now
from app.kernel.errors import InvalidInput
from app.kernel.forms import read_form
from app.kernel.i18n import gettext, translate_fields
from app.kernel.money import CURRENCIES
from app.kernel.pages import page, see_other
from app.storefront import queries
from app.storefront.sharer import sharer_of

AnyRequest = Request[Any, Any, Any]


class NewAddressForm(AddressForm, forbid_unknown_fields=True, kw_only=True):
    is_default: bool = False


class AccountController(Controller):
    path = "/account"

    @get(permission="public")
    async def show(self, request: AnyRequest) -> Template:
        """Orders of this browser are shown without an account, too."""
        viewer = await identity.viewer_or_none(request)
        visit = await identity.visit_or_none(request)
        found: list[queries.OrderCard] = []
        member: dict[str, Any] = {}
        sharer = None
        if visit:
            async with tenants.transaction():
                found = await queries.orders_of(visit.customer_id, visit.visitor_id)
                sharer = await sharer_of(visit)
                member = await _member(visit.customer_id) if visit.customer_id else {}
        return page(
            "storefront/account/show.html",
            headers={"Cache-Control": "no-store"},
            orders=found,
            presale_words=presale.words,
            viewer=viewer,
            sharer=sharer,
            tab="me",
            **member,
        )

    @get("/points", permission="signed_in")
    async def points(self, request: AnyRequest, after: FromQuery[str] = "") -> Template:
        """Every movement of the own points, and which of them end soon."""
        customer_id = identity.viewer_of(request).id
        async with tenants.transaction():
            lots = await promotions.lots_of(customer_id)
            found: dict[str, Any] = {
                "points": await promotions.points_of(customer_id), "points_rule": await promotions.points_rule(),
                "rows": await promotions.entries_of(customer_id, after=after),
            }  # fmt: skip
        return page(
            "storefront/account/points.html", headers={"Cache-Control": "no-store"}, tab="me",
            soon=promotions.ending_soon(lots, now()), unit=CURRENCIES[tenants.current().currency].unit, **found,
        )  # fmt: skip

    @get("/addresses", permission="signed_in")
    async def list_addresses(self, request: AnyRequest) -> Template:
        start = {"country": addresses.country_of(tenants.current().currency)}
        return await _address_page(identity.viewer_of(request).id, start)

    @post("/addresses", permission="signed_in")
    async def add_address(self, request: AnyRequest) -> Response[Any]:
        form = await read_form(request, NewAddressForm)
        customer_id = identity.viewer_of(request).id
        wrong = check_address(form)
        if wrong:
            errors = translate_fields(InvalidInput(wrong))
            return await _address_page(customer_id, msgspec.structs.asdict(form), errors)
        async with tenants.transaction():
            await customers.save_address(customer_id, as_customer_address(form, is_default=form.is_default))
        return see_other("/account/addresses", flash=("ok", gettext("The address is saved.")))

    @post("/addresses/{address_id:uuid}/removal", permission="signed_in")
    async def remove_address(self, request: AnyRequest, address_id: FromPath[UUID]) -> Redirect:
        async with tenants.transaction():
            await customers.delete_address(identity.viewer_of(request).id, address_id)
        return see_other("/account/addresses", flash=("ok", gettext("The address is gone.")))


async def _member(customer_id: UUID) -> dict[str, Any]:
    """Level, points and coupons, for the panel of the account."""
    return {
        "membership": await promotions.membership_of(customer_id),
        "level_days": await promotions.level_days(),
        "points": await promotions.points_of(customer_id),
        "points_rule": await promotions.points_rule(),
        "entries": (await promotions.entries_of(customer_id, most=5)).items,
        "soon": promotions.ending_soon(await promotions.lots_of(customer_id), now()),
        "coupons_held": len(await promotions.in_account(customer_id)),
    }


async def _address_page(customer_id: UUID, values: dict[str, Any], errors: dict[str, str] | None = None) -> Template:
    async with tenants.transaction():
        known = await customers.addresses_of(customer_id)
    return page(
        "storefront/account/addresses.html",
        status_code=422 if errors else 200,
        headers={"Cache-Control": "no-store"},
        known=[(address, addresses.in_lines(_texts(address))) for address in known],
        values=values,
        errors=errors or {},
        countries=addresses.COUNTRIES,
        parts=addresses.parts_of(values["country"]),
        tab="me",
    )


def _texts(address: customers.Address) -> dict[str, str]:
    return {name: value for name, value in msgspec.structs.asdict(address).items() if isinstance(value, str)}
