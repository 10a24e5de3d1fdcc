"""Posters of a pack, drawn for one promoter with their own code. Read with the pack; not a journey of its own."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import tenants
from app import materials
from app.flows import campaign_pictures
from app.flows.campaign_offer import offer_of
from app.flows.campaign_pictures import Shape, Sheet
from app.flows.open_pack import Opened
from app.kernel import formats, i18n
from app.kernel.errors import NotFound
from app.kernel.i18n import gettext as _
from app.store import profile_for_page

SHAPES: dict[str, Shape] = {"classic": "poster", "square": "square", "card": "card"}


async def compose(opened: Opened, template: str) -> Sheet:
    """Raises NotFound for a template the pack does not offer, PackIsStale when the price just changed."""
    if template not in opened.version.body.templates:
        raise NotFound
    tenant, body = tenants.current(), opened.version.body
    store = await profile_for_page(tenant)
    key = await _picture(opened)
    if opened.standing.campaign:
        async with tenants.transaction():
            offer = await offer_of(opened.standing.campaign)
            # Read after the offer: if the pack is fresh now, so was what the poster says.
            (await materials.standing_of(opened.standing.id)).require_fresh()
        return campaign_pictures.compose(
            SHAPES[template], offer, store, tenant.currency, opened.url, sharer=opened.promoter.name
        )
    deadline = ""
    if body.ends_at:
        moment = formats.date_time(body.ends_at, i18n.current_locale.get(), ZoneInfo(tenant.time_zone))
        deadline = _("until %(moment)s", moment=moment)
    return campaign_pictures.compose_plain(
        SHAPES[template], store, tenant, opened.url, sharer=opened.promoter.name, title=body.subject,
        price_amount=body.price_amount, was_amount=body.was_amount, picture_key=key, deadline=deadline,
    )  # fmt: skip


async def _picture(opened: Opened) -> str | None:
    """The pack's first picture, else the product's own."""
    own = next((file.file_key for file in opened.version.body.files if file.kind == "image"), None)
    if own or opened.standing.product is None:
        return own
    async with tenants.transaction():
        key: str | None = await tenants.connection().fetchval(
            "SELECT cover_key FROM product WHERE id = $1", opened.standing.product
        )
    return key
