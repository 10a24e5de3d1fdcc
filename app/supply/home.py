"""What waits for the supplier in the chosen store."""

from __future__ import annotations

from litestar import get
from litestar.response import Template

import tenants
from app import purchasing
from app.flows import supplier_shelf
from app.kernel.pages import page
from app.supply.frame import AnyRequest, enter


@get("/", permission="signed_in")
async def show_home(request: AnyRequest) -> Template:
    place = await enter(request)
    async with tenants.transaction():
        to_accept = (await purchasing.purchases(supplier=place.supplier, status="sent")).items
        shelves = await supplier_shelf.to_ship(place.supplier)
        standing = await purchasing.standing_of(place.supplier)
        disputes = await purchasing.disputes_of(place.supplier, open_only=True)
        asked = await purchasing.asked_for_fewer(place.supplier)
    return page(
        "supply/home/show.html", place=place, to_accept=to_accept, shelves=shelves, standing=standing,
        disputes=disputes, asked=asked, currency=place.tenant.currency, words=purchasing.words,
    )  # fmt: skip


HANDLERS = [show_home]
