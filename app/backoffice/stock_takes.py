"""Stock takes: opening one, its counting sheet, entering or uploading counts, and taking the differences over."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Stream, Template

import tenants
from app import fulfillment, inventory
from app.backoffice import queries_takes as queries
from app.backoffice.frame import AnyRequest, form_values, say, show
from app.backoffice.stock_files import CSV, LARGEST_FILE, PIECE, bad_cells
from app.flows import count_stock as flow
from app.identity import viewer_of
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.formats import zone_of
from app.kernel.forms import read_form
from app.kernel.i18n import N_, ngettext, translate_errors
from app.kernel.i18n import gettext as _
from app.kernel.pages import see_other
from app.kernel.sheets import CsvRows

STATES = {
    "counting": (N_("Counting under way"), "info"), "applied": (N_("Stock updated"), "ok"),
    "abandoned": (N_("Abandoned"), ""),
}  # fmt: skip
VIEWS = {"": N_("All lines"), "open": N_("Not counted yet"), "different": N_("Different")}


class OpenForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`skus` is one SKU a line; empty takes everything that is counted there."""

    warehouse: UUID
    title: Annotated[str, msgspec.Meta(max_length=100)] = ""
    skus: str = ""
    blind: bool = False


class StockTakeController(Controller):
    path = "/stock/takes"

    @get(permission="products.read")
    async def index(self, request: AnyRequest) -> Template:
        async with tenants.transaction():
            takes = await inventory.recent_takes()
            progress = await queries.progress_of([take.id for take in takes])
            places = await fulfillment.warehouses()
        return await show(
            request, "stock/takes.html", takes=takes, progress=progress, states=STATES,
            names={each.id: say(each.name) for each in places},
            shelf_options=[(each.id, say(each.name)) for each in places],
        )  # fmt: skip

    @post(permission="products.write")
    async def open(self, request: AnyRequest) -> Redirect:
        form = await read_form(request, OpenForm)
        skus = [line.strip() for line in form.skus.splitlines() if line.strip()]
        take = await flow.open_take(
            form.warehouse, skus, title=form.title, blind=form.blind, by=viewer_of(request).name
        )
        return see_other(f"/stock/takes/{take}", flash=("ok", _("Opened; print the sheet or enter counts here")))

    @get("/{stock_take_id:uuid}", permission="products.read")
    async def show_take(
        self, request: AnyRequest, stock_take_id: FromPath[UUID], view: FromQuery[str] = "", after: FromQuery[str] = ""
    ) -> Template:
        return await _page(request, stock_take_id, view=view, after=after)

    @get("/{stock_take_id:uuid}/sheet.csv", permission="products.read")
    async def sheet_file(self, stock_take_id: FromPath[UUID]) -> Stream:
        async with tenants.transaction():
            take = await inventory.find_take(stock_take_id)
        headers = {"Content-Disposition": 'attachment; filename="counting-sheet.csv"', "Cache-Control": "no-store"}
        return Stream(_pieces(take), media_type=CSV, headers=headers)

    @post("/{stock_take_id:uuid}/counts", permission="products.write")
    async def enter(self, request: AnyRequest, stock_take_id: FromPath[UUID]) -> Redirect:
        """Only the boxes that were changed; an emptied one forgets its count."""
        values = form_values(await request.form())
        counts: dict[UUID, int | None] = {}
        for name, text in values.items():
            if name.startswith("count_") and text.strip() != values.get(f"was_{name[6:]}", ""):
                counts[_id_in(name)] = _units(name, text)
        taken = await flow.set_counts(
            stock_take_id, counts, at=_moment(values.get("counted_at", "")), by=viewer_of(request).name
        )
        said = ngettext("%(num)s count entered", "%(num)s counts entered", taken, num=taken)
        view = values.get("view", "") if values.get("view", "") in VIEWS else ""
        back = f"/stock/takes/{stock_take_id}" + (f"?view={view}" if view else "")
        return see_other(back, flash=("ok" if taken else "info", said if taken else _("Nothing was changed")))

    @post("/{stock_take_id:uuid}/file", permission="products.write", request_max_body_size=LARGEST_FILE)
    async def upload(self, request: AnyRequest, stock_take_id: FromPath[UUID]) -> Template | Redirect:
        """Good rows are counts from now on; bad ones are shown with what is wrong."""
        form = await request.form()
        file = form.get("file")
        at = _moment(str(form.get("counted_at", "")))
        try:
            if not isinstance(file, UploadFile) or not file.filename:
                raise InvalidInput({"file": _("Choose a CSV or XLSX file.")})
            taken, bad = await flow.read_counts(stock_take_id, await file.read(), at=at, by=viewer_of(request).name)
        except NotFound:
            raise
        except Refusal as refusal:
            return await _page(request, stock_take_id, errors=translate_errors(refusal, "file"))
        said = ngettext("%(num)s count entered", "%(num)s counts entered", taken, num=taken)
        if bad:
            return await _page(request, stock_take_id, bad=bad_cells(bad), said=said)
        return see_other(f"/stock/takes/{stock_take_id}", flash=("ok", said))

    @post("/{stock_take_id:uuid}/apply", permission="products.write")
    async def apply(self, request: AnyRequest, stock_take_id: FromPath[UUID]) -> Redirect:
        taken, held = await flow.apply_take(stock_take_id, by=viewer_of(request).name)
        said = ngettext("%(num)s count taken over", "%(num)s counts taken over", taken, num=taken)
        if held:
            said = _("%(taken)s; %(held)s wait because orders hold more than was counted", taken=said, held=held)
        return see_other(f"/stock/takes/{stock_take_id}", flash=("warn" if held else "ok", said))

    @post("/{stock_take_id:uuid}/abandon", permission="products.write")
    async def abandon(self, request: AnyRequest, stock_take_id: FromPath[UUID]) -> Redirect:
        await flow.abandon_take(stock_take_id, by=viewer_of(request).name)
        return see_other("/stock/takes", flash=("info", _("Abandoned; nothing was changed")))


