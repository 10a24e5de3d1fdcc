"""One request after a purchase: how it stands, and what the shopper can do about it."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from msgspec import Meta

import tenants
from app import aftersales, identity, orders
from app.aftersales import IllegalMove
from app.api.aftersale_shapes import Aftersale, shown
from app.api.bodies import Text, answer, read_body, read_body_with_files
from app.api.described import Refusals, described
from app.api.orders import own_order
from app.flows.decide_aftersale import answer_offer
from app.flows.dispute_aftersale import RuledAlready, dispute_aftersale
from app.flows.return_goods import cancel_aftersale, send_back
from app.flows.talk_about_aftersale import MOST_AT_ONCE, store_evidence, talk_about_aftersale
from app.kernel import limits
from app.kernel.errors import NotFound
from app.kernel.uploads import LARGEST_UPLOAD, read_private_picture

AnyRequest = Request[Any, Any, Any]
Short = Annotated[str, Meta(max_length=60)]


def step(
    summary: str, takes: type[msgspec.Struct] | None = None, *, refuses: Refusals = (IllegalMove,), files: str = ""
) -> dict[str, Any]:
    """Something the shopper does about a request, which is answered whole."""
    return described(
        summary, takes=takes, gives=Aftersale, bearer=True, key="optional", files=files, refuses=(NotFound, *refuses)
    )


class OfferAnswer(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Take the store's offer and keep the goods, or let the request stand."""

    accept: bool


class ReturnParcel(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The shopper's parcel on its way to the store."""

    tracking_number: Annotated[str, Meta(min_length=1, max_length=60)]
    carrier: Short = ""


class Dispute(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What the shopper does not agree with."""

    words: Text


class Writing(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A message to the store."""

    words: Text = ""


class AftersaleMoveController(Controller):
    path = "/orders/{number:str}/aftersales/{aftersale_id:uuid}"

    @get(**described("One request", gives=Aftersale, bearer=True, refuses=(NotFound,)))
    async def show(self, request: AnyRequest, number: FromPath[str], aftersale_id: FromPath[UUID]) -> Response[bytes]:
        """With every move, message and picture."""
        return await _answered(await _mine(request, number, aftersale_id), aftersale_id)

    @post("/answer", **step("Answer the store's offer", OfferAnswer))
    async def answer(self, request: AnyRequest, number: FromPath[str], aftersale_id: FromPath[UUID]) -> Response[bytes]:
        """When it is taken, the money goes back and the goods stay."""
        order, body = await _mine(request, number, aftersale_id), await read_body(request, OfferAnswer)
        await answer_offer(aftersale_id, accept=body.accept)
        return await _answered(order, aftersale_id)

    @post("/parcel", **step("Say that the goods are on their way", ReturnParcel))
    async def ship(self, request: AnyRequest, number: FromPath[str], aftersale_id: FromPath[UUID]) -> Response[bytes]:
        """A wrong number can be corrected as long as the goods have not arrived."""
        order, body = await _mine(request, number, aftersale_id), await read_body(request, ReturnParcel)
        await send_back(aftersale_id, carrier=body.carrier, tracking_number=body.tracking_number)
        return await _answered(order, aftersale_id)

    @post("/cancellation", **step("Withdraw a request"))
    async def cancel(self, request: AnyRequest, number: FromPath[str], aftersale_id: FromPath[UUID]) -> Response[bytes]:
        """Until the goods are on their way."""
        order = await _mine(request, number, aftersale_id)
        await cancel_aftersale(aftersale_id)
        return await _answered(order, aftersale_id)

    @post("/dispute", **step("Ask the platform", Dispute, refuses=(IllegalMove, RuledAlready)))
    async def dispute(
        self, request: AnyRequest, number: FromPath[str], aftersale_id: FromPath[UUID]
    ) -> Response[bytes]:
        """Its people decide once about a request."""
        order, body = await _mine(request, number, aftersale_id), await read_body(request, Dispute)
        await dispute_aftersale(aftersale_id, side="shopper", actor="shopper", words=body.words)
        return await _answered(order, aftersale_id)

    @post(
        "/messages",
        **step("Write to the store", Writing, refuses=(), files="pictures"),
        request_max_body_size=LARGEST_UPLOAD,
    )
    async def write(self, request: AnyRequest, number: FromPath[str], aftersale_id: FromPath[UUID]) -> Response[bytes]:
        """As JSON, or as a form with the same JSON in the field `body` and up to 6 files `pictures`."""
        order = await _mine(request, number, aftersale_id)
        await limits.take(limits.CHECKOUT, str(tenants.current().id), identity.client_address(request))
        body, files = await read_body_with_files(request, Writing, most=MOST_AT_ONCE)
        pictures, refused = await store_evidence(files)
        name = order.ship_to.get("recipient", "")
        await talk_about_aftersale(aftersale_id, side="shopper", name=name, words=body.words, pictures=pictures)
        return await _answered(order, aftersale_id, refused)

    @get(
        "/pictures/{aftersale_picture_id:uuid}",
        **described("One picture of a request", gives=None, bearer=True, media="image/webp", refuses=(NotFound,)),
    )
    async def show_picture(
        self,
        request: AnyRequest,
        number: FromPath[str],
        aftersale_id: FromPath[UUID],
        aftersale_picture_id: FromPath[UUID],
    ) -> Response[bytes]:
        """A WebP picture, which no public address answers to."""
        await _mine(request, number, aftersale_id)
        async with tenants.transaction():
            picture = await aftersales.find_picture(aftersale_id, aftersale_picture_id)
        content = await read_private_picture(picture.storage_key)
        if content is None:
            raise NotFound
        return Response(content, media_type="image/webp", headers={"Cache-Control": "private, max-age=3600"})


async def _mine(request: AnyRequest, number: str, aftersale_id: UUID) -> orders.Order:
    """The order, if it is the token's and the request is about it. Raises NotFound for everybody else."""
    order = await own_order(request, number)
    async with tenants.transaction():
        if (await aftersales.find(aftersale_id)).order_id != order.id:
            raise NotFound
    return order


async def _answered(order: orders.Order, aftersale_id: UUID, refused: list[str] | None = None) -> Response[bytes]:
    async with tenants.transaction():
        found = await aftersales.dossier_of(aftersale_id)
    return answer(shown(order, found, tenants.current().name, refused or []))
