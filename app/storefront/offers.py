"""Following a link to an offer of a network: `GET /o/{slot}` counts the visit, then sends the visitor on.

The only way out of a store's host. Where it leads is the offer's own address, checked against the network's hosts when
it was saved and again here; nothing the visitor sends has a say in it.
"""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

import tenants
from app import external_sales, links
from app.kernel.errors import NotFound

HEADERS = {"cache-control": "no-store", "referrer-policy": "no-referrer", "x-robots-tag": "noindex, nofollow"}


@get("/o/{slot:str}", permission="public", name="storefront.offer")
async def follow_offer(request: Request[Any, Any, Any], slot: FromPath[str]) -> Response[bytes]:
    """302 to the network. Raises NotFound, also while the offer is paused, and OfferLeadsAstray."""
    async with tenants.transaction():
        found = await external_sales.find_slot(slot)
        offer = await external_sales.find_offer(found.offer) if found else None
        if found is None or offer is None or offer.status != "open":
            raise NotFound
        address = offer.address_for(found.slot)
        if not links.screen(request.method, request.headers):
            await external_sales.count_click(found.id)
    return Response(b"", status_code=302, headers={"location": address, **HEADERS})
