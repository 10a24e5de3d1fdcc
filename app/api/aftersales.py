"""After a purchase: what can still be asked for, and asking for it, with pictures."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from msgspec import Meta

import tenants
from app import aftersales, identity
from app.api.aftersale_shapes import Aftersale, AftersaleCard, card_of, shown
from app.api.bodies import Text, answer, read_body_with_files
from app.api.described import described
from app.api.orders import own_order
from app.api.shapes import Choice, Moment, Money, Picture, money, picture
from app.flows.aftersale_quantities import Askable, askable_lines, variants_for_exchange, window_closes_at
from app.flows.aftersale_wish import Wish, WishedLine
from app.flows.request_aftersale import NotEnoughLeft, NothingToAsk, WindowClosed, request_aftersale
from app.flows.talk_about_aftersale import MOST_AT_ONCE, store_evidence
from app.kernel import limits
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.uploads import LARGEST_UPLOAD

AnyRequest = Request[Any, Any, Any]
words = aftersales.words
LINES = Meta(min_length=1, max_length=100)


class Instead(msgspec.Struct, frozen=True, kw_only=True):
    """What may come instead."""

    variant: UUID
    title: str


class AskableLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the order of which units can still be asked for. `worth` is what all that are left are worth."""

    line: UUID
    title: str
    variant_title: str
    picture: Picture | None
    left: int
    worth: Money
    instead: Annotated[list[Instead], Meta(description="For an exchange")]


class Aftersales(msgspec.Struct, frozen=True, kw_only=True):
    """Every request about an order, and what can still be asked for."""

    items: list[AftersaleCard]
    can_ask: bool
    until: Annotated[Moment | None, Meta(description="Until when; null as long as nothing has left the warehouse")]
    lines: list[AskableLine]
    reasons: list[Choice]


class AskedLine(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """So many units of a line. `instead` is the variant an exchange asks for."""

    line: UUID
    quantity: Annotated[int, Meta(ge=1, le=999_999)]
    instead: UUID | None = None


class Asking(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A return, an exchange, or money for goods that stay. `amount` (minor units) is for claims only."""

    kind: Literal["return", "exchange", "claim"]
    reason: Annotated[str, Meta(description="A code of `reasons`", max_length=40)]
    lines: Annotated[list[AskedLine], LINES]
    words: Text = ""
    amount: Annotated[int, Meta(ge=0)] | None = None


class AftersaleController(Controller):
    path = "/orders/{number:str}/aftersales"

    @get(**described("Requests about an order", gives=Aftersales, bearer=True, refuses=(NotFound,)))
    async def list_own(self, request: AnyRequest, number: FromPath[str]) -> Response[bytes]:
        """And which lines can still be asked for, until when, for which reasons."""
        order = await own_order(request, number)
        async with tenants.transaction():
            known = await aftersales.of_order(order.id)
            lines = [line for line in await askable_lines(order) if line.left]
            until = await window_closes_at(order, await aftersales.read_policy())
            instead = await variants_for_exchange(lines)
        return answer(
            Aftersales(
                items=[card_of(case) for case in known], can_ask=bool(lines and until and until > now()), until=until,
                lines=[_line(line, instead.get(line.product, [])) for line in lines],
                reasons=[Choice(code=code, name=name) for code, name in words.choices(words.REASONS)],
            )
        )  # fmt: skip

    @post(
        **described(
            "Ask for a return, an exchange or money back", takes=Asking, gives=Aftersale, status=201, bearer=True,
            key="optional", files="pictures", refuses=(NotFound, NothingToAsk, NotEnoughLeft, WindowClosed),
        ),
        request_max_body_size=LARGEST_UPLOAD,
    )  # fmt: skip
    async def ask(self, request: AnyRequest, number: FromPath[str]) -> Response[bytes]:
        """As JSON, or as a form with the same JSON in the field `body` and up to 6 files `pictures`.

        A picture that cannot be kept is told in `refused_pictures`; the request stands all the same. More pictures can
        be sent with a message.
        """
        order = await own_order(request, number)
        await limits.take(limits.CHECKOUT, str(tenants.current().id), identity.client_address(request))
        body, files = await read_body_with_files(request, Asking, most=MOST_AT_ONCE)
        pictures, refused = await store_evidence(files)
        lines = [WishedLine(each.line, each.quantity, each.instead) for each in body.lines]
        amount = body.amount if body.kind == "claim" else None
        wish = Wish(body.kind, body.reason, body.words, lines, amount, pictures)
        made = await request_aftersale(order.id, wish)
        async with tenants.transaction():
            found = await aftersales.dossier_of(made)
        said = shown(order, found, tenants.current().name, refused)
        return answer(said, status=201, headers={"Location": f"/api/v1/orders/{order.number}/aftersales/{made}"})


def _line(line: Askable, instead: list[tuple[UUID, str]]) -> AskableLine:
    return AskableLine(
        line=line.id, title=line.title, variant_title=line.variant_title, picture=picture(line.image_key),
        left=line.left, worth=money(line.worth(line.left)),
        instead=[Instead(variant=variant, title=title) for variant, title in instead],
    )  # fmt: skip
