"""Suppliers: who they are, on which terms they deliver, and which goods come from them."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import catalog, suppliers
from app.backoffice.frame import AnyRequest, form_values, show
from app.backoffice.supplier_form import LinkForm, SupplierForm, amount_of, values_of, values_of_link
from app.flows.source_goods import import_links, link_goods, save_supplier, switch_supplier, unlink_goods
from app.identity import viewer_of
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.forms import read_form, table_of
from app.kernel.i18n import LOCALE_NAMES, ngettext, translate_errors, translate_fields
from app.kernel.i18n import gettext as _
from app.kernel.money import CURRENCIES
from app.kernel.pages import see_other
from app.kernel.sheets import BOM, CsvRows

LARGEST_FILE = 4_000_000
MOST_FOUND = 12
_FOUND = """
SELECT variant.id, product.title, variant.title AS variant_title, variant.sku
FROM variant JOIN product ON product.id = variant.product
WHERE variant.active AND product.status <> 'archived' AND NOT product.gift_card
    AND (product.search_text LIKE ALL ($1::text[]) OR variant.sku = $2)
    AND NOT EXISTS (SELECT 1 FROM supplier_link AS link
        WHERE link.variant = variant.id AND link.supplier = $3 AND link.active)
ORDER BY product.title, variant.position LIMIT $4
"""


class StateForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    status: Literal["active", "paused"]


class SupplierController(Controller):
    path = "/suppliers"

    @get(permission="products.read")
    async def index(self, request: AnyRequest) -> Template:
        async with tenants.transaction():
            rows = await suppliers.rows()
        return await show(request, "suppliers/index.html", rows=rows)

    @get("/new", permission="products.write")
    async def new(self, request: AnyRequest) -> Template:
        return await _form(request, None, values_of(None), {})

    @post("/new", permission="products.write")
    async def create(self, request: AnyRequest) -> Template | Redirect:
        return await _save(request, None)

    @get("/{supplier_id:uuid}", permission="products.read")
    async def look(
        self, request: AnyRequest, supplier_id: FromPath[UUID], q: FromQuery[str] = "", after: FromQuery[str] = ""
    ) -> Template:
        return await _page(request, supplier_id, q=q[:100], after=after)

    @get("/{supplier_id:uuid}/terms", permission="products.write")
    async def edit(self, request: AnyRequest, supplier_id: FromPath[UUID]) -> Template:
        known = await _find(supplier_id)
        return await _form(request, known, values_of(known), {})

    @post("/{supplier_id:uuid}/terms", permission="products.write")
    async def change(self, request: AnyRequest, supplier_id: FromPath[UUID]) -> Template | Redirect:
        return await _save(request, await _find(supplier_id))

    @post("/{supplier_id:uuid}/state", permission="products.write")
    async def switch(self, request: AnyRequest, supplier_id: FromPath[UUID]) -> Redirect:
        form = await read_form(request, StateForm)
        await switch_supplier(supplier_id, form.status)
        return see_other(f"/suppliers/{supplier_id}", flash=("ok", _("Saved")))

    @post("/{supplier_id:uuid}/goods", permission="products.write")
    async def link(self, request: AnyRequest, supplier_id: FromPath[UUID]) -> Template | Redirect:
        values = form_values(await request.form())
        try:
            form = await read_form(request, LinkForm)
            if form.variant is None:
                raise InvalidInput({"variant": _("Choose goods of yours.")})
            await link_goods(
                supplier_id, form.edit(form.variant), cost_amount=amount_of(form.cost, "cost"),
                by=viewer_of(request).name,
            )  # fmt: skip
        except InvalidInput as refusal:
            return await _page(request, supplier_id, values=values, errors=translate_fields(refusal))
        return see_other(f"/suppliers/{supplier_id}", flash=("ok", _("The goods come from here now")))

    @get("/{supplier_id:uuid}/goods.csv", permission="money.read")
    async def take_table(self, supplier_id: FromPath[UUID]) -> Response[bytes]:
        async with tenants.transaction():
            await suppliers.find(supplier_id)
            links = await suppliers.all_links_of(supplier_id)
        headers = {"Content-Disposition": 'attachment; filename="supplier-goods.csv"', "Cache-Control": "no-store"}
        return Response(_as_csv(links), media_type="text/csv; charset=utf-8", headers=headers)

    @post("/{supplier_id:uuid}/goods/table", permission="products.write", request_max_body_size=LARGEST_FILE)
    async def read_table(self, request: AnyRequest, supplier_id: FromPath[UUID]) -> Template | Redirect:
        """The good rows are taken; the bad ones stand in the box, to be corrected and sent again."""
        form = await request.form()
        rows = str(form.get("rows", ""))
        try:
            data = await table_of(form)
            taken, bad = await import_links(supplier_id, data, by=viewer_of(request).name)
        except NotFound:
            raise
        except Refusal as refusal:
            return await _page(request, supplier_id, errors=translate_errors(refusal, "file"), rows=rows)
        said = ngettext("%(num)s row was taken", "%(num)s rows were taken", taken, num=taken)
        if bad:
            return await _page(request, supplier_id, bad=bad, taken=said, rows=_rows_of(bad))
        return see_other(f"/suppliers/{supplier_id}", flash=("ok", said))

    @get("/links/{supplier_link_id:uuid}", permission="products.read")
    async def look_at_link(self, request: AnyRequest, supplier_link_id: FromPath[UUID]) -> Template:
        link = await _find_link(supplier_link_id)
        return await _link_form(request, link, values_of_link(link), {})

    @post("/links/{supplier_link_id:uuid}", permission="products.write")
    async def change_link(self, request: AnyRequest, supplier_link_id: FromPath[UUID]) -> Template | Redirect:
        link, values = await _find_link(supplier_link_id), form_values(await request.form())
        try:
            form = await read_form(request, LinkForm)
            await link_goods(
                link.supplier, form.edit(link.variant), cost_amount=amount_of(form.cost, "cost"),
                by=viewer_of(request).name, known=True,
            )  # fmt: skip
        except InvalidInput as refusal:
            return await _link_form(request, link, values, translate_fields(refusal))
        return see_other(f"/suppliers/{link.supplier}", flash=("ok", _("Saved")))

    @post("/links/{supplier_link_id:uuid}/removal", permission="products.write")
    async def unlink(self, supplier_link_id: FromPath[UUID]) -> Redirect:
        link = await _find_link(supplier_link_id)
        await unlink_goods(supplier_link_id)
        return see_other(f"/suppliers/{link.supplier}", flash=("ok", _("The goods do not come from here any more")))


async def _find(supplier_id: UUID) -> suppliers.Supplier:
    async with tenants.transaction():
        return await suppliers.find(supplier_id)


async def _find_link(link_id: UUID) -> suppliers.Link:
    async with tenants.transaction():
        return await suppliers.find_link(link_id)


async def _save(request: AnyRequest, known: suppliers.Supplier | None) -> Template | Redirect:
    values = form_values(await request.form())
    try:
        form = await read_form(request, SupplierForm)
        saved = await save_supplier(form.terms(), known.id if known else None)
    except InvalidInput as refusal:
        return await _form(request, known, values, translate_fields(refusal))
    return see_other(f"/suppliers/{saved}", flash=("ok", _("Saved")))


async def _form(
    request: AnyRequest, known: suppliers.Supplier | None, values: dict[str, str], errors: dict[str, str]
) -> Template:
    return await show(
        request, "suppliers/edit.html", status_code=422 if errors else 200, known=known, values=values, errors=errors,
        symbol=_symbol(), languages=list(LOCALE_NAMES.items()),
    )  # fmt: skip


async def _link_form(
    request: AnyRequest, link: suppliers.Link, values: dict[str, str], errors: dict[str, str]
) -> Template:
    async with tenants.transaction():
        versions = await suppliers.versions_of(link.id)
    return await show(
        request, "suppliers/link.html", status_code=422 if errors else 200, link=link, values=values, errors=errors,
        versions=versions, symbol=_symbol(),
    )  # fmt: skip


async def _page(
    request: AnyRequest,
    supplier_id: UUID,
    *,
    q: str = "",
    after: str = "",
    values: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    **more: Any,
) -> Template:
    async with tenants.transaction():
        supplier = await suppliers.find(supplier_id)
        links = await suppliers.links_of(supplier_id, after)
        found = await _search(supplier_id, q) if q else []
    return await show(
        request, "suppliers/show.html", status_code=422 if errors or more.get("bad") else 200, supplier=supplier,
        links=links, q=q, found=found, values=values or {}, errors=errors or {}, symbol=_symbol(),
        columns=suppliers.COLUMNS, **{"bad": [], "taken": "", "rows": ""} | more,
    )  # fmt: skip


async def _search(supplier_id: UUID, q: str) -> list[dict[str, Any]]:
    rows = await tenants.connection().fetch(_FOUND, catalog.search_patterns(q), q.strip(), supplier_id, MOST_FOUND)
    return [dict(row) for row in rows]


def _symbol() -> str:
    return CURRENCIES[tenants.current().currency].symbol


def _as_csv(links: list[suppliers.Link]) -> bytes:
    """As it is read again."""
    sheet = CsvRows()
    sheet.row(suppliers.COLUMNS)
    for link in links:
        values = values_of_link(link)
        sheet.row((
            link.sku, link.supplier_sku, values["cost"], link.lead_days, *("yes" if known else "no" for known in
            (link.drop_ship, link.is_main)),
        ))  # fmt: skip
    return sheet.take().encode()


def _rows_of(bad: list[suppliers.BadRow]) -> str:
    sheet = CsvRows()
    sheet.row(suppliers.COLUMNS)
    for row in bad:
        sheet.row(row.cells)
    return sheet.take().lstrip(BOM)


HANDLERS = [SupplierController]
