"""Products: the list with what can be done to several at once, and one product with its variants."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import catalog, freight, inventory, suppliers
from app.backoffice import product_form
from app.backoffice.frame import AnyRequest, form_values, show
from app.flows import save_product as flow
from app.identity import viewer_of
from app.kernel.errors import InvalidInput
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.i18n import ngettext, translate_fields
from app.kernel.money import CURRENCIES
from app.kernel.pages import see_other

BULK = {"publish": "published", "take_down": "draft", "archive": "archived"}


class BulkForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    act: Literal["publish", "take_down", "archive"]
    product: Annotated[list[UUID], msgspec.Meta(max_length=200)] = []
    back: str = ""


class ProductController(Controller):
    path = "/products"

    @get(permission="products.read")
    async def index(
        self,
        request: AnyRequest,
        q: FromQuery[str] = "",
        status: FromQuery[str] = "",
        after: FromQuery[str] = "",
        before: FromQuery[str] = "",
    ) -> Template:
        chosen = status if status in catalog.STATUSES else ""
        async with tenants.transaction():
            page = await catalog.list_recent(status=chosen, query=q[:200], after=after, before=before)
            counts = await catalog.count_by_status()
            stock = await stock_by_product([card.id for card in page.items])
        kept = {name: value for name, value in (("q", q[:200]), ("status", chosen)) if value}
        return await show(
            request, "products/index.html", cards=page, counts=counts, stock=stock, q=q, status=chosen,
            kept=urlencode(kept),
        )  # fmt: skip

    @post("/bulk", permission="products.write")
    async def change_several(self, request: AnyRequest) -> Redirect:
        form = await read_form(request, BulkForm)
        changed = await flow.set_status(form.product, BULK[form.act])  # type: ignore[arg-type] # the three states
        words = ngettext("%(num)s product changed", "%(num)s products changed", changed, num=changed)
        return see_other(f"/products?{form.back}", flash=("ok" if changed else "info", words))

    @get("/new", permission="products.write")
    async def new(self, request: AnyRequest) -> Template:
        return await _form(request, None, product_form.empty_values(), {})

    @post("/new", permission="products.write")
    async def create(self, request: AnyRequest) -> Template | Redirect:
        return await _save(request, None)

    @get("/{product_id:uuid}", permission="products.read")
    async def edit(self, request: AnyRequest, product_id: FromPath[UUID], undo: FromQuery[str] = "") -> Template:
        product, stock = await _find(product_id)
        values = product_form.values_of(product, stock, tenants.current().currency)
        return await _form(request, product, values, {}, undo=undo[:4_000])

    @post("/{product_id:uuid}", permission="products.write")
    async def save(self, request: AnyRequest, product_id: FromPath[UUID]) -> Template | Redirect:
        return await _save(request, product_id)


async def _find(product_id: UUID) -> tuple[catalog.Product, dict[UUID, inventory.StockFigures]]:
    async with tenants.transaction():
        product = await catalog.find_product(product_id)
        return product, await _figures([variant.id for variant in product.variants])


async def _figures(variants: list[UUID]) -> dict[UUID, inventory.StockFigures]:
    """The shelf this form writes to; what suppliers and other warehouses have is not counted here."""
    rows = await tenants.connection().fetch(_OWN_SHELF, variants)
    return {
        row["variant"]: inventory.StockFigures(
            row["on_hand"], row["reserved"], row["allocated"], row["endless"], row["for_sale"]
        )
        for row in rows
    }


async def _save(request: AnyRequest, product_id: UUID | None) -> Template | Redirect:
    """Save, or show the form again with more rows when that was what the pressed button asked for."""
    product = (await _find(product_id))[0] if product_id else None
    values = form_values(await request.form())
    act = values.pop("act", "save")
    if act in ("more", "combine"):
        if act == "combine":
            values = product_form.combine(values)
        else:
            values["rows"] = str(len(product_form.rows_of(values)) + product_form.SPARE_ROWS)
        return await _form(request, product, values, {}, status_code=200)
    if act == "publish":
        values["status"] = "published"
    try:
        edit = product_form.read_edit(values, tenants.current().currency, product)
        saved = await flow.save_product(edit, product_id, actor=viewer_of(request).name)
    except InvalidInput as refusal:
        return await _form(request, product, values, translate_fields(refusal))
    return see_other(f"/products/{saved}", flash=("ok", _("Saved")))


async def _form(
    request: AnyRequest,
    product: catalog.Product | None,
    values: dict[str, str],
    errors: dict[str, str],
    *,
    undo: str = "",
    status_code: int = 422,
) -> Template:
    async with tenants.transaction():
        templates = await freight.templates()
        sources = await suppliers.suppliers_of(variant.id for variant in product.variants) if product else {}
    return await show(
        request,
        "products/edit.html",
        freight_templates=templates,
        suppliers_of=sources,
        status_code=status_code if errors else 200,
        product=product,
        values=values,
        rows=product_form.rows_of(values),
        errors=errors,
        undo=undo,
        symbol=CURRENCIES[tenants.current().currency].symbol,
    )


_OWN_SHELF = """
SELECT level.variant, level.on_hand, level.reserved, level.allocated, level.oversell OR NOT level.tracked AS endless,
    CASE WHEN level.oversell OR NOT level.tracked THEN NULL
        ELSE level.on_hand - level.reserved - level.allocated END AS for_sale
FROM stock_level AS level JOIN warehouse ON warehouse.id = level.warehouse AND warehouse.is_default
WHERE level.variant = ANY($1::uuid[])
"""
_STOCK = """
SELECT v.product, sum(l.on_hand - l.reserved - l.allocated)::bigint AS available,
       bool_or(l.oversell OR NOT l.tracked) AS endless, count(DISTINCT v.id) AS variants
FROM variant v LEFT JOIN stock_level l ON l.variant = v.id WHERE v.active
    AND v.product = ANY($1::uuid[]) GROUP BY v.product
"""


async def stock_by_product(products: list[UUID]) -> dict[UUID, dict[str, int]]:
    """What can still be sold of each product, over its variants; inside the open transaction."""
    return {row["product"]: dict(row) for row in await tenants.connection().fetch(_STOCK, products)}


HANDLERS = [ProductController]
