"""Pickup points: written by the store or asked for by promoters, approved, closed and opened again."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import pickups, promoters
from app.backoffice.frame import AnyRequest, form_values, show
from app.flows import postal_address as addresses
from app.flows.save_pickup_point import PointForm, decide_point, write_point
from app.identity import viewer_of
from app.kernel.errors import InvalidInput
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_fields
from app.kernel.pages import see_other


class DecisionForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    act: Literal["approve", "reject", "close", "open"]


@get("/pickup-points", permission="promotions.read")
async def index(request: AnyRequest) -> Template:
    async with tenants.transaction():
        points = await pickups.points_of()
    return await show(
        request, "pickup_points/index.html", points=points, words=pickups.words, in_lines=addresses.in_lines
    )


@get("/pickup-points/new", permission="promotions.write")
async def new(request: AnyRequest) -> Template:
    return await _form(request, None, {"country": addresses.country_of(tenants.current().currency)})


@post("/pickup-points/new", permission="promotions.write")
async def create(request: AnyRequest) -> Template | Redirect:
    return await _save(request, None)


@get("/pickup-points/{point_id:uuid}", permission="promotions.read")
async def look(request: AnyRequest, point_id: FromPath[UUID]) -> Template:
    async with tenants.transaction():
        point = await pickups.find_point(point_id)
    return await _form(request, point, values_of(point))


@post("/pickup-points/{point_id:uuid}", permission="promotions.write")
async def change(request: AnyRequest, point_id: FromPath[UUID]) -> Template | Redirect:
    async with tenants.transaction():
        point = await pickups.find_point(point_id)
    return await _save(request, point)


@post("/pickup-points/{point_id:uuid}/state", permission="promotions.write")
async def decide(request: AnyRequest, point_id: FromPath[UUID]) -> Redirect:
    form = await read_form(request, DecisionForm)
    await decide_point(point_id, form.act, actor=viewer_of(request).name)
    return see_other("/pickup-points", flash=("ok", _("Saved")))


def values_of(point: pickups.Point) -> dict[str, Any]:
    facts = {"name": point.name, "recipient": point.contact, "phone": point.phone, "note": point.note}
    return facts | {"opening_hours": point.opening_hours, **point.address}


async def _save(request: AnyRequest, known: pickups.Point | None) -> Template | Redirect:
    values = form_values(await request.form())
    try:
        form = await read_form(request, PointForm)
        await write_point(form, known.id if known else None, actor=viewer_of(request).name)
    except InvalidInput as refusal:
        return await _form(request, known, values, translate_fields(refusal))
    return see_other("/pickup-points", flash=("ok", _("Saved")))


async def _form(
    request: AnyRequest, known: pickups.Point | None, values: dict[str, Any], errors: dict[str, str] | None = None
) -> Template:
    async with tenants.transaction():
        people = await promoters.everyone("approved")
    return await show(
        request, "pickup_points/edit.html", status_code=422 if errors else 200, known=known, values=values,
        errors=errors or {}, words=pickups.words, countries=addresses.COUNTRIES,
        parts=addresses.parts_of(values.get("country", "")),
        people=[(str(one.id), f"{one.name} · {one.email}") for one in people],
    )  # fmt: skip


HANDLERS = [index, new, create, look, change, decide]
