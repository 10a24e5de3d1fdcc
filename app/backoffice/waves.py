"""Picking in waves: open one, tick what lies in the baskets, print its papers, and say which parcels left."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from litestar import Controller, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import fulfillment
from app.backoffice.frame import AnyRequest, show
from app.backoffice.order_documents import pdf_response
from app.flows.merchant_acts import Actor
from app.flows.ship_by_hand import Row, Told, rows_of_file, ship_rows
from app.flows.wave_papers import labels_pdf, named, pick_list_pdf, slips_pdf
from app.identity import viewer_of
from app.kernel.clock import now
from app.kernel.errors import InvalidInput
from app.kernel.forms import read_form
from app.kernel.i18n import N_
from app.kernel.i18n import gettext as _
from app.kernel.pages import see_other

HERE = "/fulfillment/waves"
LARGEST_FILE = 500_000  # bytes
CARRIERS = ("顺丰速运", "中通快递", "圆通速递", "申通快递", "韵达快递", "极兔速递", "京东物流", "EMS")


class OpenForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    warehouse: UUID
    until: Annotated[str, msgspec.Meta(max_length=30)] = ""


class TickForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    item: Annotated[str, msgspec.Meta(max_length=200)]
    act: Literal["tick", "untick"]


class WaveController(Controller):
    path = HERE

    @get(permission="fulfillment.read")
    async def index(self, request: AnyRequest) -> Template:
        async with tenants.transaction():
            warehouses = [each for each in await fulfillment.warehouses() if each.adapter != "supplier"]
            waiting = {each.id: await fulfillment.count_waiting(each.id, now()) for each in warehouses}
            found = await fulfillment.waves()
        warehouses.sort(key=lambda each: -waiting[each.id])  # where work waits comes first
        return await show(
            request, "fulfillment/waves.html", warehouses=warehouses, waiting=waiting, waves=found, told=None,
            largest=fulfillment.LARGEST_WAVE,
        )  # fmt: skip

    @post(permission="fulfillment.write")
    async def open(self, request: AnyRequest) -> Redirect:
        """Raises InvalidInput, NotFound, NothingToPick."""
        form = await read_form(request, OpenForm)
        async with tenants.transaction():
            warehouse = await fulfillment.warehouse(form.warehouse)
            wave = await fulfillment.open_wave(warehouse.id, _moment(form.until), by=viewer_of(request).name)
        return see_other(f"{HERE}/{wave}")

    @get("/{pick_wave_id:uuid}", permission="fulfillment.read")
    async def show_wave(self, request: AnyRequest, pick_wave_id: FromPath[UUID]) -> Template:
        return await _shown(request, pick_wave_id, None)

    @post("/{pick_wave_id:uuid}/ticks", permission="fulfillment.write")
    async def tick(self, request: AnyRequest, pick_wave_id: FromPath[UUID]) -> Redirect:
        form = await read_form(request, TickForm)
        async with tenants.transaction():
            if form.act == "tick":
                await fulfillment.tick(pick_wave_id, form.item, by=viewer_of(request).name)
            else:
                await fulfillment.take_tick_back(pick_wave_id, form.item)
        return see_other(f"{HERE}/{pick_wave_id}")

    @post("/{pick_wave_id:uuid}/prints", permission="fulfillment.write")
    async def print(self, pick_wave_id: FromPath[UUID]) -> Redirect:
        """Counted before it is drawn, so that every copy but the first says what it is."""
        async with tenants.transaction():
            await fulfillment.note_print(pick_wave_id)
        return see_other(f"{HERE}/{pick_wave_id}/pick-list.pdf")

    @get("/{pick_wave_id:uuid}/pick-list.pdf", permission="fulfillment.read")
    async def show_pick_list(self, pick_wave_id: FromPath[UUID]) -> Response[bytes]:
        return pdf_response(await pick_list_pdf(pick_wave_id), "pick-list.pdf")

    @get("/{pick_wave_id:uuid}/slips.pdf", permission="fulfillment.write")
    async def show_slips(self, pick_wave_id: FromPath[UUID], size: FromQuery[str] = "A4") -> Response[bytes]:
        return pdf_response(await slips_pdf(pick_wave_id, "A5" if size == "A5" else "A4"), "packing-slips.pdf")

    @get("/{pick_wave_id:uuid}/labels.pdf", permission="fulfillment.write")
    async def show_labels(self, pick_wave_id: FromPath[UUID]) -> Response[bytes]:
        return pdf_response(await labels_pdf(pick_wave_id), "labels.pdf")

    @post("/{pick_wave_id:uuid}/parcels", permission="fulfillment.write")
    async def ship(self, request: AnyRequest, pick_wave_id: FromPath[UUID]) -> Template:
        """Rows with a tracking number have left; rows without one are left alone."""
        submitted = await request.form()
        columns = [[str(text) for text in submitted.getall(name, [])] for name in ("reference", "carrier", "number")]
        rows = [Row(place, *cells) for place, cells in enumerate(zip(*columns, strict=False), 1) if cells[2].strip()]
        told = await ship_rows(rows[: fulfillment.LARGEST_WAVE], actor=_actor(request))
        return await _shown(request, pick_wave_id, told)

    @post("/{pick_wave_id:uuid}/dissolution", permission="fulfillment.write")
    async def dissolve(self, pick_wave_id: FromPath[UUID]) -> Redirect:
        """Raises WaveUnderWay."""
        async with tenants.transaction():
            await fulfillment.dissolve_wave(pick_wave_id)
        return see_other(HERE, flash=("ok", _("The wave is dissolved; its orders wait for another one.")))


@post("/fulfillment/parcels", permission="fulfillment.write", request_max_body_size=LARGEST_FILE)
async def ship_file(request: AnyRequest) -> Template:
    """A file of reference, carrier and tracking number: good rows leave, bad ones come back with what is wrong."""
    file = (await request.form()).get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise InvalidInput({"file": N_("Choose a CSV file.")})
    told = await ship_rows(rows_of_file(await file.read()), actor=_actor(request))
    return await show(request, "fulfillment/parcels_told.html", status_code=422 if told.bad else 200, told=told)


async def _shown(request: AnyRequest, wave_id: UUID, told: Told | None) -> Template:
    async with tenants.transaction():
        wave = await fulfillment.find_wave(wave_id)
        goods, baskets = await fulfillment.goods_of(wave), await fulfillment.orders_of_wave(wave_id)
    return await show(
        request, "fulfillment/wave.html", status_code=422 if told and told.bad else 200, wave=wave, goods=goods,
        baskets=baskets, named=named, told=told, carriers=CARRIERS,
        begun=any(one.picked for one in goods) or any(one.tracking_number for one in baskets),
    )  # fmt: skip


def _actor(request: AnyRequest) -> Actor:
    viewer = viewer_of(request)
    return Actor(viewer.id, viewer.name)


def _moment(text: str) -> datetime:
    """A time of the store's clock; nothing typed is now. Raises InvalidInput."""
    if not text:
        return now()
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(tenants.current().time_zone))
    except ValueError as error:
        raise InvalidInput({"until": N_("Enter a day and a time.")}) from error


HANDLERS: list[Any] = [WaveController, ship_file]
