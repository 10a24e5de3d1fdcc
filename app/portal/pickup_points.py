"""A promoter's pickup points: asked for here, approved by the store."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import pickups
from app.flows import postal_address as addresses
from app.flows.save_pickup_point import PointForm, ask_for_point
from app.identity import viewer_of
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.forms import NOT_OURS, read_form
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_fields
from app.kernel.pages import page, see_other
from app.portal.frame import AnyRequest, Place, enter


@get("/pickups/points/new", permission="signed_in")
async def new(request: AnyRequest) -> Template:
    place = await enter(request)
    start = {"country": addresses.country_of(place.tenant.currency), "recipient": place.promoter.name}
    return _form(None, start)


@post("/pickups/points/new", permission="signed_in")
async def create(request: AnyRequest) -> Template | Redirect:
    return await _save(request, await enter(request), None)


@get("/pickups/points/{point_id:uuid}", permission="signed_in")
async def look(request: AnyRequest, point_id: FromPath[UUID]) -> Template:
    point = await _own(await enter(request), point_id)
    facts = {"name": point.name, "recipient": point.contact, "phone": point.phone, "note": point.note}
    return _form(point, facts | {"opening_hours": point.opening_hours, **point.address})


@post("/pickups/points/{point_id:uuid}", permission="signed_in")
async def change(request: AnyRequest, point_id: FromPath[UUID]) -> Template | Redirect:
    place = await enter(request)
    return await _save(request, place, await _own(place, point_id))


async def _own(place: Place, point_id: UUID) -> pickups.Point:
    async with tenants.transaction():
        point = await pickups.find_point(point_id)
    if point.leader != place.promoter.id:
        raise NotFound
    return point


async def _save(request: AnyRequest, place: Place, known: pickups.Point | None) -> Template | Redirect:
    values = {name: str(value) for name, value in (await request.form()).items() if name not in NOT_OURS}
    try:
        form = await read_form(request, PointForm)
        saved = await ask_for_point(viewer_of(request).id, form, known.id if known else None)
    except InvalidInput as refusal:
        return _form(known, values, translate_fields(refusal))
    async with tenants.transaction():
        waits = not (await pickups.find_point(saved)).is_open
    words = _("The store has it and answers soon.") if waits else _("Saved")
    return see_other("/pickups", flash=("ok", words))


def _form(known: pickups.Point | None, values: dict[str, Any], errors: dict[str, str] | None = None) -> Template:
    return page(
        "portal/pickups/point.html", status_code=422 if errors else 200, tab="pickups", known=known, values=values,
        errors=errors or {}, countries=addresses.COUNTRIES, parts=addresses.parts_of(values.get("country", "")),
    )  # fmt: skip


HANDLERS = [new, create, look, change]
