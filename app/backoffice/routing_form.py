"""The rules of routing as a form shows and reads them: one name for each box, rows by number."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import tenants
from app import freight
from app.fulfillment import CRITERIA, Area, HoldRules, Pin, Preference, RoutingPolicy, Rules
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.kernel.money import InvalidAmount, parse_amount, plain_amount

SPARE_ROWS = 2
MOST_ROWS = 200
LONGEST_NOTE = 200
MOST_SIMULATED = 20
KNOWN = """
SELECT DISTINCT ON (asked) asked, product.id FROM unnest($1::text[]) AS asked
JOIN product ON product.handle = asked OR EXISTS (
    SELECT 1 FROM variant WHERE variant.product = product.id AND variant.sku = asked)
ORDER BY asked, product.id
"""
HANDLES = "SELECT id, handle FROM product WHERE id = ANY($1::uuid[])"

Values = dict[str, str]


async def values_of(policy: RoutingPolicy, currency: str) -> Values:
    rules, holds = policy.rules, policy.holds
    rows = await tenants.connection().fetch(HANDLES, [pin.product for pin in rules.pins])
    handles = {row["id"]: row["handle"] for row in rows}
    values = {f"criterion_{at}": name for at, name in enumerate(rules.criteria, 1)}
    for at, one in enumerate(rules.preferences, 1):
        values |= {
            f"area_{at}": f"{one.country} {one.region}".strip(), f"sender_{at}": str(one.warehouse),
            f"never_{at}": "never" if one.never else "prefer",
        }  # fmt: skip
    for at, pin in enumerate(rules.pins, 1):
        values |= {f"product_{at}": handles.get(pin.product, ""), f"home_{at}": str(pin.warehouse)}
    return values | {
        "seen": str(policy.version),
        "most_parcels": str(rules.most_parcels),
        "bad_address": "yes" if holds.bad_address else "",
        "fraud": "yes" if holds.fraud else "",
        "blocked": "\n".join(f"{area.country} {area.region}".strip() for area in holds.blocked),
        "from_amount": _plain(holds.from_amount, currency),
        "first_from_amount": _plain(holds.first_from_amount, currency),
        "cooling_minutes": str(holds.cooling_minutes or ""),
        "shorts": policy.shorts,
    }


def _plain(amount: int | None, currency: str) -> str:
    return "" if amount is None else plain_amount(amount, currency)


def rows_in(values: Mapping[str, str], name: str) -> list[int]:
    """Numbers of the rows to show: those with something in them, and some spare ones."""
    filled = [at for at in range(1, MOST_ROWS + 1) if values.get(f"{name}_{at}", "").strip()]
    return list(range(1, min(max(filled, default=0) + SPARE_ROWS, MOST_ROWS) + 1))


async def read_policy(values: Mapping[str, str], currency: str, warehouses: set[UUID]) -> RoutingPolicy:
    """Raises InvalidInput naming every box that cannot be."""
    wrong: dict[str, str] = {}
    rules = Rules(
        criteria=tuple(values.get(f"criterion_{at}", "") for at in range(1, len(CRITERIA) + 1)),
        most_parcels=_whole(values, "most_parcels", wrong),
        preferences=_preferences(values, currency, warehouses, wrong),
        pins=await _pins(values, warehouses, wrong),
    )
    holds = HoldRules(
        bad_address=values.get("bad_address") == "yes",
        fraud=values.get("fraud") == "yes",
        blocked=_areas(values, currency, wrong),
        from_amount=_amount(values, "from_amount", currency, wrong),
        first_from_amount=_amount(values, "first_from_amount", currency, wrong),
        cooling_minutes=_whole(values, "cooling_minutes", wrong),
    )
    if wrong:
        raise InvalidInput(wrong)
    note = values.get("note", "").strip()[:LONGEST_NOTE]
    return RoutingPolicy(rules=rules, holds=holds, shorts=values.get("shorts", ""), note=note)


def _whole(values: Mapping[str, str], name: str, wrong: dict[str, str]) -> int:
    text = values.get(name, "").strip() or "0"
    if text.isascii() and text.isdecimal() and len(text) < 6:
        return int(text)
    wrong[name] = N_("Enter a whole number.")
    return 0


def _amount(values: Mapping[str, str], name: str, currency: str, wrong: dict[str, str]) -> int | None:
    text = values.get(name, "").strip()
    if not text:
        return None
    try:
        return parse_amount(text, currency)
    except InvalidAmount as refusal:
        wrong[name] = str(refusal.args[0]) if refusal.args else N_("Enter an amount like 43.90.")
        return None


def area_of(text: str, currency: str) -> Area | None:
    """`CN 西藏`, `西藏` in the store's own country, or `TW` for all of it."""
    first, _gap, rest = text.strip().partition(" ")
    if first.upper() in freight.COUNTRIES:
        return Area(first.upper(), rest.strip())
    return Area(freight.home_of(currency), text.strip()) if text.strip() else None


def _areas(values: Mapping[str, str], currency: str, wrong: dict[str, str]) -> tuple[Area, ...]:
    found = tuple(area for line in values.get("blocked", "").splitlines() if (area := area_of(line[:80], currency)))
    return tuple(dict.fromkeys(found))


def _place(values: Mapping[str, str], name: str, warehouses: set[UUID], wrong: dict[str, str]) -> UUID | None:
    try:
        place = UUID(values.get(name, ""))
    except ValueError:
        place = None
    if place not in warehouses:
        wrong[name] = N_("Choose a warehouse.")
        return None
    return place


def _preferences(
    values: Mapping[str, str], currency: str, warehouses: set[UUID], wrong: dict[str, str]
) -> tuple[Preference, ...]:
    found = []
    for at in rows_in(values, "area"):
        area = area_of(values.get(f"area_{at}", "")[:80], currency)
        if area and (place := _place(values, f"sender_{at}", warehouses, wrong)):
            found.append(Preference(area.country, area.region, place, never=values.get(f"never_{at}") == "never"))
    return tuple(dict.fromkeys(found))


async def _pins(values: Mapping[str, str], warehouses: set[UUID], wrong: dict[str, str]) -> tuple[Pin, ...]:
    asked = {at: text for at in rows_in(values, "product") if (text := values.get(f"product_{at}", "").strip()[:120])}
    rows = await tenants.connection().fetch(KNOWN, list(asked.values()))
    products = {row["asked"]: row["id"] for row in rows}
    found = []
    for at, text in asked.items():
        if text not in products:
            wrong[f"product_{at}"] = N_("No product has this SKU or address.")
        elif place := _place(values, f"home_{at}", warehouses, wrong):
            found.append(Pin(products[text], place))
    return tuple(found)


def read_units(text: str) -> dict[str, int]:
    """`SKU 2` on each line; without a number it is one. Raises InvalidInput."""
    units: dict[str, int] = {}
    for line in text.splitlines()[:MOST_SIMULATED]:
        sku, _gap, many = line.strip().replace("×", " ").rpartition(" ")
        if not (sku and many.isascii() and many.isdecimal() and 0 < int(many[:6]) < 100_000):
            sku, many = line.strip(), "1"
        if sku:
            units[sku.strip()] = units.get(sku.strip(), 0) + int(many)
    if not units:
        raise InvalidInput({"sim_lines": N_("Write one SKU on each line, and how many.")})
    return units
