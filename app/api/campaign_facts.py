"""What each kind of campaign tells programs beside what all tell. A new kind adds its fields and one line here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from app.flows.campaign_offer import Offer


class Facts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Only what the campaign's kind knows is there."""

    ships: Annotated[
        Literal["at_once", "confirmed"],
        Meta(description="`at_once` when it is paid; `confirmed` when its group is complete or the campaign says so"),
    ] = "at_once"
    counts: Annotated[Literal["units", "people"] | None, Meta(description="What the steps of a price count")] = None
    count: Annotated[int | None, Meta(description="How far that count is")] = None


async def _plain(offer: Offer) -> Facts:
    return Facts(ships=offer.campaign.terms.ships)


async def _counting(offer: Offer) -> Facts:
    by: Literal["units", "people"] = getattr(offer.campaign.terms, "counts", "units")
    return Facts(ships=offer.campaign.terms.ships, counts=by, count=offer.count)


KINDS: dict[str, Callable[[Offer], Awaitable[Facts]]] = {"ladder_campaign": _counting}


async def facts_of(offer: Offer) -> Facts:
    """Inside an open transaction."""
    return await KINDS.get(offer.campaign.kind, _plain)(offer)
