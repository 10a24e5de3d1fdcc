"""Members: levels and what they save, levels given by hand, and how points are earned and spent."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import promotions, store
from app.backoffice import queries_promotions as queries
from app.backoffice.coupon_form import read_day
from app.backoffice.frame import AnyRequest, form_values, show
from app.backoffice.product_form import Values
from app.backoffice.settings import basis_points, percent
from app.identity import viewer_of
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_, translate_fields
from app.kernel.i18n import gettext as _
from app.kernel.ids import new_id
from app.kernel.money import CURRENCIES, InvalidAmount, parse_amount, plain_amount
from app.kernel.pages import see_other
from tenants import states


class MembersController(Controller):
    path = "/members"

    @get(permission="promotions.read")
    async def index(self, request: AnyRequest) -> Template:
        return await _page(request)

    @post("/levels", permission="promotions.write")
    async def add_level(self, request: AnyRequest) -> Template | Redirect:
        return await _save_level(request, new_id(), "")

    @post("/levels/{member_level_id:uuid}", permission="promotions.write")
    async def change_level(self, request: AnyRequest, member_level_id: FromPath[UUID]) -> Template | Redirect:
        async with tenants.transaction():
            await promotions.find_level(member_level_id)
        return await _save_level(request, member_level_id, str(member_level_id))

    @post("/levels/{member_level_id:uuid}/removal", permission="promotions.write")
    async def remove_level(self, member_level_id: FromPath[UUID]) -> Redirect:
        """Orders keep the price they were placed with; members fall to what their orders say."""
        states.require(tenants.current(), "edit")
        async with tenants.transaction():
            await promotions.remove_level(member_level_id)
            await store.touch()
        return see_other("/members", flash=("ok", _("Removed")))

    @post("/points", permission="promotions.write")
    async def change_points(self, request: AnyRequest) -> Template | Redirect:
        values = form_values(await request.form())
        try:
            rule = _read_rule(values)
            states.require(tenants.current(), "edit")
            async with tenants.transaction():
                await promotions.change_points_rule(rule)
                await store.touch()
        except InvalidInput as refusal:
            return await _page(request, values, translate_fields(refusal))
        return see_other("/members", flash=("ok", _("Saved")))

    @post("/days", permission="promotions.write")
    async def change_days(self, request: AnyRequest) -> Template | Redirect:
        values = form_values(await request.form())
        try:
            days = read_count(values, "level_days")
            states.require(tenants.current(), "edit")
            async with tenants.transaction():
                await promotions.change_level_days(days)
                await store.touch()
        except InvalidInput as refusal:
            return await _page(request, values, translate_fields(refusal))
        return see_other("/members", flash=("ok", _("Saved")))

    @post("/grants", permission="promotions.write")
    async def grant(self, request: AnyRequest) -> Template | Redirect:
        values = form_values(await request.form())
        try:
            await _grant(values, viewer_of(request).name)
        except InvalidInput as refusal:
            return await _page(request, values, translate_fields(refusal))
        return see_other("/members", flash=("ok", _("Saved")))

    @post("/grants/{customer_id:uuid}/removal", permission="promotions.write")
    async def withdraw(self, customer_id: FromPath[UUID]) -> Redirect:
        states.require(tenants.current(), "edit")
        async with tenants.transaction():
            await promotions.withdraw_level(customer_id)
        return see_other("/members", flash=("ok", _("Removed")))


async def _page(
    request: AnyRequest, typed: Values | None = None, errors: dict[str, str] | None = None, level: str = ""
) -> Template:
    """`typed` and `errors` belong to the form that was sent; `level` is the one that was being changed."""
    async with tenants.transaction():
        ladder, rule = await promotions.levels(), await promotions.points_rule()
        grants, out, days = await queries.grants(), await queries.points_out(), await promotions.level_days()
    currency = tenants.current().currency
    values = {
        "earn_points": str(rule.earn_points), "spend_points": str(rule.spend_points),
        "max_share": percent(rule.max_share_bps), "expiry": rule.expiry, "good_for_months": str(rule.good_for_months),
        "expiry_day": rule.expiry_day, "level_days": str(days),
    } | (typed or {})  # fmt: skip
    return await show(
        request, "members/index.html", status_code=422 if errors else 200, levels=ladder, grants=grants, out=out,
        values=values, errors=errors or {}, changed=level, days=days, symbol=CURRENCIES[currency].symbol,
        percent=percent, unit=CURRENCIES[currency].unit, plain=lambda amount: plain_amount(amount, currency),
    )  # fmt: skip


async def _save_level(request: AnyRequest, level_id: UUID, changed: str) -> Template | Redirect:
    values = form_values(await request.form())
    try:
        level = _read_level(values, level_id)
        states.require(tenants.current(), "edit")
        async with tenants.transaction():
            await promotions.save_level(level)
            await store.touch()
    except InvalidInput as refusal:
        return await _page(request, values, translate_fields(refusal), changed)
    return see_other("/members", flash=("ok", _("Saved")))


def _read_level(values: Values, level_id: UUID) -> promotions.Level:
    wrong: dict[str, str] = {}
    threshold = 0
    try:
        threshold = parse_amount(values.get("threshold_amount", "").strip() or "0", tenants.current().currency)
    except InvalidAmount as error:
        wrong["threshold_amount"] = error.message
    bps = basis_points(values.get("discount_bps", "").strip() or "0", "discount_bps", wrong)
    if wrong:
        raise InvalidInput(wrong)
    return promotions.Level(level_id, values.get("name", ""), threshold, bps)


def _read_rule(values: Values) -> promotions.PointsRule:
    """Raises InvalidInput naming every field that cannot be read."""
    wrong: dict[str, str] = {}
    numbers = {"earn_points": 0, "spend_points": 0, "good_for_months": 12}
    for field in numbers:
        try:
            numbers[field] = read_count(values, field, str(numbers[field]))
        except InvalidInput as refusal:
            wrong |= refusal.fields
    share = basis_points(values.get("max_share", "").strip() or "0", "max_share", wrong)
    expiry = values.get("expiry", "never")
    if expiry not in ("never", "after", "yearly"):
        wrong["expiry"] = N_("Choose one of the offered values.")
    if wrong:
        raise InvalidInput(wrong)
    return promotions.PointsRule(
        numbers["earn_points"], numbers["spend_points"], share, expiry=cast(Any, expiry),
        good_for_months=numbers["good_for_months"], expiry_day=values.get("expiry_day", "").strip() or "12-31",
    )  # fmt: skip


def read_count(values: Values, field: str, empty: str = "0") -> int:
    """Raises InvalidInput."""
    text = values.get(field, "").strip() or empty
    if not (text.isascii() and text.isdecimal() and len(text) < 8):
        raise InvalidInput({field: N_("Enter a whole number.")})
    return int(text)


async def _grant(values: Values, by: str) -> None:
    """Raises InvalidInput."""
    states.require(tenants.current(), "edit")
    wrong: dict[str, str] = {}
    until: datetime | None = read_day("until", values, tenants.current().time_zone, wrong, after_days=1)
    async with tenants.transaction():
        customer = await queries.customer_with(values.get("email", ""))
        known = {str(level.id): level.id for level in await promotions.levels()}
        if customer is None:
            wrong["email"] = N_("No customer signs in with this address.")
        if values.get("level", "") not in known:
            wrong["level"] = N_("Choose one of the offered values.")
        if wrong or customer is None:
            raise InvalidInput(wrong)
        await promotions.grant_level(customer, known[values["level"]], until=until, by=by)


HANDLERS: list[Any] = [MembersController]
