"""A pre-sale in the back office: deposit or whole price, the balance's window, the day it ships, how far orders are.

Of each item the form asks what the deposit is and what it counts as.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import tenants
from app import presale
from app.backoffice.campaign_kind import KindForm, Values, Wrong
from app.backoffice.deposit_fields import deposit_values, read_deposits, start_deposit
from app.group_buying import Campaign, Item, PresaleTerms, Terms
from app.kernel.clock import now
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.kernel.i18n import gettext as _

MOMENT = N_("Enter a day and a time like 2026-11-30 20:00.")
NEEDED = N_("This is needed.")
OPENS, DUE, SHIPS = timedelta(days=7), timedelta(days=10), timedelta(days=17)


class PresaleForm(KindForm):
    hours = 24 * 7

    @property
    def start(self) -> Mapping[str, str]:  # type: ignore[override]
        """A week of deposits, three days for the balance, sent a week later."""
        moments = {"opens_at": OPENS, "due_at": DUE, "ships_at": SHIPS}
        return {"pays": "deposit", "at_timeout": "refund"} | {name: _local(now() + at) for name, at in moments.items()}

    def terms(self, kind: str, values: Values, wrong: Wrong) -> Terms:
        ships_at = _moment("ships_at", values, wrong)
        if values.get("pays") == "full":
            return PresaleTerms(ships_at=ships_at)
        opens_at, due_at = _moment("opens_at", values, wrong), _moment("due_at", values, wrong)
        if opens_at and due_at and due_at <= opens_at:
            wrong["due_at"] = N_("The balance must be due after it opens.")
        if ships_at and opens_at and ships_at < opens_at:
            wrong["ships_at"] = N_("It cannot ship before the balance can be paid.")
        deposits, worth = read_deposits(values, wrong)
        return PresaleTerms(
            ships_at=ships_at, opens_at=opens_at, due_at=due_at, deposits=deposits, worth=worth,
            forfeits=values.get("at_timeout") == "forfeit",
        )  # fmt: skip

    def values(self, campaign: Campaign) -> dict[str, str]:
        terms = campaign.terms
        if not isinstance(terms, PresaleTerms):
            return {}
        return {
            "pays": "deposit" if terms.deposits else "full", "at_timeout": "forfeit" if terms.forfeits else "refund",
            "opens_at": _local(terms.opens_at), "due_at": _local(terms.due_at), "ships_at": _local(terms.ships_at),
            **deposit_values(terms.deposits, terms.worth),
        }  # fmt: skip

    def start_item(self, row: Mapping[str, Any], currency: str) -> dict[str, str]:
        return super().start_item(row, currency) | start_deposit(row, currency)

    async def page(self, campaign: Campaign, items: Sequence[Item]) -> dict[str, Any]:
        counts = await presale.count_states(campaign.id)
        return {
            "counts": counts, "presale_words": presale.words,
            "waiting": sum(each.orders for each in counts if each.status not in ("confirmed", "closed")),
            "kept_amount": sum(each.deposit_amount for each in counts if each.outcome == "forfeited"),
            "end_words": _("Nobody can join any more. Orders that were placed keep what they were promised."),
            "new_day": _local(getattr(campaign.terms, "ships_at", None)),
        }  # fmt: skip


def read_day(values: Values) -> datetime:
    """The moment a form moves the shipping to. Raises InvalidInput."""
    wrong: Wrong = {}
    moment = _moment("ships_at", values, wrong)
    if moment and moment <= now():
        wrong["ships_at"] = N_("Choose a day that lies ahead, or say that the goods are there.")
    if wrong or moment is None:
        raise InvalidInput(wrong)
    return moment


def _moment(field: str, values: Values, wrong: Wrong) -> datetime | None:
    text = values.get(field, "").strip()
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        wrong[field] = MOMENT
        return None
    if moment is None:
        wrong[field] = NEEDED
        return None
    return moment.replace(tzinfo=ZoneInfo(tenants.current().time_zone))


def _local(moment: datetime | None) -> str:
    return moment.astimezone(ZoneInfo(tenants.current().time_zone)).strftime("%Y-%m-%dT%H:%M") if moment else ""
