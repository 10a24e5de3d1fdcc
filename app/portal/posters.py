"""Share posters of links: composed from the store's look and the product, drawn once, kept by content."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from uuid import UUID

import msgspec

import tenants
from app import links
from app.flows import campaign_pictures
from app.flows.campaign_offer import offer_of
from app.kernel import formats
from app.kernel.i18n import gettext as _
from app.portal import queries
from app.portal.frame import Place
from app.store import profile_for_page
from infra import wiring
from infra.storage.port import StorageError, object_key


@dataclass(frozen=True, slots=True)
class Sheet:
    """A poster that is not drawn yet; the fingerprint covers everything it will show."""

    poster: links.Poster
    picture_key: str | None
    fingerprint: str


async def compose(place: Place, link_id: UUID, address: Callable[[str], str]) -> Sheet | campaign_pictures.Sheet:
    """Raises NotFound for somebody else's link."""
    store = await profile_for_page(place.tenant)
    async with tenants.transaction():
        facts = await queries.poster_facts(place.promoter.id, link_id)
        offer = await offer_of(facts["campaign"]) if facts["campaign"] else None
    currency = place.tenant.currency
    if offer:
        name, url = facts["promoter_name"], address(facts["code"])
        return campaign_pictures.compose("poster", offer, store, currency, url, sharer=name)
    price, was = ("", "", ""), ""
    if facts["title"]:
        parts = formats.price_parts(facts["price_from_amount"], currency)
        price = (parts.symbol, parts.whole, parts.fraction)
        if (facts["compare_at_amount"] or 0) > facts["price_from_amount"]:
            was = formats.money(facts["compare_at_amount"], currency, trim=True)
    poster = links.Poster(
        store_name=store.name,
        product_title=facts["title"] or store.name,
        price=price,
        was_price=was,
        url=address(facts["code"]),
        locale=place.tenant.locale.replace("-", "_"),
        promoter_name=facts["promoter_name"],
        invitation=_("%(name)s recommends", name=facts["promoter_name"]),
        subtitle="" if facts["title"] else store.tagline,
        hint=_("Scan to open the store"),
        look=campaign_pictures.look(store.look),
    )
    said = msgspec.json.encode([poster, facts["cover_key"], "poster/1"])
    return Sheet(poster, facts["cover_key"], hashlib.sha256(said).hexdigest())


async def picture(tenant_id: UUID, sheet: Sheet | campaign_pictures.Sheet) -> bytes:
    """The drawn poster, from storage when it was drawn before; storage that is away only costs the drawing."""
    if isinstance(sheet, campaign_pictures.Sheet):
        return await campaign_pictures.picture(tenant_id, sheet)
    key = object_key(tenant_id, sheet.fingerprint, "png")
    with suppress(StorageError):
        return await wiring.storage().get(key)
    photo = await _photo(sheet.picture_key)
    drawn = await asyncio.to_thread(links.draw_poster, replace(sheet.poster, picture=photo))
    with suppress(StorageError):
        await wiring.storage().put(key, drawn)
    return drawn


async def _photo(key: str | None) -> bytes | None:
    if key is None:
        return None
    try:
        return await wiring.storage().get(key)
    except StorageError:
        return None
