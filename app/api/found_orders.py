"""Finding an order by its number and its phone, without a token."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, post
from msgspec import Meta

from app import identity
from app.api.bodies import answer, read_body
from app.api.described import described
from app.api.shapes import Moment, Picture, picture
from app.flows.find_order import NoSuchOrder, find_order, look

Typed = Annotated[str, Meta(min_length=1, max_length=60)]


class Lookup(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Both as they stand in the order; a part of the phone is not enough."""

    number: Typed
    phone: Typed


class FoundStep(msgspec.Struct, frozen=True, kw_only=True):
    """What the carrier said of a parcel."""

    status: Annotated[str | None, Meta(description="null where the carrier only said something")]
    text: str
    at: Moment


class FoundParcel(msgspec.Struct, frozen=True, kw_only=True):
    """A parcel and its way so far, the newest step first."""

    carrier: str
    tracking_number: str
    status: str
    steps: list[FoundStep]


class FoundLine(msgspec.Struct, frozen=True, kw_only=True):
    """What was ordered."""

    title: str
    variant_title: str
    picture: Picture | None
    quantity: int


class FoundOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Where an order is. Of the person only a hint is told, and nothing can be changed with it."""

    number: str
    status: Annotated[str, Meta(description="placed, completed, canceled or expired")]
    fulfillment_status: str
    placed_at: Moment
    ships_by: Annotated[Moment | None, Meta(description="By when what has not left yet was promised to leave")]
    recipient: Annotated[str, Meta(description="Only its first letter", examples=["林**"])]
    around: Annotated[str, Meta(description="Region and city")]
    lines: list[FoundLine]
    parcels: list[FoundParcel]


@post("/order-lookups", **described("Find an order", takes=Lookup, gives=FoundOrder, refuses=(NoSuchOrder,)))
async def find(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Without an account or a token. A number nobody has and a wrong phone are answered alike."""
    said = await read_body(request, Lookup)
    order = await find_order(said.number, said.phone, address=identity.client_address(request))
    found = await look(order.id)
    return answer(
        FoundOrder(
            number=order.number, status=order.status, fulfillment_status=order.fulfillment_status,
            placed_at=order.placed_at, ships_by=found.ships_by, recipient=found.recipient, around=found.around,
            lines=[
                FoundLine(
                    title=line.title, variant_title=line.variant_title, picture=picture(line.image_key),
                    quantity=line.quantity,
                )
                for line in found.lines
            ],
            parcels=[
                FoundParcel(
                    carrier=parcel.carrier, tracking_number=parcel.tracking_number, status=parcel.status,
                    steps=[FoundStep(status=step.status, text=step.text, at=step.at) for step in parcel.steps],
                )
                for parcel in found.parcels
            ],
        )
    )  # fmt: skip
