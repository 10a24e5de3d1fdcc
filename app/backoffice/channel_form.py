"""The forms of a channel: what was typed, and what it means in minor units and basis points."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from app.backoffice.settings import basis_points, percent
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.kernel.money import InvalidAmount, parse_amount, plain_amount
from app.links import Rates

Values = Mapping[str, str]


class Draft(NamedTuple):
    name: str
    note: str
    rates: Rates


def read_draft(values: Values, currency: str) -> Draft:
    """Empty rates cost nothing. Raises InvalidInput naming every field that cannot be read."""
    wrong: dict[str, str] = {}
    rates = Rates(
        click_amount=_amount(values, "click_amount", currency, wrong),
        order_amount=_amount(values, "order_amount", currency, wrong),
        sale_bps=basis_points(values.get("sale_bps", "").strip() or "0", "sale_bps", wrong),
    )
    if wrong:
        raise InvalidInput(wrong)
    return Draft(values.get("name", "").strip(), values.get("note", "").strip(), rates)


def values_of(name: str, note: str, rates: Rates, currency: str) -> Values:
    def amount(value: int) -> str:
        return plain_amount(value, currency) if value else ""

    return {
        "name": name, "note": note, "click_amount": amount(rates.click_amount),
        "order_amount": amount(rates.order_amount), "sale_bps": percent(rates.sale_bps) if rates.sale_bps else "",
    }  # fmt: skip


def read_spend(values: Values, currency: str, today: date) -> tuple[date, int, str]:
    """A minus in front takes back what was entered wrongly. Raises InvalidInput."""
    wrong: dict[str, str] = {}
    text = values.get("amount", "").strip()
    amount = _amount({"amount": text.lstrip("-−")}, "amount", currency, wrong)
    try:
        day = date.fromisoformat(values.get("spent_on", ""))
    except ValueError:
        day = today
        wrong["spent_on"] = N_("Choose a day.")
    if day > today:
        wrong["spent_on"] = N_("Not a day that is still to come.")
    if wrong:
        raise InvalidInput(wrong)
    return day, -amount if text.startswith(("-", "−")) else amount, values.get("note", "").strip()


def _amount(values: Values, field: str, currency: str, wrong: dict[str, str]) -> int:
    text = values.get(field, "").strip()
    try:
        return parse_amount(text, currency) if text else 0
    except InvalidAmount as error:
        wrong[field] = error.message
        return 0
