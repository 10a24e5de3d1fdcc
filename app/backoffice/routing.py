"""Which warehouse sends what, and which orders wait: one form, tried out on orders before it is saved."""

from __future__ import annotations

from typing import Any

from litestar import Controller, get, post
from litestar.response import Redirect, Template

import tenants
from app import freight, fulfillment
from app.backoffice import routing_form, routing_words
from app.backoffice.frame import AnyRequest, form_values, show
from app.flows import simulate_routing as simulation
from app.fulfillment import RoutingPolicy
from app.identity import viewer_of
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import N_, translate_errors
from app.kernel.i18n import gettext as _
from app.kernel.money import CURRENCIES
from app.kernel.pages import see_other
from tenants import states

HOME = "/warehouses/routing"
UNKNOWN_ORDER = {"sim_order": N_("There is no order with this number.")}


class RoutingController(Controller):
    path = HOME

    @get(permission="fulfillment.read")
    async def edit(self, request: AnyRequest) -> Template:
        async with tenants.transaction():
            policy = await fulfillment.routing_policy()
            values = await routing_form.values_of(policy, tenants.current().currency)
        return await _page(request, values, {})

    @post(permission="fulfillment.write")
    async def save(self, request: AnyRequest) -> Template | Redirect:
        """A new version for what is planned from now on; what was planned stays."""
        values = form_values(await request.form())
        seen = values.get("seen", "")
        try:
            states.require(tenants.current(), "edit")
            async with tenants.transaction():
                draft = await _read(values)
                saved = await fulfillment.save_routing(
                    draft, seen=int(seen) if seen.isdecimal() and len(seen) < 6 else -1, by=viewer_of(request).name
                )
        except (InvalidInput, fulfillment.RoutingChanged) as refusal:
            return await _page(request, values, translate_errors(refusal, "note"))
        return see_other(HOME, flash=("ok", _("Version %(version)s is saved", version=saved.version)))

    @post("/simulation", permission="fulfillment.read")
    async def simulate(self, request: AnyRequest) -> Template:
        """The typed rules beside those that count today; nothing is saved."""
        values = form_values(await request.form())
        try:
            async with tenants.transaction():
                draft = await _read(values)
                fulfillment.check_routing(draft)
                found = await _simulated(values, draft)
        except InvalidInput as refusal:
            return await _page(request, values, translate_errors(refusal, "note"))
        except NotFound:
            return await _page(request, values, translate_errors(InvalidInput(UNKNOWN_ORDER), "sim_order"))
        return await _page(request, values, {}, **found)


async def _read(values: dict[str, str]) -> RoutingPolicy:
    places = {facts.id for facts in await fulfillment.warehouses()}
    return await routing_form.read_policy(values, tenants.current().currency, places)


async def _simulated(values: dict[str, str], draft: RoutingPolicy) -> dict[str, Any]:
    """Raises InvalidInput, NotFound."""
    today = (await fulfillment.routing_policy()).rules
    one: simulation.Goods | None = None
    if number := values.get("sim_order", "").strip():
        one = await simulation.goods_of(number[:40])
    elif values.get("sim_lines", "").strip():
        area = routing_form.area_of(values.get("sim_area", "")[:80], tenants.current().currency)
        ship_to = {"country": area.country, "region": area.region} if area else {}
        one = await simulation.typed_goods(routing_form.read_units(values["sim_lines"]), ship_to)
    latest = await simulation.latest_goods()
    now, then = await simulation.choose([*([one] if one else []), *latest], today, draft.rules)
    pair = (now.pop(0), then.pop(0)) if one else None
    return {"pair": pair, "sums": (simulation.sum_up(now), simulation.sum_up(then))}


async def _page(request: AnyRequest, values: dict[str, str], errors: dict[str, str], **found: Any) -> Template:
    currency = tenants.current().currency
    async with tenants.transaction():
        versions = await fulfillment.routing_policies()
        warehouses = await fulfillment.warehouses()
    return await show(
        request, "warehouses/routing.html", status_code=422 if errors else 200, values=values, errors=errors,
        versions=versions, words=routing_words, symbol=CURRENCIES[currency].symbol,
        places=[(str(facts.id), facts.name) for facts in warehouses], names={one.id: one.name for one in warehouses},
        areas=routing_form.rows_in(values, "area"), products=routing_form.rows_in(values, "product"),
        countries=freight.COUNTRIES, latest=simulation.LATEST, **{"pair": None, "sums": None, **found},
    )  # fmt: skip


HANDLERS = [RoutingController]
