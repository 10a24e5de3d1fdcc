"""Stock of every variant in every warehouse: looking at it, and changing many counts at once."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromQuery
from litestar.response import Redirect, Template

import tenants
from app import fulfillment, inventory
from app.backoffice import queries_stock as queries
from app.backoffice.frame import AnyRequest, form_values, say, show
from app.flows import change_stock as flow
from app.identity import viewer_of
from app.kernel.errors import InvalidInput
from app.kernel.forms import read_form
from app.kernel.i18n import N_, ngettext
from app.kernel.i18n import gettext as _
from app.kernel.pages import safe_path, see_other

MOST = 100_000_000


class RuleForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    low_at: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
    safety: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]


@get("/stock", permission="products.read")
async def show_stock(
    request: AnyRequest, q: FromQuery[str] = "", low: FromQuery[str] = "", warehouse: FromQuery[str] = "",
    after: FromQuery[str] = "",
) -> Template:  # fmt: skip
    query = q[:200]
    async with tenants.transaction():
        places = await fulfillment.warehouses()
        chosen = next((each.id for each in places if str(each.id) == warehouse), None)
        rows = await queries.shelves(query, chosen, low == "yes", after)
        rule = await inventory.stock_rule()
    kept = urlencode({name: value for name, value in (
        ("q", query), ("low", "yes" if low == "yes" else ""), ("warehouse", str(chosen or "")),
    ) if value})  # fmt: skip
    return await show(
        request, "stock/index.html", rows=rows, q=query, low=low, places=places, chosen=chosen, rule=rule, kept=kept,
        here="/stock?" + kept if kept else "/stock", shelf_options=[(each.id, say(each.name)) for each in places],
    )  # fmt: skip


@post("/stock", permission="products.write")
async def change_stock(request: AnyRequest) -> Redirect:
    """Only the numbers that were changed, and as differences: what was sold or sent meanwhile is not overwritten."""
    values = form_values(await request.form())
    changes: dict[UUID, int] = {}
    for name, text in values.items():
        if name.startswith("count_") and text.strip() and text.strip() != values.get(f"was_{name[6:]}", ""):
            try:
                changes[UUID(name[6:])] = _count(text) - _count(values.get(f"was_{name[6:]}", ""))
            except ValueError:
                raise InvalidInput({name: N_("Enter a whole number.")}) from None
    await flow.change_counts(changes, actor=viewer_of(request).name)
    words = ngettext("%(num)s count changed", "%(num)s counts changed", len(changes), num=len(changes))
    back = safe_path(values.get("back", ""), "/stock")
    return see_other(back, flash=("ok" if changes else "info", words if changes else _("Nothing was changed")))


@post("/stock/rule", permission="products.write")
async def change_rule(request: AnyRequest) -> Redirect:
    form = await read_form(request, RuleForm)
    await flow.change_rule(inventory.StockRule(form.low_at, form.safety))
    return see_other("/stock", flash=("ok", _("Saved")))


def _count(text: str) -> int:
    number = int(text.strip())
    if abs(number) > MOST:
        raise ValueError(text)
    return number


HANDLERS = [show_stock, change_stock, change_rule]
