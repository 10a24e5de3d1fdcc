"""Posters and cards of campaigns: composed from how it stands, drawn once for what they say, kept by content.

Not a journey of its own. Composing reads nothing and is cheap, so that a page can name its picture's fingerprint.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import UUID

import msgspec

import tenants
from app import links
from app.flows.campaign_offer import Offer
from app.flows.campaign_words import first_item, next_step, reason
from app.group_buying import Item
from app.kernel import formats, i18n
from app.kernel.i18n import gettext as _
from app.store import look_of, palette
from infra import wiring
from infra.storage.port import StorageError, object_key

Shape = Literal["poster", "card", "square"]
AT_ONCE = asyncio.Semaphore(2)  # drawing is work for a whole core
DRAWERS = {"poster": links.draw_poster, "card": links.draw_card, "square": links.draw_square}
MADE = "campaign/1"  # changed when the same words are drawn differently


@dataclass(frozen=True, slots=True)
class Sheet:
    """A picture that is not drawn yet; the fingerprint covers everything it will show."""

    shape: Shape
    poster: links.Poster
    picture_key: str | None
    fingerprint: str


def compose(shape: Shape, offer: Offer, store: Any, currency: str, url: str = "", *, sharer: str = "") -> Sheet:
    """In the reader's language. `sharer` is the name of whoever passes it on, as strangers may read it."""
    campaign, item = offer.campaign, first_item(offer)
    price, was, stairs, stair = _prices(item, offer, currency)
    ends = campaign.ends_at
    zone = formats.zone_of(None)
    poster = links.Poster(
        store_name=store.name,
        product_title=campaign.title,
        subtitle=item.title if item and item.title != campaign.title else "",
        price=price,
        was_price=was,
        badge=reason(offer, currency),
        stairs=stairs,
        stair=stair,
        url=url,
        locale=i18n.current_locale.get().replace("-", "_"),
        promoter_name=sharer,
        invitation=_("%(name)s invites you to buy together", name=sharer) if sharer else "",
        tagline=store.tagline if sharer else "",
        deadline=_("until %(moment)s", moment=formats.date_time(ends, i18n.current_locale.get(), zone)) if ends else "",
        hint=_("Scan to take part"),
        look=look(store.look),
    )
    key = campaign.cover_key or (item.image_key if item else None)
    said = msgspec.json.encode([shape, poster, key, MADE])
    return Sheet(shape, poster, key, hashlib.sha256(said).hexdigest())


def compose_plain(
    shape: Shape, store: Any, tenant: tenants.Tenant, url: str, *, sharer: str, title: str, price_amount: int | None,
    was_amount: int | None, picture_key: str | None, deadline: str = "",
) -> Sheet:  # fmt: skip
    """Of a product, or of the whole store when there is no title."""
    price, was = ("", "", ""), ""
    if title and price_amount is not None:
        parts = formats.price_parts(price_amount, tenant.currency)
        price = (parts.symbol, parts.whole, parts.fraction)
        if (was_amount or 0) > price_amount:
            was = formats.money(was_amount or 0, tenant.currency, trim=True)
    poster = links.Poster(
        store_name=store.name,
        product_title=title or store.name,
        price=price,
        was_price=was,
        url=url,
        locale=tenant.locale.replace("-", "_"),
        promoter_name=sharer,
        invitation=_("%(name)s recommends", name=sharer),
        subtitle="" if title else store.tagline,
        deadline=deadline,
        hint=_("Scan to open the store"),
        look=look(store.look),
    )
    said = msgspec.json.encode([shape, poster, picture_key, "poster/1"])
    return Sheet(shape, poster, picture_key, hashlib.sha256(said).hexdigest())


def _prices(item: Item | None, offer: Offer, currency: str) -> tuple[tuple[str, str, str], str, tuple[str, ...], int]:
    """The price it can come to, the usual one, and the stairs with the place of today's."""
    if item is None:
        return ("", "", ""), "", (), 0
    today = offer.price_of(item.variant) or 0
    step = next_step(offer)
    goal = step[1] if step and offer.campaign.is_running() else today
    parts = formats.price_parts(goal, currency)
    was = formats.money(item.list_amount, currency, trim=True) if item.list_amount > goal else ""
    amounts = [item.price_amount, *(tier.price_amount for tier in item.tiers)]
    reached = sum(tier.from_count <= offer.count for tier in item.tiers)
    stairs = tuple(_figure(amount, currency) for amount in amounts) if item.tiers else ()
    return (parts.symbol, parts.whole, parts.fraction), was, stairs, reached


def _figure(amount: int, currency: str) -> str:
    parts = formats.price_parts(amount, currency)
    return f"{parts.whole}{parts.fraction}"


def look(stored: Mapping[str, Any]) -> links.PosterLook:
    """The store's colors."""
    colors = palette(look_of(dict(stored)))
    return links.PosterLook(
        brand=colors["brand"], brand_strong=colors["brand-strong"], on_brand=colors["on-brand"],
        brand_soft=colors["brand-soft"], deal=colors["deal"], deal_soft=colors["deal-soft"],
    )  # fmt: skip


async def picture(tenant_id: UUID, sheet: Sheet) -> bytes:
    """The drawn picture, from storage when it was drawn before; storage that is away only costs the drawing."""
    key = object_key(tenant_id, sheet.fingerprint, "png")
    with suppress(StorageError):
        return await wiring.storage().get(key)
    photo = None
    if sheet.picture_key:
        with suppress(StorageError):
            photo = await wiring.storage().get(sheet.picture_key)
    async with AT_ONCE:
        drawn = await asyncio.to_thread(DRAWERS[sheet.shape], replace(sheet.poster, picture=photo))
    with suppress(StorageError):
        await wiring.storage().put(key, drawn)
    return drawn
