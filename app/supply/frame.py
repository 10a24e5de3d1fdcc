"""Which store a supplier is looking at, who they are there, and what stands around each page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request, Response

from app.identity import StoreNotChosen, viewer_of
from app.kernel import formats
from app.kernel.forms import NOT_OURS
from app.kernel.i18n import gettext as _
from app.kernel.pages import face_context
from app.store import profile_for_page
from tenants import Tenant, directory, platform, scope
from tenants.middleware import Arrival, arrival_of

AnyRequest = Request[Any, Any, Any]

# Only seats that were taken and not taken away again open anything.
_SEATS = """
SELECT tenant, supplier FROM supplier_seat WHERE login = $1 AND status = 'active' ORDER BY created_at, id
"""


@dataclass(frozen=True, slots=True)
class Place:
    """The store, and which of its suppliers the person works for."""

    tenant: Tenant
    supplier: UUID


async def enter(request: AnyRequest) -> Place:
    """Step into the chosen store, else the first. Raises StoreNotChosen when no store lets the person in (any more)."""
    viewer = viewer_of(request)
    places = await places_of(viewer.id)
    place = next((place for place in places if place.tenant.id == viewer.tenant_id), places[0] if places else None)
    if place is None:
        raise StoreNotChosen
    scope.enter(place.tenant)
    formats.current_zone.set(place.tenant.time_zone)
    arrival = arrival_of(request)
    arrival.memo["store"] = await profile_for_page(place.tenant)
    arrival.memo["place"] = place
    return place


async def places_of(login_id: UUID) -> list[Place]:
    """Every store that lets this person in, with the supplier they work for there."""
    async with platform.transaction() as database:
        seats = await database.fetch(_SEATS, login_id)
    found = [(await directory.find(seat["tenant"]), seat["supplier"]) for seat in seats]
    return [
        Place(tenant, supplier)
        for tenant, supplier in found
        if tenant is not None and tenant.status not in ("provisioning", "deleted")
    ]


def _frame(arrival: Arrival) -> dict[str, Any]:
    place = arrival.memo.get("place")
    return {
        "place": place,
        "sidebar": {
            "title": place.tenant.name if place else _("Tuanzhou for suppliers"),
            "detail": _("Supplier"),
            "home": "/",
            "groups": [{"label": "", "items": _doors() if place else []}],
            "bottom": [_item("shop", _("Your stores"), "/stores")],
        },
    }


def _doors() -> list[dict[str, Any]]:
    return [
        _item("home", _("Home"), "/"),
        _item("receipt", _("Purchase orders"), "/purchase-orders"),
        _item("truck", _("To ship"), "/shipping"),
        _item("coins", _("Running account"), "/money"),
        _item("user", _("Profile"), "/profile"),
    ]


def say(message: str) -> str:
    """A text that came from code, in the reader's language."""
    return _(message)


def form_values(submitted: Any) -> dict[str, str]:
    """The texts of a form as they came, to show them again; files are left out."""
    return {name: value for name, value in submitted.multi_items() if isinstance(value, str) and name not in NOT_OURS}


def file_answer(content: bytes, media_type: str, name: str) -> Response[bytes]:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)


def _item(icon: str, label: str, href: str, count: int = 0) -> dict[str, Any]:
    return {"icon": icon, "label": label, "href": href, "count": count, "kind": "bad"}


face_context["supply"] = _frame
