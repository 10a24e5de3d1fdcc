"""Stock: what can still be sold of every variant, and changing it."""

from __future__ import annotations

from uuid import UUID

from litestar import get, post
from litestar.params import FromQuery
from litestar.response import Redirect, Template

import tenants
from app import catalog
from app.backoffice.frame import AnyRequest, form_values, show
from app.flows import save_product as flow
from app.identity import viewer_of
from app.kernel.errors import InvalidInput
from app.kernel.i18n import gettext as _
from app.kernel.i18n import ngettext
from app.kernel.pages import see_other
from app.kernel.paging import cut, decode_cursor

PAGE = 100
_ROWS = """
SELECT v.id, v.title, v.sku, p.id AS product, p.title AS product_title, p.cover_thumb_key, v.position,
       coalesce(sum(l.on_hand), 0)::bigint AS on_hand, coalesce(sum(l.reserved + l.allocated), 0)::bigint AS promised,
       coalesce(bool_or(NOT l.tracked), false) AS untracked, coalesce(bool_or(l.oversell), false) AS oversell
FROM variant v JOIN product p ON p.id = v.product LEFT JOIN stock_level l ON l.variant = v.id
WHERE v.active AND p.status <> 'archived' AND p.search_text LIKE ALL ($1::text[])
  AND ($2::text IS NULL OR (p.title, v.id) > ($2, $3::uuid))
GROUP BY v.id, v.title, v.sku, p.id, p.title, p.cover_thumb_key, v.position
HAVING NOT $4 OR (coalesce(sum(l.on_hand - l.reserved - l.allocated), 0) <= 5
    AND NOT coalesce(bool_or(NOT l.tracked OR l.oversell), false))
ORDER BY p.title, v.id LIMIT $5
"""


@get("/stock", permission="products.read")
async def show_stock(
    request: AnyRequest, q: FromQuery[str] = "", low: FromQuery[str] = "", after: FromQuery[str] = ""
) -> Template:
    place = decode_cursor(after, str, UUID)
    title, last = place or (None, None)
    async with tenants.transaction():
        rows = await tenants.connection().fetch(
            _ROWS, catalog.search_patterns(q[:200]), title, last, low == "yes", PAGE + 1
        )
    page = cut([dict(row) for row in rows], PAGE, lambda row: (row["product_title"], row["id"]), started=bool(place))
    return await show(request, "products/stock.html", rows=page, q=q, low=low)


@post("/stock", permission="products.write")
async def change_stock(request: AnyRequest) -> Redirect:
    """Only the numbers that were changed are written, so an order placed meanwhile is not overwritten."""
    values = form_values(await request.form())
    counts: dict[UUID, int] = {}
    for name, text in values.items():
        if name.startswith("count_") and text.strip() and text.strip() != values.get(f"was_{name[6:]}", ""):
            try:
                counts[UUID(name[6:])] = _count(text.strip())
            except ValueError:
                raise InvalidInput({name: "Enter a whole number."}) from None
    await flow.set_stock(counts, actor=viewer_of(request).name)
    words = ngettext("%(num)s count changed", "%(num)s counts changed", len(counts), num=len(counts))
    return see_other("/stock", flash=("ok" if counts else "info", words if counts else _("Nothing was changed")))


def _count(text: str) -> int:
    number = int(text)
    if not -1_000_000 <= number <= 100_000_000:
        raise ValueError(text)
    return number


HANDLERS = [show_stock, change_stock]
