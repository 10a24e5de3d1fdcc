"""A campaign's rules in plain sentences, for the merchant to read before and after it is published."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import tenants
from app import group_buying
from app.group_buying import (
    ChainTerms,
    CommunityTerms,
    DemandTestTerms,
    LadderTerms,
    PresaleTerms,
    TeamGroupTerms,
    Terms,
)
from app.kernel import formats
from app.kernel.i18n import current_locale, ngettext
from app.kernel.i18n import gettext as _


def rules_of(
    kind: str, terms: Terms, *, starts_at: datetime | None, ends_at: datetime | None, person_limit: int | None,
    audience: str,
) -> list[str]:  # fmt: skip
    """How long it runs, what happens in it, who may take part; one sentence each."""
    rules = [_period(starts_at, ends_at), *RULES[kind](terms)]
    if terms.ships_by:
        rules.append(_("Everything of it leaves by %(day)s.", day=_day(terms.ships_by)))
    if person_limit:
        rules.append(ngettext("At most %(num)s per person.", "At most %(num)s per person.", person_limit,
                              num=person_limit))  # fmt: skip
    if audience != "everyone" and audience in group_buying.words.AUDIENCES:
        rules.append(_("Only for: %(people)s.", people=_(group_buying.words.AUDIENCES[audience])))
    return [rule for rule in rules if rule]


def _period(starts_at: datetime | None, ends_at: datetime | None) -> str:
    if ends_at is None:
        return ""
    if starts_at is None:
        return _("It begins when you publish it and ends on %(end)s.", end=_moment(ends_at))
    return _("It runs from %(start)s to %(end)s.", start=_moment(starts_at), end=_moment(ends_at))


def _team_group(terms: Any) -> list[str]:
    rules = cast(TeamGroupTerms, terms)
    together = ngettext(
        "%(people)s people who pay within %(num)s hour make a team, and everybody pays the campaign price.",
        "%(people)s people who pay within %(num)s hours make a team, and everybody pays the campaign price.",
        rules.hours, people=rules.people, num=rules.hours,
    )  # fmt: skip
    incomplete = (
        _("A team whose time is over is completed by itself, and everybody in it gets the goods.")
        if rules.completes_itself
        else _("If a team stays incomplete, everybody in it gets all the money back.")
    )
    return [together, incomplete, _leader_benefit(rules)]


def _leader_benefit(rules: TeamGroupTerms) -> str:
    amount = _money(rules.leader_amount) if rules.leader_amount else ""
    if amount and rules.leader_benefit == "price":
        return _("Whoever opens a team pays %(amount)s less for each unit.", amount=amount)
    if amount and rules.leader_benefit == "reward":
        return _("Whoever opens a team gets %(amount)s back once it is complete.", amount=amount)
    return ""


def _ladder_campaign(terms: Any) -> list[str]:
    rules = cast(LadderTerms, terms)
    falls = (
        _("The more people pay, the lower the price; in the end everybody pays the last step reached.")
        if rules.counts == "people"
        else _("The more pieces are paid, the lower the price; in the end everybody pays the last step reached.")
    )
    back = _("Whoever paid more gets the difference back by itself.")
    if not rules.min_count:
        return [falls, back]
    few = (
        _("If fewer than %(count)s come together, everybody gets all the money back.", count=rules.min_count)
        if rules.below_min == "refund"
        else _("If fewer than %(count)s come together, everybody keeps the price that was paid.", count=rules.min_count)
    )
    return [falls, back, few]


def _chain_campaign(terms: Any) -> list[str]:
    rules = cast(ChainTerms, terms)
    shipped = (
        _("Orders are sent as soon as they are paid.")
        if rules.ships == "at_once"
        else _("Orders are sent when the list has ended.")
    )
    return [_("Every paid order gets the next number of the list."), shipped]


def _community(terms: Any) -> list[str]:
    rules = cast(CommunityTerms, terms)
    handed_out = ngettext(
        "Then orders are counted, and %(num)s day later the leaders hand them out at the pickup points.",
        "Then orders are counted, and %(num)s days later the leaders hand them out at the pickup points.",
        rules.delivery_days, num=rules.delivery_days,
    )  # fmt: skip
    few = _("Where too few order, everybody gets all the money back.")
    return [handed_out, few if rules.least_orders or rules.point_orders else ""]


def _presale(terms: Any) -> list[str]:
    rules = cast(PresaleTerms, terms)
    ships = _("It ships from %(day)s on.", day=_day(rules.ships_at)) if rules.ships_at else ""
    if not rules.takes_deposit or rules.opens_at is None or rules.due_at is None:
        return [_("The whole price is paid with the order."), ships]
    paid = _(
        "A deposit is paid with the order, the balance from %(opens)s to %(due)s.",
        opens=_moment(rules.opens_at), due=_moment(rules.due_at),
    )  # fmt: skip
    return [paid, _unpaid(forfeits=rules.forfeits), ships]


def _unpaid(*, forfeits: bool) -> str:
    if forfeits:
        return _("If the balance is not paid in time, the deposit stays with you.")
    return _("If the balance is not paid in time, the deposit goes back.")


def _demand_test(terms: Any) -> list[str]:
    rules = cast(DemandTestTerms, terms)
    target = formats.rate(rules.target_bps) if rules.metric == "conversion" else formats.number(rules.target)
    goal = {
        "deposits": _("The target is %(target)s paid orders.", target=target),
        "intents": _("The target is %(target)s people who want it.", target=target),
        "views": _("The target is %(target)s views of the page.", target=target),
        "conversion": _("The target is that %(target)s of the views become paid orders.", target=target),
    }[rules.metric]
    return [
        goal,
        _("If it is reached, every paid order is sent; if not, everybody gets all the money back."),
        _deposit_first(rules) if rules.deposits else "",
    ]


def _deposit_first(rules: DemandTestTerms) -> str:
    lost = _("without it the deposit stays with the store")
    back = _("without it the deposit goes back")
    return ngettext(
        "A deposit is paid first; after a go the balance can be paid for %(num)s day, %(otherwise)s.",
        "A deposit is paid first; after a go the balance can be paid for %(num)s days, %(otherwise)s.",
        rules.balance_days, num=rules.balance_days, otherwise=lost if rules.forfeits else back,
    )  # fmt: skip


def _flash_sale(terms: Any) -> list[str]:
    return [
        _("The price holds until then, or until what there is of it is gone."),
        _("Orders are sent as soon as they are paid."),
    ]


RULES: dict[str, Callable[[Terms], list[str]]] = {
    "team_group": _team_group,
    "ladder_campaign": _ladder_campaign,
    "chain_campaign": _chain_campaign,
    "community": _community,
    "presale": _presale,
    "demand_test": _demand_test,
    "flash_sale": _flash_sale,
}


def _money(amount: int) -> str:
    return formats.money(amount, tenants.current().currency, trim=True)


def _zone() -> ZoneInfo:
    return ZoneInfo(tenants.current().time_zone)


def _moment(moment: datetime) -> str:
    return formats.date_time(moment, current_locale.get(), _zone())


def _day(moment: datetime | date) -> str:
    return formats.date(moment, current_locale.get(), _zone())
