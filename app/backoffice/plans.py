"""Commission plans: the versions, a form a small shop can read, what a plan would pay, and from when it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Stream, Template

import tenants
from app import commissions, promoters, store
from app.backoffice import plan_form
from app.backoffice import queries_plans as queries
from app.backoffice.campaign_form import read_moment
from app.backoffice.coupon_form import read_day
from app.backoffice.frame import AnyRequest, form_values, show
from app.backoffice.plan_form import Values
from app.commissions import DECLARED, NotCompliant, Plan
from app.flows import evidence_pack, publish_plan
from app.flows.simulate_plan import ask_for_simulation
from app.identity import viewer_of
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_fields
from app.kernel.money import CURRENCIES, InvalidAmount, parse_amount
from app.kernel.pages import see_other
from tenants import audit, platform

HERE = "/commission-plans"


class PlanController(Controller):
    path = HERE

    @get(permission="promoters.read")
    async def index(self, request: AnyRequest) -> Template:
        async with tenants.transaction():
            plans = await commissions.read_plans()
            current = commissions.in_force(plans, now())
            levels = await queries.level_names()
            names = await queries.names_of([rule.target for plan in plans for rule in plan.rules])
        return await show(
            request, "plans/index.html", plans=plans, current=current.plan, presets=plan_form.PRESETS,
            details=plan_form.DETAILS, words=commissions.words, levels=levels, names=names,
        )  # fmt: skip

    @get("/draft", permission="promoters.write")
    async def edit(self, request: AnyRequest, start: FromQuery[str] = "") -> Template:
        """The draft there is, or one that starts from a preset, an older version or the plan in force."""
        async with tenants.transaction():
            plans = await commissions.read_plans()
            levels = [level.id for level in await promoters.levels()]
            usual = (await store.read_profile()).default_commission_bps
        draft = next((plan for plan in plans if plan.status == "draft"), None)
        current = commissions.in_force(plans, now()).plan
        chosen = next((plan for plan in plans if str(plan.id) == start), None)
        if start in plan_form.PRESETS:
            chosen = plan_form.preset(start, levels, usual_bps=usual)
        found = chosen or draft or (current if current.version else None)
        found = found or plan_form.preset("everybody", levels, usual_bps=usual)
        return await _form(request, plan_form.values_of(found, tenants.current().currency), {}, replaces=draft)

    @post("/draft", permission="promoters.write")
    async def save(self, request: AnyRequest) -> Template | Redirect:
        """Keep the draft; or only count the example again, add a rule, take one away."""
        values = form_values(await request.form())
        act, _colon, which = values.pop("act", "save").partition(":")
        if act == "add":
            values["rules"] = str(min(plan_form.count_of(values) + 1, plan_form.MOST_RULES))
            return await _form(request, values, {})
        if act == "remove" and which.isdecimal():
            return await _form(request, plan_form.without(values, int(which)), {})
        try:
            plan = await _read(values)
        except InvalidInput as refusal:
            return await _form(request, values, translate_fields(refusal))
        if act == "look":
            return await _form(request, values, {})
        async with tenants.transaction():
            saved = await commissions.save_plan(plan, by=viewer_of(request).name)
        return see_other(f"{HERE}/{saved}", flash=("ok", _("Saved as a draft; nobody is paid by it yet.")))

    @get("/{commission_plan_id:uuid}", permission="promoters.read")
    async def read(self, request: AnyRequest, commission_plan_id: FromPath[UUID]) -> Template:
        return await _show(request, commission_plan_id, {}, {})

    @post("/{commission_plan_id:uuid}/publication", permission="promoters.write")
    async def publish(self, request: AnyRequest, commission_plan_id: FromPath[UUID]) -> Template | Redirect:
        """At once, or from a moment on. What the gate refuses stays a draft."""
        values, wrong, viewer = form_values(await request.form()), dict[str, str](), viewer_of(request)
        valid_from = read_moment("valid_from", values, tenants.current().time_zone, wrong)
        try:
            if wrong:
                raise InvalidInput(wrong)
            await publish_plan.publish_plan(commission_plan_id, valid_from, by=(viewer.id, viewer.name))
        except InvalidInput as refusal:
            return await _show(request, commission_plan_id, values, translate_fields(refusal))
        except NotCompliant:
            said = _("Not published: the compliance check says no. The reasons are below.")
            return await _show(request, commission_plan_id, values, {"valid_from": said})
        except commissions.TooLate as refusal:
            return await _show(request, commission_plan_id, values, {"valid_from": _(refusal.message)})
        return see_other(f"{HERE}/{commission_plan_id}", flash=("ok", _("Published")))

    @post("/{commission_plan_id:uuid}/withdrawal", permission="promoters.write")
    async def withdraw(self, request: AnyRequest, commission_plan_id: FromPath[UUID]) -> Redirect:
        viewer = viewer_of(request)
        await publish_plan.withdraw_plan(commission_plan_id, by=(viewer.id, viewer.name))
        return see_other(HERE, flash=("ok", _("Withdrawn: everybody earns at their own rate from now on.")))

    @post("/{commission_plan_id:uuid}/removal", permission="promoters.write")
    async def discard(self, commission_plan_id: FromPath[UUID]) -> Redirect:
        async with tenants.transaction():
            await commissions.discard_plan((await commissions.read_plan(commission_plan_id)).id)
        return see_other(HERE, flash=("ok", _("The draft is gone.")))

    @post("/{commission_plan_id:uuid}/simulations", permission="promoters.write")
    async def simulate(self, request: AnyRequest, commission_plan_id: FromPath[UUID]) -> Template | Redirect:
        """Try it on the orders of these days, in the background."""
        values, wrong, zone = form_values(await request.form()), dict[str, str](), tenants.current().time_zone
        first, last = (
            read_day("from_day", values, zone, wrong),
            read_day("until_day", values, zone, wrong, after_days=1),
        )
        try:
            if wrong:
                raise InvalidInput(wrong)
            made = await ask_for_simulation(commission_plan_id, first, last, by=viewer_of(request).name)
        except InvalidInput as refusal:
            return await _show(request, commission_plan_id, values, translate_fields(refusal))
        return see_other(f"{HERE}/{commission_plan_id}/simulations/{made}")

    @get("/{commission_plan_id:uuid}/simulations/{plan_simulation_id:uuid}", permission="promoters.read")
    async def watch(
        self, request: AnyRequest, commission_plan_id: FromPath[UUID], plan_simulation_id: FromPath[UUID]
    ) -> Template:
        async with tenants.transaction():
            plan = await commissions.read_plan(commission_plan_id)
            tried = await commissions.simulations.simulation(plan_simulation_id)
            names = await queries.people(list(tried.result.people))
        if tried.plan != plan.id:
            raise NotFound
        people = sorted(tried.result.people.items(), key=lambda one: (one[1][0] - one[1][1], one[0]))
        return await show(
            request, "plans/simulation.html", plan=plan, tried=tried, tally=tried.result, names=names, people=people,
        )  # fmt: skip

    @get("/evidence", permission="promoters.write")
    async def evidence(self, request: AnyRequest) -> Stream:
        """Every pack is in the audit log, before it exists."""
        viewer = viewer_of(request)
        async with platform.transaction() as database:
            await audit.record(
                database, actor_kind="merchant", actor_id=viewer.id, actor_name=viewer.name,
                action="commissions.evidence", tenant=tenants.current().id, subject=tenants.current().slug,
            )  # fmt: skip
        name = f"evidence-{now():%Y%m%d-%H%M}.zip"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return Stream(evidence_pack.pieces(), media_type="application/zip", headers=headers)


async def _read(values: Values) -> Plan:
    """Raises InvalidInput, also for a rule about something the store does not have."""
    async with tenants.transaction():
        levels = [level.id for level in await promoters.levels()]
        plan = plan_form.read_plan(values, levels, tenants.current().currency)
        names = await queries.names_of([rule.target for rule in plan.rules])
    wrong = {
        f"r{number}_on": "Choose one of the offered values." for number, rule in enumerate(plan.rules)
        if rule.scope not in ("tenant", "category") and rule.target not in names
    }  # fmt: skip
    if wrong:
        raise InvalidInput(wrong)
    return plan


async def _form(
    request: AnyRequest, values: Values, errors: Mapping[str, str], *, replaces: Plan | None = None
) -> Template:
    tenant = tenants.current()
    async with tenants.transaction():
        levels, targets = await queries.level_names(), await queries.targets()
    return await show(
        request, "plans/edit.html", status_code=422 if errors else 200, values=values, errors=errors, levels=levels,
        targets=targets, words=commissions.words, declared=DECLARED, symbol=CURRENCIES[tenant.currency].symbol,
        rules=plan_form.count_of(values), most=plan_form.MOST_RULES, replaces=replaces,
        example=_example(values, [UUID(level) for level in levels], tenant.currency),
    )  # fmt: skip


def _example(values: Values, levels: Sequence[UUID], currency: str) -> dict[str, Any]:
    """What the form would pay as it stands; nothing while it cannot be read."""
    try:
        price, units = parse_amount(values.get("example_amount") or "100", currency), values.get("example_units") or "1"
        plan = plan_form.read_plan(values, levels, currency)
    except (InvalidInput, InvalidAmount):
        return {"rows": []}
    count = int(units) if units.isdecimal() and 0 < len(units) < 4 else 1
    return {"rows": plan_form.examples(plan, levels, price, max(1, count)), "price": price, "units": max(1, count)}


async def _show(request: AnyRequest, plan_id: UUID, values: Mapping[str, str], errors: Mapping[str, str]) -> Template:
    findings = await publish_plan.findings_of(plan_id)
    async with tenants.transaction():
        plan, plans = await commissions.read_plan(plan_id), await commissions.read_plans()
        levels = await queries.level_names()
        before = next((one for one in plans if one.version < plan.version and one.status != "draft"), None)
        every = [rule.target for one in (plan, before) if one for rule in one.rules]
        names, tried = await queries.names_of(every), await commissions.simulations.simulations_of(plan_id)
    currency = tenants.current().currency
    return await show(
        request, "plans/show.html", status_code=422 if errors else 200, plan=plan, before=before, levels=levels,
        names=names, words=commissions.words, gate=commissions.compliance, findings=findings, values=values,
        errors=errors, tried=tried, today=_day(0), month_ago=_day(30), kept_days=commissions.KEPT_FOR.days,
        refused=commissions.refuses(findings), current=commissions.in_force(plans, now()).plan,
        difference=commissions.words.difference(before, plan, currency, levels, names),
    )  # fmt: skip


def _day(ago: int) -> str:
    """A day by the store's clock, as a date field writes it."""
    return (now() - timedelta(days=ago)).astimezone(ZoneInfo(tenants.current().time_zone)).date().isoformat()


HANDLERS = [PlanController]
