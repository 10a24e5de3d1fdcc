"""A warehouse's own numbers for goods: looked for, mapped, taken off, and as a table out and in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Stream, Template

import tenants
from app import fulfillment
from app.backoffice.frame import AnyRequest, show
from app.flows import map_skus as flow
from app.flows.merchant_acts import Actor
from app.identity import viewer_of
from app.kernel.errors import InvalidInput, Refusal
from app.kernel.forms import read_form, table_of
from app.kernel.i18n import gettext as _
from app.kernel.i18n import ngettext, translate_errors, translate_fields
from app.kernel.pages import see_other
from app.kernel.sheets import BOM, CsvRows

LARGEST_FILE = 2 * 1024 * 1024
PIECE = 1_000
SHOWN = 200


class MapForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    sku: Annotated[str, msgspec.Meta(max_length=255)]
    their_sku: Annotated[str, msgspec.Meta(max_length=255)]
    exception: UUID | None = None


class WarehouseSkuController(Controller):
    path = "/warehouses/{warehouse_id:uuid}/skus"

    @get(permission="fulfillment.read")
    async def index(
        self, request: AnyRequest, warehouse_id: FromPath[UUID], q: FromQuery[str] = "", after: FromQuery[str] = "",
        exception: FromQuery[UUID | None] = None,
    ) -> Template:  # fmt: skip
        stuck = await flow.proposal(warehouse_id, exception) if exception else None
        values = {"sku": stuck.our_sku, "their_sku": stuck.their_sku} if stuck else {}
        return await _page(
            request, warehouse_id, q=q[:200], after=after, values=values, stuck=stuck, exception=exception
        )  # fmt: skip

    @post(permission="fulfillment.write")
    async def map(self, request: AnyRequest, warehouse_id: FromPath[UUID]) -> Template | Redirect:
        form = await read_form(request, MapForm)
        stuck = await flow.proposal(warehouse_id, form.exception) if form.exception else None
        try:
            await flow.map_sku(warehouse_id, form.sku, form.their_sku, by=_actor(request))
        except InvalidInput as refusal:
            errors, values = translate_fields(refusal), {"sku": form.sku, "their_sku": form.their_sku}
            return await _page(
                request, warehouse_id, values=values, errors=errors, stuck=stuck, exception=form.exception
            )  # fmt: skip
        if form.exception is None:
            return see_other(_home(warehouse_id), flash=("ok", _("Saved")))
        sent = await flow.send_again(warehouse_id, form.exception, by=viewer_of(request).name)
        words = (
            _("Saved, and sent again with their number.") if sent else _("Saved. The order waits for something else.")
        )
        return see_other("/fulfillment/exceptions", flash=("ok" if sent else "info", words))

    @post("/{sku_alias_id:uuid}/removal", permission="fulfillment.write")
    async def remove(self, request: AnyRequest, warehouse_id: FromPath[UUID], sku_alias_id: FromPath[UUID]) -> Redirect:
        await flow.unmap_sku(warehouse_id, sku_alias_id, by=_actor(request))
        return see_other(_home(warehouse_id), flash=("ok", _("These goods go by your SKU there again.")))

    @get("/skus.csv", permission="fulfillment.read")
    async def take_away(self, warehouse_id: FromPath[UUID]) -> Stream:
        async with tenants.transaction():
            await fulfillment.warehouse(warehouse_id)
        headers = {"Content-Disposition": 'attachment; filename="skus.csv"', "Cache-Control": "no-store"}
        return Stream(_pieces(warehouse_id), media_type="text/csv; charset=utf-8", headers=headers)

    @post("/table", permission="fulfillment.write", request_max_body_size=LARGEST_FILE)
    async def bring(self, request: AnyRequest, warehouse_id: FromPath[UUID]) -> Template | Redirect:
        """First a look, then, with `sure`, the same rows for good."""
        form = await request.form()
        rows = str(form.get("rows", ""))
        try:
            data = await table_of(form)
            if form.get("sure") == "yes":
                done = await flow.take_in(warehouse_id, data, by=_actor(request))
                return await _done(request, warehouse_id, done)
            found = await flow.preview(warehouse_id, data)
        except Refusal as refusal:
            return await _page(request, warehouse_id, errors=translate_errors(refusal, "file"), rows=rows)
        return await _page(request, warehouse_id, found=found, rows=_rows_of(found.good))


async def _done(request: AnyRequest, warehouse: UUID, done: flow.AliasPreview) -> Template | Redirect:
    words = ngettext("%(num)s number is mapped", "%(num)s numbers are mapped", len(done.good), num=len(done.good))
    if done.bad:
        return await _page(request, warehouse, found=flow.AliasPreview([], done.bad), said=words)
    return see_other(_home(warehouse), flash=("ok", words))


async def _page(request: AnyRequest, warehouse_id: UUID, *, q: str = "", after: str = "", **more: Any) -> Template:
    """`found` is what a table would do; `stuck` is the order that waits for a number."""
    async with tenants.transaction():
        warehouse = await fulfillment.warehouse(warehouse_id)
        page = await fulfillment.sku_aliases(warehouse_id, q.strip(), after)
    found = more.get("found")
    wrong = more.get("errors") or (found and found.bad and not found.good)
    return await show(
        request, "warehouses/skus.html", status_code=422 if wrong else 200, warehouse=warehouse, page=page, q=q,
        columns=fulfillment.ALIAS_COLUMNS, shown=SHOWN, home=_home(warehouse_id),
        **{"values": {}, "errors": {}, "found": None, "rows": "", "said": "", "stuck": None, "exception": None} | more,
    )  # fmt: skip


def _home(warehouse: UUID) -> str:
    return f"/warehouses/{warehouse}/skus"


def _actor(request: AnyRequest) -> Actor:
    viewer = viewer_of(request)
    return Actor(viewer.id, viewer.name)


def _rows_of(good: Iterable[fulfillment.AliasRow]) -> str:
    sheet = CsvRows()
    sheet.row(fulfillment.ALIAS_COLUMNS)
    for row in good:
        sheet.row((row.our_sku, row.their_sku))
    return sheet.take().lstrip(BOM)


async def _pieces(warehouse: UUID) -> AsyncIterator[bytes]:
    """One transaction per piece, so that a long file holds no connection."""
    sheet = CsvRows()
    sheet.row((*fulfillment.ALIAS_COLUMNS, "title"))
    after = ""
    while True:
        async with tenants.transaction():
            page = await fulfillment.sku_aliases(warehouse, after=after, limit=PIECE)
        for row in page.items:
            sheet.row((row.our_sku, row.their_sku, row.title))
        yield sheet.take().encode()
        if not page.next:
            return
        after = page.next


HANDLERS = [WarehouseSkuController]
