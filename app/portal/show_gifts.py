"""Gifts of a session for its hosts: what the page shows of them, announcing one on air, and ending it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, post
from litestar.params import FromPath
from litestar.response import Redirect

import tenants
from app import live
from app.flows import gifts_on_air
from app.inventory import FREE, PROMISING
from app.kernel.errors import NotFound
from app.kernel.pages import see_other
from app.live import Gift
from app.portal.frame import AnyRequest, enter

GIVABLE = f"""
SELECT variant.id, product.title,
    CASE variant.title WHEN 'Default Title' THEN '' ELSE variant.title END AS variant_title,
    coalesce((SELECT max({FREE}) FROM stock_level WHERE stock_level.variant = variant.id AND {PROMISING}), 0)
        AS there
FROM variant JOIN product ON product.id = variant.product
WHERE variant.active AND product.status <> 'archived' AND NOT product.gift_card
ORDER BY product.price_from_amount, product.id, variant.position LIMIT 500
"""  # noqa: S608 - constants
TITLES = """
SELECT gift.id, product.title, coalesce(product.cover_thumb_key, product.cover_key) AS image_key,
    CASE variant.title WHEN 'Default Title' THEN '' ELSE variant.title END AS variant_title
FROM live_gift AS gift JOIN variant ON variant.id = gift.variant JOIN product ON product.id = variant.product
WHERE gift.session = $1
"""


class GiftRow(msgspec.Struct, frozen=True):
    """A gift with what the page shows of it."""

    gift: Gift
    title: str
    image_key: str | None


async def gift_rows(session: UUID) -> list[GiftRow]:
    shown = {row["id"]: row for row in await tenants.connection().fetch(TITLES, session)}
    return [
        GiftRow(gift, " · ".join(filter(None, (known["title"], known["variant_title"]))), known["image_key"])
        for gift in await live.gifts_of(session)
        for known in (shown[gift.id],)
    ]


class GiftController(Controller):
    path = "/live/{session_id:uuid}/show/gifts"

    @post("/{gift_id:uuid}/{act:str}", permission="signed_in")
    async def change(
        self, request: AnyRequest, session_id: FromPath[UUID], gift_id: FromPath[UUID], act: FromPath[str]
    ) -> Redirect:
        me = (await enter(request)).promoter.id
        match act:
            case "announce":
                await gifts_on_air.announce_gift(session_id, gift_id, by=me)
            case "close":
                await gifts_on_air.close_gift(session_id, gift_id, by=me)
            case _:
                raise NotFound
        return see_other(f"/live/{session_id}/show")


def read_gift(values: Mapping[str, str]) -> dict[str, Any]:
    """Raises NotFound for what names nothing. What is no number is one no gift takes."""
    try:
        slot, variant = UUID(values.get("slot", "")), UUID(values.get("gift", ""))
    except ValueError as error:
        raise NotFound from error
    return {
        "slot_id": slot, "variant": variant, "quota": _count(values.get("quota", "")),
        "every_units": _count(values.get("every_units", "") or "0"), "units": _count(values.get("each", "") or "1"),
    }  # fmt: skip


def _count(text: str) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else -1


HANDLERS = [GiftController]
