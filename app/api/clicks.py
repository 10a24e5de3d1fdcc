"""Following a promoter's tracked link in a front end of the shopper's own: the same click as on `/l/CODE`."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, post
from msgspec import Meta

import tenants
from app import identity, links
from app.api.admission import visit_of
from app.api.bodies import Line, answer, read_body
from app.api.described import described
from app.flows.record_clicks import click_of, find_destination, record_click

AnyRequest = Request[Any, Any, Any]


class Arriving(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The code of the link somebody came through, as it stands behind `/l/`."""

    link: Annotated[Line, Meta(min_length=1)]


class LinkTarget(msgspec.Struct, frozen=True, kw_only=True):
    """What the link shows: the path of a page in the store, which names a product, a campaign, or a team in one."""

    path: Annotated[str, Meta(examples=["/campaigns/k3v9x2/teams/7mq4", "/products/peaches", "/"])]


class ClickController(Controller):
    path = "/clicks"

    @post(
        **described(
            "Follow a tracked link", takes=Arriving, gives=LinkTarget, status=201, bearer=True,
            refuses=(links.UnknownLink, links.ClickNotRecorded),
        ),
    )  # fmt: skip
    async def follow(self, request: AnyRequest) -> Response[bytes]:
        """Report it once, when the shopper opens your front end through the link, before they order.

        The click belongs to the token's visitor. What they order with it, or after signing in with it, counts for the
        promoter by the store's own rules, as if they had opened the link in a browser.
        """
        visit, body = await visit_of(request), await read_body(request, Arriving)
        tenant, code = tenants.current(), links.read_code(body.link)
        destination = await find_destination(tenant, code) if code else None
        if destination is None:
            raise links.UnknownLink
        click = click_of(
            destination, visit.visitor_id, links.screen_program(request.headers),
            address=identity.client_address(request), agent=request.headers.get("user-agent", ""),
        )  # fmt: skip
        await record_click(tenant, click)
        return answer(LinkTarget(path=destination.path), status=201)
