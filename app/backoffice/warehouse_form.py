"""The facts of a warehouse as a form shows and reads them: where it stands, what a parcel costs, its hours."""

from __future__ import annotations

import re
from collections.abc import Mapping

from app import freight
from app.fulfillment import Described, WarehouseFacts
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.kernel.money import InvalidAmount, parse_amount, plain_amount

LONGEST_NAME, LONGEST_CODE, LONGEST_REGION = 60, 60, 60
_NEEDED = N_("This is needed.")
_TOO_LONG = N_("This is too long.")
_CHOOSE = N_("Choose one of these.")
_NOT_WHOLE = N_("Enter a whole number within the allowed range.")
_NOT_A_TIME = N_("Enter a time like 16:30.")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
POSITIONS = range(1000)


def values_of(warehouse: WarehouseFacts, currency: str) -> dict[str, str]:
    """What the form shows of a saved warehouse."""
    cutoff = warehouse.cutoff_minute
    return dict(warehouse.settings) | {
        "name": warehouse.name,
        "code": warehouse.code,
        "country": warehouse.country,
        "region": warehouse.region,
        "position": str(warehouse.position),
        "parcel_amount": plain_amount(warehouse.parcel_amount, currency) if warehouse.parcel_amount else "",
        "cutoff": "" if cutoff is None else f"{cutoff // 60:02d}:{cutoff % 60:02d}",
    }


def read_facts(values: Mapping[str, str], currency: str) -> tuple[Described, dict[str, str]]:
    """What was typed, and what is wrong with it by field."""
    said = {name: values.get(name, "").strip() for name in ("name", "code", "country", "region")}
    wrong = {} if said["name"] else {"name": _NEEDED}
    for name, longest in (("name", LONGEST_NAME), ("code", LONGEST_CODE), ("region", LONGEST_REGION)):
        if len(said[name]) > longest:
            wrong[name] = _TOO_LONG
    if said["country"] and said["country"] not in freight.COUNTRIES:
        wrong["country"] = _CHOOSE
    position = values.get("position", "").strip() or "0"
    if not (position.isascii() and position.isdecimal() and int(position) in POSITIONS):
        wrong["position"], position = _NOT_WHOLE, "0"
    amount = _amount(values.get("parcel_amount", "").strip(), currency, wrong)
    cutoff = _minute(values.get("cutoff", "").strip(), wrong)
    return Described(**said, position=int(position), parcel_amount=amount, cutoff_minute=cutoff), wrong


def raise_if(wrong: Mapping[str, str]) -> None:
    if wrong:
        raise InvalidInput(dict(wrong))


def _amount(text: str, currency: str, wrong: dict[str, str]) -> int:
    try:
        return parse_amount(text, currency) if text else 0
    except InvalidAmount as refusal:
        wrong["parcel_amount"] = refusal.message
        return 0


def _minute(text: str, wrong: dict[str, str]) -> int | None:
    if not text:
        return None
    match = _TIME.fullmatch(text)
    if match is None:
        wrong["cutoff"] = _NOT_A_TIME
        return None
    return int(match[1]) * 60 + int(match[2])
