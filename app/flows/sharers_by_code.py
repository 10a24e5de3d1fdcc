"""Whom a code names: the promoter whose own it is, or whose coupon has it. A step inside an open transaction."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import attribution, promoters
from app.attribution import Shopper
from app.flows import who_may_bind
from app.kernel.errors import Refusal

_COUPON = "SELECT owner FROM coupon WHERE code = $1 AND code <> '' AND owner IS NOT NULL AND status = 'active'"


class UnknownSharer(Refusal):
    """Nobody who shares for this store has that code now."""

    code = "attribution.unknown_sharer"
    status = 422
    message = "No sharer of this store has that code."


class NotYourOwnSharer(Refusal):
    """Nobody is their own sharer, or that of somebody below them."""

    code = "attribution.not_your_own_sharer"
    status = 422
    message = "You cannot name yourself, or somebody who shares below you."


async def sharer_of_code(text: str, shopper: Shopper) -> promoters.Promoter:
    """Raises UnknownSharer, NotYourOwnSharer."""
    code = attribution.normalize_sharer_code(text)
    found: UUID | None = await attribution.sharer_with_code(code) if code else None
    found = found or await tenants.connection().fetchval(_COUPON, code)
    if found is None:
        raise UnknownSharer
    bar = (await who_may_bind.facts_about([shopper], [found])).bar(shopper, found)
    if bar == "promoter_not_approved":
        raise UnknownSharer
    if bar:
        raise NotYourOwnSharer
    return await promoters.find(found)
