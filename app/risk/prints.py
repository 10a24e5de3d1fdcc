"""What identifies a person, written one way: e-mail, phone, address. Matching needs no more than a keyed digest of it.

Rules without a world around them, except that the digest's key is the store's: the same phone leaves another digest in
another store, so nobody can be followed from one to the next.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Any, Literal

import tenants
from infra import crypto

Kind = Literal["account", "email", "phone", "address", "building", "device", "payer", "payout"]
CALLING_CODES = {
    "CN": "86", "TW": "886", "HK": "852", "MO": "853", "SG": "65", "MY": "60", "JP": "81", "KR": "82", "TH": "66",
    "US": "1", "CA": "1", "GB": "44", "AU": "61", "NZ": "64", "DE": "49", "FR": "33",
}  # fmt: skip
SHORTEST_PHONE = 7
ALIKE = 0.9
_NOISE = re.compile(r"[\W_]+")
# A unit inside a house: floor, room, flat. What stands before it, or behind it, is the house.
_UNIT = re.compile(
    r"\d+\s*(?:单元|單元)\s*[a-z0-9-]*\s*(?:室|房|户|戶)?|[a-z0-9-]*\d\s*(?:室|房|户|戶)|\d+\s*(?:层|層|楼|樓)(?:之\s*\d+)?"
    r"|(?<=[号號栋棟座])\s*之?\s*[a-z]?\d[\d-]*(?!\s*[\d号號栋棟座])\s*(?:室|房|户|戶)?|#\s*[a-z0-9-]+"
    r"|\b(?:apt|apartment|unit|flat|room|rm|suite|ste|floor|fl)\b\.?\s*#?\s*[a-z0-9-]+|\b\d+(?:st|nd|rd|th)\s+floor\b"
)


def digest(kind: Kind, text: str) -> bytes:
    """Of one kind in this store. Who pays and whom we pay are told by the same names, so they compare."""
    purpose = "payer" if kind == "payout" else kind
    return crypto.fingerprint(text, tenant_id=tenants.current().id, purpose=f"risk.{purpose}")


def mailbox(email: str) -> str:
    """The box a mail ends up in: a `+tag` is the same box, and so are the dots of Gmail."""
    name, _, host = _plain(email).strip().rpartition("@")
    if not name or not host:
        return ""
    name = name.partition("+")[0] or name
    if host in ("gmail.com", "googlemail.com"):
        name, host = name.replace(".", ""), "gmail.com"
    return f"{name}@{host}"


def phone(number: str, country: str = "") -> str:
    """The number within its country, however its prefix was typed. Empty for what is too short to tell people apart."""
    text = _plain(number).strip()
    digits = re.sub(r"\D", "", text)
    abroad = text.startswith("+") or digits.startswith("00")
    digits = digits.removeprefix("00")
    codes = [CALLING_CODES[country]] if country in CALLING_CODES else []
    codes += sorted(set(CALLING_CODES.values()), key=len, reverse=True) if abroad else ["86", "886"]
    for code in codes:
        if digits.startswith(code) and len(digits) - len(code) >= (SHORTEST_PHONE if abroad else 9):
            digits = digits.removeprefix(code)
            break
    digits = digits.lstrip("0")
    return digits if len(digits) >= SHORTEST_PHONE else ""


def address(ship_to: Mapping[str, Any]) -> str:
    """One place, whoever lives there. Empty where no number says which house it is."""
    street = _bare(str(ship_to.get("street", "")))
    return f"{_around(ship_to)}/{street}" if _names_a_house(street) else ""


def building(ship_to: Mapping[str, Any]) -> str:
    """The house without floor and room."""
    street = _bare(_UNIT.sub(" ", _plain(str(ship_to.get("street", "")))))
    return f"{_around(ship_to)}/{street}" if _names_a_house(street) else ""


def alike(one: str, other: str) -> bool:
    """Whether two names may be one person's: the same but for spaces, case and order, or for a slip in a long one.

    Short names that differ in a letter are two people: Wang Fang and Yang Fang.
    """
    first, second = _bare(one), _bare(other)
    if min(len(first), len(second)) < 2:
        return False
    if sorted(_plain(one).split()) == sorted(_plain(other).split()):
        return True
    return first[0] == second[0] and SequenceMatcher(None, first, second, autojunk=False).ratio() >= ALIKE


def _around(ship_to: Mapping[str, Any]) -> str:
    """Regions and districts are left out: some write them, some do not."""
    return f"{str(ship_to.get('country', '')).upper()}/{_bare(str(ship_to.get('city', '')))}"


def _names_a_house(street: str) -> bool:
    return any(letter.isdigit() for letter in street)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _bare(text: str) -> str:
    return _NOISE.sub("", _plain(text))
