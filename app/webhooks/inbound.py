"""Calls from outside: the path's secret names the store, the signature proves who speaks, commit comes before answer.

A secret nobody has is a 404, a wrong or old signature a 401, too long a body a 413; nothing is written then. A call
that cannot be acted on yet is refused as well, so that the vendor comes again.
"""

from __future__ import annotations

from typing import Any

from litestar import MediaType, Request, Response, post
from litestar.params import FromPath

import tenants
from app import payments
from app.flows.deliver_parcel import hear_carrier
from app.flows.put_aside import put_aside
from app.flows.settle_payment import settle_payment
from app.flows.settle_payout import settle_payout
from app.flows.settle_refund import settle_refund
from app.flows.ship_order import hear_warehouse
from app.flows.switchboard import connect, payouts_through
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from infra import wiring
from infra.signatures import UntrustedNotice
from tenants import lifecycle, states

AnyRequest = Request[Any, Any, Any]


FIRST_PROVIDER = "sandbox"
LARGEST_NOTICE = 256 * 1024  # bytes; providers send a few thousand
NOTICE: dict[str, Any] = {
    "status_code": 200, "permission": "public", "csrf": "none", "request_max_body_size": LARGEST_NOTICE,
}  # fmt: skip


class Untrusted(Refusal):
    """Not signed by the party it claims to come from, or too long ago."""

    code = "webhooks.untrusted"
    status = 401
    message = "The signature does not fit, or the message is too old. Nothing was changed."


@post("/payments/{provider:str}/{secret:str}", **NOTICE)
async def hear_provider(request: AnyRequest, provider: FromPath[str], secret: FromPath[str]) -> Response[bytes]:
    """A provider's notice about a payment or a refund."""
    return await _hear(provider, secret, _headers(request), await request.body())


@post("/payments/{secret:str}", **NOTICE)
async def hear_payment(request: AnyRequest, secret: FromPath[str]) -> Response[bytes]:
    """The address of stores' first accounts, from when there was one provider."""
    return await _hear(FIRST_PROVIDER, secret, _headers(request), await request.body())


async def _hear(provider: str, secret: str, headers: dict[str, str], body: bytes) -> Response[bytes]:
    """Believe it or refuse it, act on it once, and thank for it after COMMIT in the provider's own words.

    What is rightly signed but about another merchant is thanked for too, or it would come again for days: it is put
    aside for a person, and moves nothing.
    """
    with tenants.bind(await _store("payments", secret)):
        async with tenants.transaction():
            account = await payments.account_of(provider)
        adapter = connect(account)
        text = body.decode("utf-8", "replace").replace("\0", "")
        try:
            notice = adapter.parse_webhook(headers, body, now())
            if isinstance(notice, wiring.RefundNotice):
                await settle_refund(notice, source=provider, body=text)
            else:
                await settle_payment(notice, source=provider, body=text)
        except wiring.WrongMerchant:
            await put_aside(provider, text, "other_merchant")
        except wiring.UnrelatedNotice:
            pass
        except UntrustedNotice as error:
            raise Untrusted from error
    thanks = adapter.acknowledgment
    return Response(thanks.body, media_type=thanks.media_type, status_code=thanks.status)


@post("/payouts/{provider:str}/{secret:str}", **NOTICE)
async def hear_payout(request: AnyRequest, provider: FromPath[str], secret: FromPath[str]) -> Response[bytes]:
    """A provider's notice about money for a promoter; believed, acted on and thanked for like one about a payment."""
    body = await request.body()
    with tenants.bind(await _store("payments", secret)):
        if provider not in wiring.PAYOUT_WAYS:
            raise NotFound
        adapter = await payouts_through(provider)
        text = body.decode("utf-8", "replace").replace("\0", "")
        try:
            notice = adapter.parse_transfer_webhook(_headers(request), body, now())
            await settle_payout(notice, source=provider, body=text)
        except wiring.WrongMerchant:
            await put_aside(provider, text, "other_merchant")
        except wiring.UnrelatedNotice:
            pass
        except UntrustedNotice as error:
            raise Untrusted from error
    thanks = adapter.acknowledgment
    return Response(thanks.body, media_type=thanks.media_type, status_code=thanks.status)


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
            return _said(await hear_carrier(body, _headers(request), now()))
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
    """In the vendor's own words; they are JSON or XML."""
    return Response(body, media_type=MediaType.XML if body.startswith(b"<") else MediaType.JSON)
