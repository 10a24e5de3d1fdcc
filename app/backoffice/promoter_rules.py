"""How one becomes a promoter and rises: the store's rules, its levels, and the terms everybody agrees to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import payouts, promoters
from app.backoffice.frame import AnyRequest, form_values, show
from app.backoffice.settings import basis_points, percent
from app.flows.publish_terms import publish_terms
from app.identity import viewer_of
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import N_, translate_fields
from app.kernel.i18n import gettext as _
from app.kernel.ids import new_id
from app.kernel.money import CURRENCIES, InvalidAmount, parse_amount, plain_amount
from app.kernel.pages import see_other
from app.promoters import Level, PromoterPolicy

Values = Mapping[str, str]
HERE = "/promoters/rules"


class PromoterRulesController(Controller):
    path = HERE

    @get(permission="promoters.read")
    async def show_rules(self, request: AnyRequest) -> Template:
        async with tenants.transaction():
            values = _values(await promoters.read_policy(), tenants.current().currency)
        return await _page(request, values, {})

    @post(permission="promoters.write")
    async def change_rules(self, request: AnyRequest) -> Template | Redirect:
        values = form_values(await request.form())

        async def save() -> None:
            await promoters.save_policy(_policy(values, tenants.current().currency))

        return await _saved(request, values, save, "")

    @post("/levels", permission="promoters.write")
    async def change_level(self, request: AnyRequest) -> Template | Redirect:
        values = form_values(await request.form())

        async def save() -> None:
            await promoters.save_level(_level(values, tenants.current().currency))

        return await _saved(request, values, save, "#levels")

    @post("/levels/{level_id:uuid}/remove", permission="promoters.write")
    async def remove_level(self, request: AnyRequest, level_id: FromPath[UUID]) -> Template | Redirect:
        async def remove() -> None:
            await promoters.remove_level(level_id)

        return await _saved(request, {}, remove, "#levels")

    @post("/terms", permission="promoters.write")
    async def change_terms(self, request: AnyRequest) -> Template | Redirect:
        """A new version; everybody is written to and asked to accept it."""
        values = form_values(await request.form())
        try:
            terms = await publish_terms(values.get("body", ""), by=viewer_of(request).name)
        except InvalidInput as refusal:
            return await _page(request, values, translate_fields(refusal))
        said = _("Version %(version)s is in force; everybody is asked to accept it", version=terms.version)
        return see_other(f"{HERE}#terms", flash=("ok", said))


async def _saved(request: AnyRequest, values: Values, save: Callable[[], Any], anchor: str) -> Template | Redirect:
    try:
        async with tenants.transaction():
            await save()
    except InvalidInput as refusal:
        return await _page(request, values, translate_fields(refusal))
    return see_other(f"{HERE}{anchor}", flash=("ok", _("Saved")))


async def _page(request: AnyRequest, values: Values, errors: Mapping[str, str]) -> Template:
    currency = tenants.current().currency
    async with tenants.transaction():
        policy, levels = await promoters.read_policy(), await promoters.levels()
        terms, due = await promoters.current_terms(), await payouts.read_policy()
        people = await tenants.connection().fetch(
            "SELECT level, count(*) AS people FROM promoter WHERE status = 'approved' GROUP BY level"
        )
    return await show(
        request, "promoters/rules.html", status_code=422 if errors else 200, levels=levels, terms=terms, due=due,
        values={**_values(policy, currency), "body": terms.body if terms else _suggested(due), **values},
        errors=errors, symbol=CURRENCIES[currency].symbol, people={row["level"]: row["people"] for row in people},
    )  # fmt: skip


def _suggested(due: payouts.Policy) -> str:
    """Terms to begin with; they say when money is due and that refunds take it back (domain.md 3.4, CG-10)."""
    return "\n".join((
        _("You earn a share of what customers buy through your links, of the goods without freight and tax."),
        _(
            "It becomes yours %(days)s days after the customer received the goods. What is refunded takes its share"
            " back, also after it was paid out.",
            days=due.freeze_days,
        ),
        _("You pay nothing, buy nothing and recruit nobody to earn."),
    ))  # fmt: skip


def _values(policy: PromoterPolicy, currency: str) -> dict[str, str]:
    return {
        "lineage_depth": str(policy.lineage_depth), "on_inactive_upline": policy.on_inactive_upline,
        "entry": policy.entry, "entry_net": plain_amount(policy.entry_net_amount, currency),
        "level_window_days": str(policy.level_window_days), "levels_fall": "yes" if policy.levels_fall else "",
        "most_refund": percent(policy.most_refund_bps), "dormant_days": str(policy.dormant_days),
        "churned_days": str(policy.churned_days),
    }  # fmt: skip


def _policy(values: Values, currency: str) -> PromoterPolicy:
    """Raises InvalidInput."""
    wrong: dict[str, str] = {}
    policy = PromoterPolicy(
        lineage_depth=_count("lineage_depth", values, wrong),
        on_inactive_upline=_one_of("on_inactive_upline", values, ("skip", "compress", "house")),
        entry=_one_of("entry", values, ("apply", "everyone", "buyers")),
        entry_net_amount=_amount("entry_net", values, currency, wrong),
        level_window_days=_count("level_window_days", values, wrong),
        levels_fall=values.get("levels_fall") == "yes",
        most_refund_bps=basis_points(values.get("most_refund", ""), "most_refund", wrong),
        dormant_days=_count("dormant_days", values, wrong),
        churned_days=_count("churned_days", values, wrong),
    )
    if wrong:
        raise InvalidInput(wrong)
    return policy


def _level(values: Values, currency: str) -> Level:
    """Raises InvalidInput."""
    wrong: dict[str, str] = {}
    level = Level(
        id=read_id(values["level_id"]) if values.get("level_id") else new_id(),
        name=values.get("name", ""),
        rank=_count("rank", values, wrong),
        from_net_amount=_amount("from_net", values, currency, wrong),
    )
    if wrong:
        raise InvalidInput(wrong)
    return level


def read_id(text: str) -> UUID:
    """Raises NotFound for what names nothing."""
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error


def _one_of(field: str, values: Values, known: tuple[str, ...]) -> Any:
    """What was chosen; the first for what nobody can choose."""
    return values[field] if values.get(field) in known else known[0]


def _count(field: str, values: Values, wrong: dict[str, str]) -> int:
    text = values.get(field, "").strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 5):
        wrong[field] = N_("Enter a whole number.")
        return 0
    return int(text)


def _amount(field: str, values: Values, currency: str, wrong: dict[str, str]) -> int:
    try:
        return parse_amount(values.get(field, "").strip() or "0", currency)
    except InvalidAmount as error:
        wrong[field] = error.message
        return 0


HANDLERS = [PromoterRulesController]
