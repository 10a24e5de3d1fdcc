"""Which store a host is looking at, and what every page of the portal knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litestar import Request

import tenants
from app import promoters
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
    return place


async def _choose(request: AnyRequest) -> Place:
    viewer = viewer_of(request)
    places = await places_of(viewer.id)
    for wanted in (
        lambda p: p.tenant.id == viewer.tenant_id,
        lambda p: p.promoter.status == "approved",
        lambda p: True,
    ):
        for place in places:
            if wanted(place):
                return place
    raise StoreNotChosen


async def places_of(login_id: Any) -> list[Place]:
    """Every store the host has asked, with the store's answer."""
    places = []
    for tenant_id in await promoters.stores_of(login_id):
        tenant = await directory.find(tenant_id)
        if tenant is None or tenant.status in ("provisioning", "deleted"):
            continue
        with tenants.bind(tenant):
            async with tenants.transaction():
                promoter = await promoters.find_by_login(login_id)
        if promoter:
            places.append(Place(tenant, promoter))
    return places


def _frame(arrival: Arrival) -> dict[str, Any]:
    """Tabs, and the store's name where the host's own would stand alone."""
    return {
        "place": arrival.memo.get("place"),
        "tabs": [
            {"key": "board", "icon": "pulse", "label": _("Board"), "href": "/"},
            {"key": "links", "icon": "link", "label": _("Links"), "href": "/links"},
            {"key": "live", "icon": "video", "label": _("Sessions"), "href": "/live"},
            {"key": "earnings", "icon": "coins", "label": _("Earnings"), "href": "/earnings"},
        ],
    }


face_context["portal"] = _frame
