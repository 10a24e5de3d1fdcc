"""Calls from outside: the path's secret names the store, the signature proves who speaks, commit comes before answer.

A secret nobody has is a 404, a wrong or old signature a 401; in both cases nothing is written. A call that cannot be
acted on yet is refused as well, so that the vendor comes again.
"""

from __future__ import annotations

from typing import Any

from litestar import MediaType, Request, Response, post
from litestar.params import FromPath

import tenants
from app import payments
from app.flows.deliver_parcel import hear_carrier
from app.flows.settle_payment import settle_payment
from app.flows.settle_refund import settle_refund
from app.flows.ship_order import hear_warehouse
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from infra import wiring
from infra.signatures import UntrustedNotice
from tenants import lifecycle, states

AnyRequest = Request[Any, Any, Any]


class Untrusted(Refusal):
    """Not signed by the party it claims to come from, or too long ago."""

    code = "webhooks.untrusted"
    status = 401
    message = "The signature does not fit, or the message is too old. Nothing was changed."


@post("/payments/{secret:str}", status_code=200, permission="public", csrf="none")
async def hear_payment(request: AnyRequest, secret: FromPath[str]) -> Response[bytes]:
    """A provider's notice about a payment or a refund."""
    body = await request.body()
    with tenants.bind(await _store("payments", secret)) as store:
        async with tenants.transaction():
            account = await payments.account_of()
        provider = wiring.payment_provider(account, tenant_id=store.id, currency=store.currency)
        try:
            notice = provider.parse_webhook(_headers(request), body, now())
        except UntrustedNotice as error:
            raise Untrusted from error
        text = body.decode("utf-8", "replace")
        if isinstance(notice, wiring.RefundNotice):
            await settle_refund(notice, source=account["provider"], body=text)
        else:
            await settle_payment(notice, source=account["provider"], body=text)
    return _said(b"{}")


@post("/warehouse/{secret:str}", status_code=200, permission="public", csrf="none")
async def hear_warehouse_callback(request: AnyRequest, secret: FromPath[str]) -> Response[bytes]:
    """A warehouse tells of parcels, stock and orders it will not ship."""
    body, query = await request.body(), str(request.scope["query_string"], "latin-1")
    with tenants.bind(await _store("warehouse", secret)):
        try:
            return _said(await hear_warehouse(headers=_headers(request), query=query, body=body, now=now()))
        except UntrustedNotice as error:
            raise Untrusted from error


@post("/carrier/{secret:str}", status_code=200, permission="public", csrf="none")
async def hear_carrier_push(request: AnyRequest, secret: FromPath[str]) -> Response[bytes]:
    """A tracking service tells where a parcel is."""
    body = await request.body()
    with tenants.bind(await _store("carrier", secret)):
        try:
            return _said(await hear_carrier(body))
        except UntrustedNotice as error:
            raise Untrusted from error


async def _store(kind: str, secret: str) -> tenants.Tenant:
    store = await lifecycle.find_by_webhook(kind, secret)
    if store is None:
        raise NotFound
    states.require(store, "accept_webhook")
    return store


def _headers(request: AnyRequest) -> dict[str, str]:
    return dict(request.headers.items())


def _said(body: bytes) -> Response[bytes]:
    return Response(body, media_type=MediaType.JSON)
