"""Cells of a product file as values: exact prices, counts, yes and no. Each raises `BadCell` with a stable code."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar

T = TypeVar("T")
ToMinor = Callable[[Decimal], int]

MAX_AMOUNT = 10**13  # Minor units; far above any price, far below what a 64-bit sum could not hold.
MAX_COUNT = 10**9
_MONEY_MARKS = re.compile(r"^(?:[^\W\d_]{1,4}\.|[^\d.,+-]{0,5})\s*|\s*[^\d.,]{0,5}$")
_POINT_DECIMALS = re.compile(r"(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?|\.\d+")
_COMMA_DECIMALS = re.compile(r"\d{1,3}(?:\.\d{3})+,\d+|\d+,\d{1,2}")
_COUNT = re.compile(r"[+-]?\d{1,12}(?:\.0*)?")
_TRUTH = {"true": True, "yes": True, "y": True, "1": True, "false": False, "no": False, "n": False, "0": False}
_POLICY = {"continue": True, "deny": False, "true": True, "false": False}
_STATUS = {"active": "active", "draft": "draft", "archived": "archived", "unlisted": "active"}
_UNITS = {"g": "g", "kg": "kg", "lb": "lb", "oz": "oz", "lbs": "lb"}


class BadCell(ValueError):
    """A cell that cannot be read; `code` and `details` fit the messages of a row error."""

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code)
        self.code, self.details = code, details


def minor_unit_reader(decimals: int) -> ToMinor:
    """A `ToMinor` for a currency with so many decimals; raises ValueError instead of rounding."""
    factor = Decimal(10) ** decimals

    def to_minor(amount: Decimal) -> int:
        minor = amount * factor
        if minor != minor.to_integral_value():
            raise ValueError(str(amount))
        return int(minor)

    return to_minor


def read_price(text: str, to_minor: ToMinor) -> int | None:
    """Minor units, exactly. Understands "1,234.50", "$12", "12,50" and "1.234,50"; anything else is refused."""
    if not text:
        return None
    figure = _MONEY_MARKS.sub("", unicodedata.normalize("NFKC", text).strip()).replace(" ", "")
    if not figure.isascii():
        raise BadCell("csv.bad_price", value=text[:40])
    if _POINT_DECIMALS.fullmatch(figure) and len(figure) <= 30:
        amount = Decimal(figure.replace(",", ""))
    elif _COMMA_DECIMALS.fullmatch(figure) and len(figure) <= 30:
        amount = Decimal(figure.replace(".", "").replace(",", "."))
    else:
        raise BadCell("csv.bad_price", value=text[:40])
    try:
        minor = to_minor(amount)
    except ValueError:
        raise BadCell("csv.too_many_decimals", value=text[:40]) from None
    if minor > MAX_AMOUNT:
        raise BadCell("csv.bad_price", value=text[:40])
    return minor


def read_count(text: str) -> int | None:
    """A whole number, possibly negative: stock can be owed."""
    if not text:
        return None
    figure = unicodedata.normalize("NFKC", text).replace(",", "").lstrip("'")
    if not (figure.isascii() and _COUNT.fullmatch(figure)) or abs(Decimal(figure)) > MAX_COUNT:
        raise BadCell("csv.bad_number", value=text[:40])
    return int(Decimal(figure))


def read_grams(text: str) -> int:
    """Weight in grams, rounded to whole ones; empty is 0."""
    figure = unicodedata.normalize("NFKC", text).replace(",", "")
    if not figure:
        return 0
    if not (figure.isascii() and re.fullmatch(r"\d{1,9}(?:\.\d*)?|\.\d+", figure) and len(figure) <= 30):
        raise BadCell("csv.bad_number", value=text[:40])
    return int(Decimal(figure).quantize(Decimal(1), ROUND_HALF_UP))


def read_flag(text: str, default: bool) -> bool:
    return _choose(text, _TRUTH, default, "true, false")


def read_oversell(text: str) -> bool:
    """What happens without stock: older files say deny or continue, newer ones false or true."""
    return _choose(text, _POLICY, False, "deny, continue")


def read_status(text: str) -> str:
    return _choose(text, _STATUS, "active", "active, draft, archived")


def read_weight_unit(text: str) -> str:
    return _choose(text, _UNITS, "g", "g, kg, lb, oz")


def read_code(text: str) -> str:
    """SKU or barcode without the apostrophe that spreadsheets need to keep leading zeros."""
    return text.removeprefix("'").strip()


def read_tags(text: str) -> tuple[str, ...]:
    """Tags in their order, each once whatever its case."""
    tags = {tag.casefold(): tag for part in reversed(text.split(",")) if (tag := part.strip()[:255])}
    return tuple(reversed(tags.values()))[:250]


def _choose(text: str, words: Mapping[str, T], default: T, choices: str) -> T:
    if not text:
        return default
    try:
        return words[text.casefold()]
    except KeyError:
        raise BadCell("csv.bad_choice", value=text[:40], choices=choices) from None
