"""Deposits of a campaign's goods, as a form asks for them: two fields below each item's price."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tenants
from app.backoffice.campaign_kind import Values, Wrong, share_of_price
from app.kernel.i18n import N_
from app.kernel.money import InvalidAmount, parse_amount, plain_amount

USUAL_SHARE = 20  # percent of the price


def read_deposits(values: Values, wrong: Wrong) -> tuple[dict[str, int], dict[str, int]]:
    """By variant: the deposit of a unit, and what it counts as. Both less than the price, or nothing is left to pay."""
    deposits, worth = {}, {}
    for name in values:
        if not name.startswith("price_"):
            continue
        variant = name.removeprefix("price_")
        price, deposit = _amount(name, values, {}), _amount(f"deposit_{variant}", values, wrong)
        counts = _amount(f"worth_{variant}", values, wrong)
        if deposit is None:
            wrong.setdefault(f"deposit_{variant}", N_("Enter a deposit."))
            continue
        if not 0 < deposit < (price or deposit + 1):
            wrong[f"deposit_{variant}"] = N_("The deposit must be less than the price.")
        if counts is not None and not deposit <= counts < (price or counts + 1):
            wrong[f"worth_{variant}"] = N_("It counts as at least the deposit, and as less than the price.")
        deposits[variant] = deposit
        if counts is not None:
            worth[variant] = counts
    return deposits, worth


def deposit_values(deposits: Mapping[str, int], worth: Mapping[str, int]) -> dict[str, str]:
    """What the fields show of a saved campaign."""
    currency = tenants.current().currency
    amounts = {f"deposit_{variant}": plain_amount(amount, currency) for variant, amount in deposits.items()}
    return amounts | {f"worth_{variant}": plain_amount(amount, currency) for variant, amount in worth.items()}


def start_deposit(row: Mapping[str, Any], currency: str) -> dict[str, str]:
    """A new row starts with a fifth of the price."""
    deposit = share_of_price(row["price_amount"], USUAL_SHARE, currency)
    return {f"deposit_{row['variant']}": plain_amount(deposit, currency)}


def _amount(field: str, values: Values, wrong: Wrong) -> int | None:
    text = values.get(field, "").strip()
    try:
        return parse_amount(text, tenants.current().currency) if text else None
    except InvalidAmount as error:
        wrong[field] = error.message
        return None
