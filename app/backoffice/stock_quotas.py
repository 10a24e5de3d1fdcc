"""Units set apart for campaigns, hosts and channels: giving them, changing how many, and calling them in."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import inventory
from app.backoffice.frame import AnyRequest, form_values, show
from app.flows import set_apart as flow
from app.identity import viewer_of
from app.inventory import QuotaKind
from app.kernel.errors import InvalidInput, Refusal
from app.kernel.forms import read_form
from app.kernel.i18n import N_, translate_errors
from app.kernel.i18n import gettext as _
from app.kernel.pages import see_other

PAGE = "/stock/quotas"
KINDS: dict[QuotaKind, str] = {"campaign": N_("Campaign"), "promoter": N_("Host or promoter"), "channel": N_("Channel")}
Units = Annotated[int, msgspec.Meta(ge=1, le=10_000_000)]
_GOODS = """
SELECT variant.id, product.title AS product_title, variant.title, variant.sku FROM variant
JOIN product ON product.id = variant.product WHERE variant.id = ANY($1::uuid[])
"""


class GiveForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`whom` is a kind and an id, as the list offers them."""

    whom: Annotated[str, msgspec.Meta(max_length=60)]
    sku: Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
    units: Units
    falls_back: bool = False
    note: Annotated[str, msgspec.Meta(max_length=200)] = ""


class ChangeForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    units: Units
    falls_back: bool = False


class StockQuotaController(Controller):
    path = PAGE

    @get(permission="products.read")
    async def index(self, request: AnyRequest, q: FromQuery[str] = "", status: FromQuery[str] = "open") -> Template:
        return await _page(request, {"sku": q[:255], "falls_back": "true"}, {}, is_open=status != "closed")

    @post(permission="products.write")
    async def give(self, request: AnyRequest) -> Template | Redirect:
        values = form_values(await request.form())
        try:
            form = await read_form(request, GiveForm)
            kind, subject = _whom(form.whom)
            await flow.give_quota(
                kind, subject, form.sku, form.units, falls_back=form.falls_back, note=form.note,
                by=viewer_of(request).name,
            )  # fmt: skip
        except Refusal as refusal:
            return await _page(request, values, translate_errors(refusal, "units"))
        return see_other(PAGE, flash=("ok", _("Set apart; nobody else can sell these units")))

    @post("/{stock_quota_id:uuid}", permission="products.write")
    async def change(self, request: AnyRequest, stock_quota_id: FromPath[UUID]) -> Redirect:
        form = await read_form(request, ChangeForm)
        await flow.change_quota(stock_quota_id, form.units, falls_back=form.falls_back)
        return see_other(PAGE, flash=("ok", _("Saved")))

    @post("/{stock_quota_id:uuid}/return", permission="products.write")
    async def call_in(self, request: AnyRequest, stock_quota_id: FromPath[UUID]) -> Redirect:
        await flow.call_in_quota(stock_quota_id, by=viewer_of(request).name)
        return see_other(PAGE, flash=("ok", _("Called in; what was left is everybody's again")))


async def _page(
    request: AnyRequest, values: dict[str, str], errors: dict[str, str], *, is_open: bool = True
) -> Template:
    async with tenants.transaction():
        found = await inventory.quotas(is_open=is_open)
        goods = {row["id"]: row for row in await tenants.connection().fetch(_GOODS, [one.variant for one in found])}
        names = await flow.named(found)
        sellers: list[Any] = await tenants.connection().fetch(flow.SELLERS)
    return await show(
        request, "stock/quotas.html", status_code=422 if errors else 200, quotas=found, goods=goods, names=names,
        kinds=KINDS, is_open=is_open, values=values, errors=errors,
        whom=[(f"{one['kind']}:{one['id']}", f"{_(KINDS[one['kind']])} · {one['name']}") for one in sellers],
    )  # fmt: skip


def _whom(text: str) -> tuple[QuotaKind, UUID]:
    kind, _colon, subject = text.partition(":")
    try:
        return next(each for each in KINDS if each == kind), UUID(subject)
    except (StopIteration, ValueError):
        raise InvalidInput({"whom": N_("Choose one of the offered values.")}) from None


HANDLERS = [StockQuotaController]
