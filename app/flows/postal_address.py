"""Which parts an address has, country by country, and in which order people there write them.

Not a flow: the forms of shoppers and of the store both ask by it, and both check by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import msgspec

from app import customers, freight
from app.kernel.i18n import N_


@dataclass(frozen=True, slots=True)
class Part:
    """One field of an address; `auto` is what browsers call it, `missing` what is said when it was left out."""

    name: str
    label: str
    auto: str
    missing: str
    required: bool = True


STREET = Part(
    "street", N_("Street, building, unit"), "street-address", N_("Enter the street, the building and the unit.")
)
POSTAL = Part("postal_code", N_("Postal code"), "postal-code", N_("Enter the postal code."))
STATE = Part("region", N_("State or province"), "address-level1", N_("Enter the state or province."))
CITY = Part("city", N_("City"), "address-level2", N_("Enter the city."))
DISTRICT = Part("district", N_("District"), "address-level2", N_("Enter the district."))

COUNTRIES: Mapping[str, tuple[str, tuple[Part, ...]]] = {
    "CN": (freight.COUNTRIES["CN"], (
        Part("region", N_("Province"), "address-level1", N_("Enter the province.")), CITY,
        replace(DISTRICT, auto="address-level3"), STREET,
    )),
    "TW": (freight.COUNTRIES["TW"], (
        replace(POSTAL, required=False),
        Part("city", N_("City or county"), "address-level1", N_("Enter the city or county.")), DISTRICT, STREET,
    )),
    "HK": (freight.COUNTRIES["HK"], (DISTRICT, STREET)),
    "SG": (freight.COUNTRIES["SG"], (STREET, POSTAL)),
    "MY": (freight.COUNTRIES["MY"], (STREET, POSTAL, CITY, STATE)),
    "US": (freight.COUNTRIES["US"], (STREET, CITY, STATE, POSTAL)),
    "JP": (freight.COUNTRIES["JP"], (
        POSTAL, Part("region", N_("Prefecture"), "address-level1", N_("Enter the prefecture.")), CITY, STREET,
    )),
}  # fmt: skip
LONGEST = 160


class AddressForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Everything an address may have; which of it is needed depends on the country."""

    recipient: str = ""
    phone: str = ""
    country: str = "CN"
    region: str = ""
    city: str = ""
    district: str = ""
    street: str = ""
    postal_code: str = ""


def country_of(currency: str) -> str:
    """Where a store that sells in this currency delivers, until it says otherwise."""
    return freight.home_of(currency)


def parts_of(country: str) -> tuple[Part, ...]:
    return COUNTRIES.get(country, COUNTRIES["CN"])[1]


def place_of(values: Mapping[str, object]) -> dict[str, str] | None:
    """As much of an address as decides the freight: the country and the names below it; None while they are missing."""
    country = str(values.get("country") or "")
    names = [part.name for part in parts_of(country) if part.name in ("region", "city", "district")]
    place = {name: str(values.get(name) or "") for name in names}
    return {"country": country, **place} if country and (any(place.values()) or not names) else None


def check_address(form: AddressForm) -> dict[str, str]:
    """Field name to what is wrong with it."""
    wrong: dict[str, str] = {}
    if form.country not in COUNTRIES:
        wrong["country"] = N_("The store does not deliver there.")
    if not form.recipient:
        wrong["recipient"] = N_("Who takes the parcel?")
    digits = sum(letter.isdigit() for letter in form.phone)
    if not 7 <= digits <= 15:
        wrong["phone"] = N_("The courier needs a phone number with all its digits.")
    for part in parts_of(form.country):
        value = getattr(form, part.name)
        if part.required and not value:
            wrong[part.name] = part.missing
        elif len(value) > LONGEST:
            wrong[part.name] = N_("This is too long for a parcel label.")
    return wrong


def as_ship_to(form: AddressForm) -> dict[str, str]:
    """The address as it is kept with an order: only what was filled in."""
    names = ("recipient", "phone", "country", "region", "city", "district", "street", "postal_code")
    return {name: getattr(form, name)[:LONGEST] for name in names if getattr(form, name)}


def as_customer_address(form: AddressForm, *, is_default: bool) -> customers.Address:
    return msgspec.convert({**as_ship_to(form), "is_default": is_default}, customers.Address)


def in_lines(address: Mapping[str, str]) -> str:
    """One line for people: from large to small where that is the custom."""
    large_first = address.get("country") in ("CN", "TW", "HK", "JP")
    names = ("postal_code", "region", "city", "district", "street")
    filled = [address[name] for name in (names if large_first else names[::-1]) if address.get(name)]
    return " ".join(filled) if large_first else ", ".join(filled)
