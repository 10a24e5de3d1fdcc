"""Goods a supplier sends to shoppers: what waits, one parcel or a table of them, and papers to pack by."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app.flows import supplier_shelf
from app.flows.purchase_pages import counts_of
from app.flows.supplier_papers import packing_pdf, shipping_csv
from app.flows.supplier_ships import COLUMNS, ship_goods, ship_table
from app.kernel.errors import NotFound, Refusal
from app.kernel.forms import table_of
from app.kernel.i18n import gettext as _
from app.kernel.i18n import ngettext, translate_errors
from app.kernel.pages import page, see_other
from app.kernel.sheets import BOM, CsvRows
from app.supply.frame import AnyRequest, Place, enter, file_answer, form_values, say

LARGEST_FILE = 4_000_000


class ShippingController(Controller):
    path = "/shipping"

    @get(permission="signed_in")
    async def index(self, request: AnyRequest, view: FromQuery[str] = "") -> Template:
        return await _index(await enter(request), sent=view == "sent")

    @get("/{work_order_id:uuid}", permission="signed_in")
    async def look(self, request: AnyRequest, work_order_id: FromPath[UUID]) -> Template:
        return await _one(await enter(request), work_order_id)

    @post("/{work_order_id:uuid}/parcels", permission="signed_in")
    async def ship(self, request: AnyRequest, work_order_id: FromPath[UUID]) -> Template | Redirect:
        place, values = await enter(request), form_values(await request.form())
        try:
            counts = counts_of(values, "units_")
            await ship_goods(
                place.supplier, work_order_id, carrier=values.get("carrier", ""),
                tracking_number=values.get("tracking_number", ""), units=counts or None,
            )  # fmt: skip
        except NotFound:
            raise
        except Refusal as refusal:
            return await _one(place, work_order_id, values, translate_errors(refusal, "tracking_number"))
        return see_other("/shipping", flash=("ok", _("The parcel is on its way")))

    @get("/table.csv", permission="signed_in")
    async def take_table(self, request: AnyRequest) -> Response[bytes]:
        """What waits, to be filled in and brought back."""
        place = await enter(request)
        return file_answer(await shipping_csv(place.supplier), "text/csv; charset=utf-8", "to-ship.csv")

    @get("/packing.pdf", permission="signed_in")
    async def take_papers(self, request: AnyRequest) -> Response[bytes] | Redirect:
        place = await enter(request)
        content = await packing_pdf(place.supplier)
        if content is None:
            return see_other("/shipping", flash=("info", _("Nothing waits to be sent")))
        return file_answer(content, "application/pdf", "packing-slips.pdf")

    @post("/table", permission="signed_in", request_max_body_size=LARGEST_FILE)
    async def read_table(self, request: AnyRequest) -> Template | Redirect:
        """Good rows are sent; bad ones stand in the box, to be corrected and sent again."""
        place, form = await enter(request), await request.form()
        rows = str(form.get("rows", ""))
        try:
            data = await table_of(form)
            taken, bad = await ship_table(place.supplier, data)
        except Refusal as refusal:
            return await _index(place, errors=translate_errors(refusal, "file"), rows=rows)
        said = ngettext("%(num)s parcel is on its way", "%(num)s parcels are on their way", taken, num=taken)
        if bad:
            return await _index(place, bad=bad, taken=said, rows=_as_rows([row.cells for row in bad]))
        return see_other("/shipping", flash=("ok", said))


async def _index(place: Place, *, sent: bool = False, errors: dict[str, str] | None = None, **more: Any) -> Template:
    async with tenants.transaction():
        shelves = await (supplier_shelf.sent if sent else supplier_shelf.to_ship)(place.supplier)
    return page(
        "supply/shipping/index.html", status_code=422 if errors or more.get("bad") else 200, place=place, sent=sent,
        shelves=shelves, errors=errors or {}, columns=COLUMNS, say=say, **{"bad": [], "taken": "", "rows": ""} | more,
    )  # fmt: skip


async def _one(
    place: Place, work_order: UUID, values: dict[str, str] | None = None, errors: dict[str, str] | None = None
) -> Template:
    async with tenants.transaction():
        shelf = await supplier_shelf.shelf_of(place.supplier, work_order)
    if shelf is None:
        raise NotFound
    return page(
        "supply/shipping/show.html", status_code=422 if errors else 200, place=place, shelf=shelf, values=values or {},
        errors=errors or {},
    )  # fmt: skip


def _as_rows(rows: list[tuple[str, ...]]) -> str:
    sheet = CsvRows()
    for row in [COLUMNS, *rows]:
        sheet.row(row)
    return sheet.take().lstrip(BOM)


HANDLERS = [ShippingController]
