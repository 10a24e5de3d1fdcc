"""The pickup code of an order as a picture, for the telephone of whoever hands it out."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath, FromQuery

import tenants
from app import links, pickups
from app.storefront.whose import order_of_visitor
from infra.settings import settings

AnyRequest = Request[Any, Any, Any]


@get("/orders/{number:str}/pickup.svg", permission="public")
async def show_code(request: AnyRequest, number: FromPath[str], key: FromQuery[str] = "") -> Response[bytes]:
    """Leads the leader's camera to the page where it is handed out. Raises NotFound."""
    order = await order_of_visitor(request, number, key)
    async with tenants.transaction():
        pickup = await pickups.find(order.id)
    svg = links.qr_svg(f"{settings().origin('host')}/pickups/check?code={pickup.code}")
    svg = svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return Response(svg.encode(), media_type="image/svg+xml", headers={"Cache-Control": "no-store"})