async def _page(
    request: AnyRequest, take_id: UUID, *, view: str = "", after: str = "", errors: dict[str, str] | None = None,
    **more: Any,
) -> Template:  # fmt: skip
    async with tenants.transaction():
        take = await inventory.find_take(take_id)
        view = view if view in VIEWS and not take.blind else ""
        rows = await queries.lines_of(take_id, show=view, after=after)
        progress = (await queries.progress_of([take_id])).get(take_id)
        place = await fulfillment.warehouse(take.warehouse)
    return await show(
        request, "stock/take.html", status_code=422 if errors or more.get("bad") else 200, take=take, rows=rows,
        progress=progress, place=place, view=view, views=[(name, _(text)) for name, text in VIEWS.items() if name],
        states=STATES, errors=errors or {}, local_now=now().astimezone(_zone()).strftime("%Y-%m-%dT%H:%M"),
        **{"bad": [], "said": ""} | more,
    )  # fmt: skip


async def _pieces(take: inventory.StockTake) -> AsyncIterator[bytes]:
    """What should be there only where that is no secret."""
    sheet = CsvRows()
    expected = () if take.blind else ("expected",)
    sheet.row(("sku", "title", *expected, "counted"))
    after = ""
    while True:
        async with tenants.transaction():
            page = await queries.lines_of(take.id, after=after, limit=PIECE)
        for row in page.items:
            there = () if take.blind else (row["on_hand"],)
            sheet.row((row["sku"], f"{row['product_title']} {row['title']}", *there, row["counted"]))
        yield sheet.take().encode()
        if not page.next:
            return
        after = page.next


def _zone() -> Any:
    return zone_of(tenants.current().time_zone)


def _moment(text: str) -> datetime:
    """When it was counted, by the store's clock; never later than now. Raises InvalidInput."""
    if not text.strip():
        return now()
    try:
        at = datetime.strptime(text.strip()[:16], "%Y-%m-%dT%H:%M").replace(tzinfo=_zone()).astimezone(UTC)
    except ValueError:
        raise InvalidInput({"counted_at": N_("This is not a time that can be read.")}) from None
    # The box knows minutes only: this minute is now.
    return now() if (now() - at).total_seconds() < 60 else at


def _id_in(name: str) -> UUID:
    try:
        return UUID(name[6:])
    except ValueError:
        raise InvalidInput({name: N_("Enter a whole number.")}) from None


def _units(name: str, text: str) -> int | None:
    text = text.strip()
    if text and not (text.isascii() and text.isdecimal() and len(text) <= 8):
        raise InvalidInput({name: N_("Enter a whole number.")})
    return int(text) if text else None


HANDLERS = [StockTakeController]
