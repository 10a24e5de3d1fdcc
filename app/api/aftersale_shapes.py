"""What a request after a purchase is to programs: what it is about, whose turn it is, and every move so far."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from app import aftersales, orders
from app.api.shapes import Moment, Money, Picture, maybe, money, picture
from app.flows.dispute_aftersale import may_dispute
from app.kernel.i18n import gettext


class Requested(msgspec.Struct, frozen=True, kw_only=True):
    """Units of one order line that were asked for."""

    line: Annotated[UUID, Meta(description="Id of the order's line")]
    title: str
    variant_title: str
    picture: Picture | None
    quantity: int
    worth: Money
    instead: Annotated[str | None, Meta(description="Exchange: the variant that is wanted")]


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a request. `cause` is stable, `words` are for the shopper."""

    cause: Annotated[str, Meta(examples=["offered"])]
    status: str
    words: str
    by: Annotated[str, Meta(description="For people; nobody of the store is named")]
    at: Moment


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What one side wrote."""

    by: Annotated[str, Meta(description="shopper or merchant")]
    words: str
    at: Moment


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """A picture only the two sides see. Ask for it with the token."""

    url: Annotated[str, Meta(description="Path below the API's own address; answers image/webp")]
    by: Annotated[str, Meta(description="shopper or merchant")]
    width: int
    height: int


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """Who has to act until when, and what happens by itself otherwise."""

    who: Annotated[str, Meta(description="shopper, merchant or staff")]
    until: Moment
    otherwise: Annotated[str, Meta(description="For people")]


class AftersaleCard(msgspec.Struct, frozen=True, kw_only=True):
    """A request in a list."""

    id: UUID
    number: str
    kind: Annotated[str, Meta(description="return, exchange or claim")]
    kind_name: str
    status: Annotated[str, Meta(examples=["requested", "awaiting_return", "refunded"])]
    status_name: str
    wanted: Money
    offered: Annotated[Money | None, Meta(description="A sum for keeping the goods; answer it")]
    refunded: Money
    created_at: Moment


class Aftersale(AftersaleCard, frozen=True, kw_only=True):
    """One request, whole."""

    reason: str
    words: str
    decision: Annotated[str, Meta(description="Why the store declined, or gives less")]
    return_address: str
    carrier: str
    tracking_number: str
    turn: Turn | None
    lines: list[Requested]
    moves: list[Move]
    messages: list[Message]
    pictures: list[Evidence]
    can_cancel: bool
    can_answer: Annotated[bool, Meta(description="The store's offer waits for an answer")]
    can_send_back: bool
    can_dispute: bool
    refused_pictures: Annotated[list[str], Meta(description="Why pictures of this very request were not kept")]


def card_of(case: aftersales.Aftersale) -> AftersaleCard:
    return AftersaleCard(
        id=case.id, number=case.number, kind=case.kind, kind_name=aftersales.words.kind(case.kind), status=case.status,
        status_name=aftersales.words.state(case.status), wanted=money(case.wanted_amount),
        offered=maybe(case.offered_amount if case.has_offer else None), refunded=money(case.refunded_amount),
        created_at=case.created_at,
    )  # fmt: skip


def shown(order: orders.Order, found: aftersales.Dossier, store: str, refused: list[str]) -> Aftersale:
    case = found.case
    return Aftersale(
        **msgspec.structs.asdict(card_of(case)), reason=case.reason, words=case.words, decision=case.decision_words,
        return_address=case.return_address, carrier=case.carrier, tracking_number=case.tracking_number,
        turn=_turn(clock) if (clock := case.clock) else None,
        lines=[_line(line) for line in found.lines],
        moves=[
            Move(
                cause=event.cause, status=event.to_status, words=aftersales.words.step(event.cause, to_shopper=True),
                by=aftersales.words.actor(event.actor, store), at=event.at,
            )
            for event in found.events
        ],
        messages=[Message(by=each.author, words=each.words, at=each.at) for each in found.said],
        pictures=[
            Evidence(
                url=f"/orders/{order.number}/aftersales/{case.id}/pictures/{each.id}", by=each.added_by,
                width=each.width, height=each.height,
            )
            for each in found.pictures
        ],
        can_cancel=(case.status, "canceled") in aftersales.LEGAL and not case.tracking_number,
        can_answer=case.has_offer, can_send_back=case.status == "awaiting_return",
        can_dispute=may_dispute(case, "shopper"), refused_pictures=[gettext(each) for each in refused],
    )  # fmt: skip


def _line(line: aftersales.Line) -> Requested:
    return Requested(
        line=line.order_line, title=line.title, variant_title=line.variant_title, picture=picture(line.image_key),
        quantity=line.quantity, worth=money(line.worth_amount), instead=line.exchange_title,
    )  # fmt: skip


def _turn(clock: aftersales.Wait) -> Turn:
    return Turn(who=clock.who, until=clock.until, otherwise=aftersales.words.default(clock.default))
