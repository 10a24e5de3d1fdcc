"""Names of places as people write them: 江苏 is 江苏省, and 臺北市 is 台北市."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from app.kernel.i18n import N_

# Where stores deliver to, and what each is called.
COUNTRIES = {
    "CN": N_("Mainland China"), "TW": N_("Taiwan"), "HK": N_("Hong Kong"), "SG": N_("Singapore"), "MY": N_("Malaysia"),
    "US": N_("United States"), "JP": N_("Japan"),
}  # fmt: skip
HOMES = {"CNY": "CN", "TWD": "TW", "HKD": "HK", "SGD": "SG", "MYR": "MY", "USD": "US", "JPY": "JP"}
# What a name may end with or lack. Longer ones first; the rest of a name never gets shorter than two characters.
ENDINGS = (
    "维吾尔自治区", "壮族自治区", "回族自治区", "特别行政区", "特別行政區", "自治区", "province", "prefecture",
    "city", "county", "省", "市", "縣", "县", "區", "区", "都", "府", "県",
)  # fmt: skip
SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a parcel goes, as far as it is known: a country alone is the start of an address."""

    country: str
    names: tuple[str, ...] = ()

    @classmethod
    def of(cls, address: Mapping[str, object]) -> Destination:
        """From the parts of an address; which of them are filled in depends on the country."""
        parts = (str(address.get(name) or "") for name in ("region", "city", "district"))
        return cls(str(address.get("country") or ""), tuple(filter(None, map(plain, parts))))

    def lies_in(self, area: str) -> bool:
        return any(same_place(plain(area), name) for name in self.names)


def home_of(currency: str) -> str:
    """The country a store that sells in this currency delivers in, until it says otherwise."""
    return HOMES.get(currency, "CN")


def plain(name: str) -> str:
    """Without spaces, widths and variants of one character that nobody means to distinguish."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split()).replace("臺", "台")


def same_place(one: str, other: str) -> bool:
    """Equal, or only one of the two says what kind of place it is; so 新竹市 is 新竹, but never 新竹縣."""
    return one == other or short(one) == other or one == short(other)


def short(name: str) -> str:
    """The name without its ending: 江苏 for 江苏省."""
    for ending in ENDINGS:
        if name.endswith(ending) and len(name) - len(ending) >= SHORTEST:
            return name.removesuffix(ending)
    return name
