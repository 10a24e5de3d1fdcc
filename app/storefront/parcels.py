"""One parcel's own page: where it is, what is in it, who took it, and what to do when it does not come."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, get
from litestar.params import FromPath, FromQuery
from litestar.response import Template

import tenants
from app import fulfillment, orders, store
from app.fulfillment import ParcelView
from app.kernel.errors import NotFound
from app.kernel.pages import page
from app.storefront.whose import order_of_visitor

PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
ON_THE_WAY = ("shipped", "in_transit", "out_for_delivery")


@get("/orders/{number:str}/parcels/{parcel_id:uuid}", permission="public")
async def show_parcel(
    request: Request[Any, Any, Any], number: FromPath[str], parcel_id: FromPath[UUID], key: FromQuery[str] = ""
) -> Template:
    """Open to whoever may see the order, and to nobody else. Raises NotFound."""
    order = await order_of_visitor(request, number, key)
    async with tenants.transaction():
        parcels = await fulfillment.parcels_of(order.id)
        lines = {line.id: line for line in await orders.lines_of(order.id)}
        late = await fulfillment.is_late(parcel_id)
        profile = await store.profile()
    parcel = next((each for each in parcels if each.id == parcel_id), None)
    if parcel is None:
        raise NotFound
    return page(
        "storefront/orders/parcel.html", headers=PRIVATE, order=order, key=key, parcel=parcel, parcels=parcels,
        contents={each.id: _contents(each, lines) for each in parcels}, late=late and parcel.status in ON_THE_WAY,
        contact=profile.contact_email, tab="me",
    )  # fmt: skip


def _contents(parcel: ParcelView, lines: dict[UUID, orders.Line]) -> list[tuple[orders.Line, int]]:
    return [(lines[line], quantity) for line, quantity in parcel.quantities.items() if line in lines]
