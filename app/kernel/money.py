"""Money is an integer of minor units and a currency; this is the arithmetic that may be done with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from app.kernel.i18n import N_

BASIS_POINTS = 10_000
LARGEST_AMOUNT = 10**14  # A trillion units: larger numbers are typing errors, and bigint still holds sums of these.
TYPED = re.compile(r"(?P<whole>\d{1,3}(?:,\d{3})+|\d+)?(?:\.(?P<part>\d*))?")


@dataclass(frozen=True, slots=True)
class Currency:
    """`exponent` digits are stored (ISO 4217); `shown` digits are printed, unless the amount has odd minor units."""

    code: str
    exponent: int
    shown: int
    symbol: str

    @property
    def step(self) -> int:
        """The smallest amount people pay with, in minor units: a whole dollar of TWD is 100."""
        return int(10 ** (self.exponent - self.shown))

    @property
    def unit(self) -> int:
        """One unit of the currency in minor units."""
        return int(10**self.exponent)


CURRENCIES = {
    currency.code: currency
    for currency in (
        Currency("CNY", 2, 2, "¥"),
        Currency("TWD", 2, 0, "NT$"),
        Currency("HKD", 2, 2, "HK$"),
        Currency("SGD", 2, 2, "S$"),
        Currency("MYR", 2, 2, "RM"),
        Currency("USD", 2, 2, "US$"),
        Currency("JPY", 0, 0, "JP¥"),
    )
}


class InvalidAmount(ValueError):
    """Not an amount of this currency. `message` is an English msgid for the field."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def parse_amount(text: str, currency: str) -> int:
    """What a person typed, in minor units: `43.90` of CNY is 4390. Full-width digits and the symbol are understood."""
    known = CURRENCIES[currency]
    plain = unicodedata.normalize("NFKC", text).strip().removeprefix(known.symbol).lstrip("$¥ ")
    match = TYPED.fullmatch(plain)
    if not match or not (match["whole"] or match["part"]):
        raise InvalidAmount(N_("Enter an amount like 43.90."))
    part = (match["part"] or "").rstrip("0")
    if len(part) > known.exponent:
        raise InvalidAmount(N_("This currency does not have that many decimals."))
    whole = int((match["whole"] or "0").replace(",", ""))
    amount = whole * int(10**known.exponent) + int(part.ljust(known.exponent, "0") or 0)
    if amount > LARGEST_AMOUNT:
        raise InvalidAmount(N_("This amount is too large."))
    return amount


def plain_amount(amount: int, currency: str) -> str:
    """The amount as a form field shows it: no symbol, no separators, all decimals."""
    exponent = CURRENCIES[currency].exponent
    sign, digits = "-" * (amount < 0), str(abs(amount)).rjust(exponent + 1, "0")
    return f"{sign}{digits[:-exponent]}.{digits[-exponent:]}" if exponent else f"{sign}{digits}"


def spread(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """`total` divided over lines in proportion to `weights`, to the last minor unit.

    Largest remainder: every line first gets its floor, then the odd units go to the largest remainders, the earlier
    line first when they tie. Lines that weigh nothing share alike only when all of them do.
    """
    if not weights:
        raise ValueError("there is no line to spread over")
    if any(weight < 0 for weight in weights):
        raise ValueError("a weight is negative")
    if total < 0:
        return tuple(-share for share in spread(-total, weights))
    weights = weights if any(weights) else [1] * len(weights)
    whole = sum(weights)
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda line: (-(total * weights[line] % whole), line))
    for line in by_remainder[: total - sum(shares)]:
        shares[line] += 1
    return tuple(shares)


def floor_share(base: int, bps: int) -> int:
    """A share of `base` in basis points, rounded down, so shares together never exceed what was promised."""
    return base * bps // BASIS_POINTS
