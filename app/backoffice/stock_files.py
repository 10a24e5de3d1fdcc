"""Stock as a table: taking it away, and bringing it back after a look at what it would change."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

from litestar import Controller, get, post
from litestar.params import FromQuery
from litestar.response import Redirect, Stream, Template

import tenants
from app import fulfillment, inventory
from app.backoffice import queries_stock as queries
from app.backoffice.frame import AnyRequest, show
from app.flows import read_stock_file as flow
from app.identity import viewer_of
from app.inventory import BadStockRow, StockRow
from app.kernel.errors import Refusal
from app.kernel.forms import table_of
from app.kernel.i18n import gettext as _
from app.kernel.i18n import ngettext, translate_errors
from app.kernel.pages import see_other
from app.kernel.sheets import BOM, CsvRows

LARGEST_FILE = 8 * 1024 * 1024
PIECE = 1_000
SHOWN = 200
CSV = "text/csv; charset=utf-8"


class StockFileController(Controller):
    path = "/stock/file"

    @get(permission="products.read")
    async def index(self, request: AnyRequest) -> Template:
        return await _page(request)

    @get("/stock.csv", permission="products.read")
    async def take_away(
        self, q: FromQuery[str] = "", low: FromQuery[str] = "", warehouse: FromQuery[str] = ""
    ) -> Stream:
        """The shelves a search finds, as they are read again; written piece by piece."""
        async with tenants.transaction():
            places = await fulfillment.warehouses()
        chosen = next((each for each in places if str(each.id) == warehouse), None)
        headers = {"Content-Disposition": 'attachment; filename="stock.csv"', "Cache-Control": "no-store"}
        pieces = _pieces(q[:200], chosen.id if chosen else None, low == "yes")
        return Stream(pieces, media_type=CSV, headers=headers)

    @post(permission="products.write", request_max_body_size=LARGEST_FILE)
    async def bring(self, request: AnyRequest) -> Template | Redirect:
        """First a look, then, with `sure`, the same rows for good."""
        form = await request.form()
        rows = str(form.get("rows", ""))
        try:
            data = await table_of(form)
            if form.get("sure") == "yes":
                return await _done(request, await flow.take_in(data, by=viewer_of(request).name))
            found = await flow.preview(data)
        except Refusal as refusal:
            return await _page(request, errors=translate_errors(refusal, "file"), rows=rows)
        good = [change.row for change in found.changes if change.changes and not change.held]
        return await _page(request, found=found, good=good, rows=await _rows_of(good))


async def _done(request: AnyRequest, done: flow.StockPreview) -> Template | Redirect:
    changed = sum(change.changes and not change.held for change in done.changes)
    said = ngettext("%(num)s shelf changed", "%(num)s shelves changed", changed, num=changed)
    if done.bad or any(change.held for change in done.changes):
        return await _page(request, found=done, good=[], said=said)
    return see_other("/stock", flash=("ok" if changed else "info", said if changed else _("Nothing was changed")))


async def _page(request: AnyRequest, **more: Any) -> Template:
    """`found` is what a table would do; `good` are its rows that can be taken in."""
    async with tenants.transaction():
        places = await fulfillment.warehouses()
    wrong = more.get("errors") or (more.get("found") and more["found"].bad)
    return await show(
        request, "stock/file.html", status_code=422 if wrong and not more.get("good") else 200, shown=SHOWN,
        columns=inventory.COLUMNS, names={each.id: each.name for each in places},
        **{"found": None, "good": [], "rows": "", "errors": {}, "said": ""} | more,
    )  # fmt: skip


async def _rows_of(rows: Sequence[StockRow]) -> str:
    """The good rows as a table again, with warehouses by name."""
    async with tenants.transaction():
        names = {each.id: each.name for each in await fulfillment.warehouses()}
    sheet = CsvRows()
    sheet.row(inventory.COLUMNS)
    for row in rows:
        sheet.row((row.sku, names[row.warehouse], row.on_hand, row.available, row.safety))
    return sheet.take().lstrip(BOM)


async def _pieces(query: str, warehouse: Any, low: bool) -> AsyncIterator[bytes]:
    """One transaction per piece, so that a long file holds no connection."""
    sheet = CsvRows()
    sheet.row(("sku", "warehouse", "on_hand", "safety", "title", "promised", "incoming", "can be sold"))
    after = ""
    while True:
        async with tenants.transaction():
            page = await queries.shelves(query, warehouse, low, after, PIECE)
        for row in page.items:
            title = f"{row['product_title']} {row['title']}"
            figures = (row["reserved"] + row["allocated"], row["incoming"], row["available"])
            sheet.row((row["sku"], row["warehouse_name"], row["on_hand"], row["safety"], title, *figures))
        yield sheet.take().encode()
        if not page.next:
            return
        after = page.next


def bad_cells(bad: Iterable[BadStockRow]) -> list[list[Any]]:
    """Bad rows as a page shows them: number, column, what was written, what is wrong."""
    return [[one.row, one.column, one.cells.get(one.column, ""), _(one.message)] for one in bad]


HANDLERS = [StockFileController]
