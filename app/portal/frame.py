"""Which store a host is looking at, and what every page of the portal knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request

import tenants
from app import announcements, promoters
from app.flows.announce import reader_of
from app.identity import StoreNotChosen, viewer_of
from app.kernel import formats
from app.kernel.i18n import gettext as _
from app.kernel.pages import face_context
from app.store import profile_for_page
from tenants import Tenant, directory, scope
from tenants.middleware import Arrival, arrival_of

AnyRequest = Request[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """The store, and who the host is there."""

    tenant: Tenant
    promoter: promoters.Promoter

    @property
    def channel(self) -> str:
        """Where this board's nudges come through."""
        return f"board:{self.tenant.id}:{self.promoter.id}"


async def enter(request: AnyRequest) -> Place:
    """Step into the host's chosen store, else the first that said yes, else the first. Raises StoreNotChosen."""
    place = await _choose(request)
    scope.enter(place.tenant)
    formats.current_zone.set(place.tenant.time_zone)
    arrival = arrival_of(request)
    arrival.memo["store"] = await profile_for_page(place.tenant)
    arrival.memo["place"] = place
    async with tenants.transaction():
        arrival.memo["unread"] = await announcements.count_unread(await reader_of(place.promoter))
    return place


async def _choose(request: AnyRequest) -> Place:
    viewer = viewer_of(request)
    if viewer.tenant_id and (chosen := await _place(viewer.tenant_id, viewer.id)):
        return chosen
    places = await places_of(viewer.id)
    place = next((place for place in places if place.promoter.status == "approved"), places[0] if places else None)
    if place is None:
        raise StoreNotChosen
    return place


async def places_of(login_id: UUID) -> list[Place]:
    """Every store the host has asked, with the store's answer."""
    found = [await _place(tenant_id, login_id) for tenant_id in await promoters.stores_of(login_id)]
    return [place for place in found if place]


async def _place(tenant_id: UUID, login_id: UUID) -> Place | None:
    """None when there is no such store any more, or it never heard of this host."""
    tenant = await directory.find(tenant_id)
    if tenant is None or tenant.status in ("provisioning", "deleted"):
        return None
    with tenants.bind(tenant):
        async with tenants.transaction():
            promoter = await promoters.find_by_login(login_id)
    return Place(tenant, promoter) if promoter else None


def _frame(arrival: Arrival) -> dict[str, Any]:
    """Tabs, and the store's name where the host's own would stand alone. What a leader needs daily comes first."""
    place = arrival.memo.get("place")
    leads = place is not None and place.promoter.leads
    chains = {"key": "chains", "icon": "list", "label": _("Chains"), "href": "/chains"}
    day_book = {"key": "day-book", "icon": "book", "label": _("Day-book"), "href": "/day-book"}
    return {
        "place": place,
        "unread": arrival.memo.get("unread", 0),
        "tabs": [
            {"key": "board", "icon": "pulse", "label": _("Board"), "href": "/"},
            {"key": "links", "icon": "link", "label": _("Links"), "href": "/links"},
            *([day_book] if leads else []),
            {"key": "kit", "icon": "image", "label": _("Material"), "href": "/materials"},
            {"key": "earnings", "icon": "coins", "label": _("Earnings"), "href": "/earnings"},
            {"key": "live", "icon": "video", "label": _("Sessions"), "href": "/live"},
            {"key": "pickups", "icon": "pin", "label": _("Pickup"), "href": "/pickups"},
            *([chains] if leads else []),
        ],
    }


face_context["portal"] = _frame
