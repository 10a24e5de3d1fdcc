"""Coupons: made by kind, changed, copied, started, paused and ended, with what each of them brought and cost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import promoters, promotions, store
from app.backoffice import coupon_form as form
from app.backoffice import queries_promotions as queries
from app.backoffice.frame import AnyRequest, form_values, show
from app.kernel import formats
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import current_locale, translate_fields
from app.kernel.i18n import gettext as _
from app.kernel.money import CURRENCIES
from app.kernel.pages import see_other
from tenants import states

DAYS = 30


class CouponsController(Controller):
    path = "/coupons"

    @get(permission="promotions.read")
    async def index(self, request: AnyRequest) -> Template:
        async with tenants.transaction():
            found = await promotions.coupons()
            usage = await promotions.usage_of([coupon.id for coupon in found])
        return await show(request, "coupons/index.html", coupons=found, usage=usage)

    @get("/new", permission="promotions.write")
    async def new(self, request: AnyRequest, kind: FromQuery[str] = "", copy: FromQuery[str] = "") -> Template:
        """The kind is chosen first, because every kind asks for other things. A copy has it already, and no code."""
        if copy:
            known = await _copied(copy)
            values, chosen = _values(known), [str(target) for target in known.targets]
            return await _form(request, None, values | {"code": ""}, chosen, {})
        if kind not in form.KINDS:
            return await show(request, "coupons/kinds.html", kinds=form.KINDS, details=form.DETAILS)
        return await _form(request, None, form.EMPTY | {"kind": kind}, [], {})

    @post("/new", permission="promotions.write")
    async def create(self, request: AnyRequest) -> Template | Redirect:
        return await _save(request, None)

    @get("/{coupon_id:uuid}", permission="promotions.read")
    async def edit(self, request: AnyRequest, coupon_id: FromPath[UUID], after: FromQuery[str] = "") -> Template:
        coupon = await _find(coupon_id)
        chosen = [str(target) for target in coupon.targets]
        return await _form(request, coupon, _values(coupon), chosen, {}, after=after)

    @post("/{coupon_id:uuid}", permission="promotions.write")
    async def save(self, request: AnyRequest, coupon_id: FromPath[UUID]) -> Template | Redirect:
        return await _save(request, await _find(coupon_id))

    @post("/{coupon_id:uuid}/start", permission="promotions.write")
    async def start(self, coupon_id: FromPath[UUID]) -> Redirect:
        states.require(tenants.current(), "edit")
        async with tenants.transaction():
            await promotions.start_coupon(coupon_id)
            await store.touch()
        await store.announce(tenants.current())
        return see_other(f"/coupons/{coupon_id}", flash=("ok", _("Started: from now on it counts")))

    @post("/{coupon_id:uuid}/pause", permission="promotions.write")
    async def pause(self, coupon_id: FromPath[UUID]) -> Redirect:
        """Starting it again is the undo."""
        states.require(tenants.current(), "edit")
        async with tenants.transaction():
            await promotions.pause_coupon(coupon_id)
            await store.touch()
        await store.announce(tenants.current())
        return see_other(f"/coupons/{coupon_id}", flash=("ok", _("Paused: nobody gets it until it is started again")))

    @post("/{coupon_id:uuid}/stop", permission="promotions.write")
    async def stop(self, coupon_id: FromPath[UUID]) -> Redirect:
        """Orders that have it keep it. Starting it again is the undo."""
        states.require(tenants.current(), "edit")
        async with tenants.transaction():
            await promotions.stop_coupon(coupon_id)
            await store.touch()
        await store.announce(tenants.current())
        return see_other(f"/coupons/{coupon_id}", flash=("ok", _("Ended: nobody else gets it")))


async def _find(coupon_id: UUID) -> promotions.Coupon:
    async with tenants.transaction():
        return await promotions.find(coupon_id)


def _values(coupon: promotions.Coupon) -> dict[str, str]:
    return form.values_of(coupon, tenants.current().currency, tenants.current().time_zone)


async def _copied(text: str) -> promotions.Coupon:
    """Raises NotFound."""
    try:
        return await _find(UUID(text))
    except ValueError as error:
        raise NotFound from error


async def _save(request: AnyRequest, known: promotions.Coupon | None) -> Template | Redirect:
    submitted = await request.form()
    values = form_values(submitted)
    chosen = [str(each) for each in submitted.getall(values.get("scope", ""), [])]
    tenant = tenants.current()
    try:
        draft = form.read_draft(values, chosen, tenant.currency, tenant.time_zone)
        if values.get("act") == "preview":
            promotions.check_draft(draft, known)
            return await _form(request, known, values, chosen, {}, preview=draft)
        states.require(tenant, "edit")
        async with tenants.transaction():
            saved = await promotions.save_coupon(draft, known.id if known else None)
            await store.touch()
    except InvalidInput as refusal:
        errors = {_FIELDS.get(name, name): text for name, text in translate_fields(refusal).items()}
        return await _form(request, known, values, chosen, errors)
    await store.announce(tenant)
    return see_other(f"/coupons/{saved}", flash=("ok", _("Saved")))


_FIELDS = {"starts_at": "starts_on", "ends_at": "ends_on"}  # what the form calls them


async def _form(
    request: AnyRequest,
    known: promotions.Coupon | None,
    values: dict[str, str],
    chosen: list[str],
    errors: dict[str, str],
    *,
    preview: promotions.CouponDraft | None = None,
    after: str = "",
) -> Template:
    async with tenants.transaction():
        shelves, products = await queries.shelves(), await queries.products(chosen)
        sharers = [(str(one.id), one.name) for one in await promoters.everyone("approved")]
        usage = (await promotions.usage_of([known.id]))[known.id] if known else None
        days = await _days(known) if known else {}
        orders = await queries.orders_with(known.id, after) if known else None
    return await show(
        request, "coupons/edit.html", status_code=422 if errors else 200, known=known, values=values, chosen=chosen,
        errors=errors, usage=usage, days=days, orders=orders, preview=preview, shelves=shelves, products=products,
        kinds=form.KINDS, scopes=form.SCOPES, sharers=sharers, symbol=CURRENCIES[tenants.current().currency].symbol,
    )  # fmt: skip


async def _days(coupon: promotions.Coupon) -> dict[str, Any]:
    """The last days as one series of bars."""
    zone = formats.zone_of(tenants.current().time_zone)
    today = now().astimezone(zone).date()
    dates = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    counted = await promotions.uses_by_day(
        coupon.id, since=now() - timedelta(days=DAYS), zone=tenants.current().time_zone
    )
    return {
        "counts": [counted.get(day, 0) for day in dates],
        "names": [formats.date(day, current_locale.get(), zone) for day in dates],
    }


HANDLERS = [CouponsController]
