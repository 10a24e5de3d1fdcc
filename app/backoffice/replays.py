"""Trying another policy, or another plan, on orders of the past before switching to it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import attribution, commissions
from app.attribution import Compared, Replay
from app.backoffice import policy_form as form
from app.backoffice import queries_whose_sale as queries
from app.backoffice import whose_sale_words as words
from app.backoffice.coupon_form import read_day
from app.backoffice.frame import AnyRequest, form_values, show
from app.flows.replay_orders import ask_for_replay
from app.identity import viewer_of
from app.kernel import formats
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_fields
from app.kernel.pages import see_other
from app.kernel.sheets import CsvRows, exact

USUAL_DAYS = 30
MOST_BARS = 12


class ReplayController(Controller):
    path = "/attribution/replays"

    @get(permission="promoters.read")
    async def index(self, request: AnyRequest) -> Template:
        async with tenants.transaction():
            rows = await attribution.recent_replays()
        return await show(request, "attribution/replays.html", rows=rows, words=words)

    @get("/new", permission="promoters.write")
    async def new(self, request: AnyRequest) -> Template:
        """Begins with the policy in force and the last thirty days."""
        async with tenants.transaction():
            current = await attribution.policy_at(now())
        zone = formats.zone_of(tenants.current().time_zone)
        today = now().astimezone(zone).date()
        days = {"starts_on": (today - timedelta(days=USUAL_DAYS)).isoformat(), "ends_on": today.isoformat()}
        return await _form(request, form.values_of(current) | days, {})

    @post("/new", permission="promoters.write")
    async def ask(self, request: AnyRequest) -> Template | Redirect:
        values, zone = form_values(await request.form()), tenants.current().time_zone
        wrong: dict[str, str] = {}
        try:
            days = [read_day("starts_on", values, zone, wrong), read_day("ends_on", values, zone, wrong, after_days=1)]
            plan = _plan(values.get("plan", ""), wrong)
            draft = form.read_policy(values, zone)
            if wrong:
                raise InvalidInput(wrong)
            made = await ask_for_replay(draft, plan, *days, by=viewer_of(request).name)
        except InvalidInput as refusal:
            return await _form(request, values, translate_fields(refusal))
        return see_other(f"/attribution/replays/{made}")

    @get("/{attribution_replay_id:uuid}", permission="promoters.read")
    async def one(self, request: AnyRequest, attribution_replay_id: FromPath[UUID]) -> Template:
        async with tenants.transaction():
            replay = await attribution.find_replay(attribution_replay_id)
            names = await queries.names_of([UUID(key) for key in replay.result if key])
            plan = await _plan_name(replay.plan)
        rows = _rows(replay, names)
        return await show(
            request, "attribution/replay.html", replay=replay, rows=rows, total=_total(replay), words=words, plan=plan,
            bars=rows[:MOST_BARS], largest=max([1, *(abs(one.difference_amount) for _name, _key, one in rows)]),
        )  # fmt: skip

    @get("/{attribution_replay_id:uuid}/table.csv", permission="promoters.read")
    async def table(self, attribution_replay_id: FromPath[UUID]) -> Response[bytes]:
        async with tenants.transaction():
            replay = await attribution.find_replay(attribution_replay_id)
            names = await queries.names_of([UUID(key) for key in replay.result if key])
        day = replay.starts_at.date().isoformat()
        disposition = {"Content-Disposition": f'attachment; filename="replay-{day}.csv"', "Cache-Control": "no-store"}
        return Response(_csv(replay, names), media_type="text/csv; charset=utf-8", headers=disposition)


async def _plan_name(plan: UUID | None) -> str:
    try:
        return (await commissions.read_plan(plan)).name if plan else ""
    except NotFound:
        return ""


def _plan(text: str, wrong: dict[str, str]) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        wrong["plan"] = "Choose one of the offered values."
        return None


def _rows(replay: Replay, names: dict[UUID, str]) -> list[tuple[str, str, Compared]]:
    """Promoters with their name, whoever changes most first; sales of nobody last."""
    named = [(names.get(UUID(key), "–") if key else "", key, one) for key, one in replay.result.items()]
    return sorted(named, key=lambda row: (not row[1], -abs(row[2].difference_amount), row[0]))


def _total(replay: Replay) -> Compared:
    total = Compared()
    for one in replay.result.values():
        for side, sums in ((total.before, one.before), (total.after, one.after)):
            side.orders += sums.orders
            side.base_amount += sums.base_amount
            side.commission_amount += sums.commission_amount
    return total


def _csv(replay: Replay, names: dict[UUID, str]) -> bytes:
    sheet, currency = CsvRows(), tenants.current().currency
    sheet.row([
        _("Promoter"), _("Orders before"), _("Orders after"), _("Base before"), _("Base after"), _("Commission before"),
        _("Commission after"), _("Difference"),
    ])  # fmt: skip
    for name, key, one in _rows(replay, names):
        amounts = [
            one.before.base_amount, one.after.base_amount, one.before.commission_amount, one.after.commission_amount,
            one.difference_amount,
        ]  # fmt: skip
        counts = [one.before.orders, one.after.orders]
        sheet.row([name if key else _("nobody"), *counts, *(exact(amount, currency) for amount in amounts)])
    return sheet.take().encode()


async def _form(request: AnyRequest, values: dict[str, str], errors: dict[str, str]) -> Template:
    async with tenants.transaction():
        products = await queries.products()
        plans = [(str(one.id), one.name) for one in await commissions.read_plans()]
    return await show(
        request, "attribution/try.html", status_code=422 if errors else 200, values=values, errors=errors, words=words,
        rungs=attribution.RUNGS, rows=form.lock_rows(values), products=products, plans=plans,
    )  # fmt: skip


HANDLERS = [ReplayController]
