"""The form of a freight template: regions as numbered rows, which works without script; row 0 is everywhere else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from uuid import UUID

from app import freight
from app.backoffice.product_form import Values
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.kernel.money import InvalidAmount, parse_amount, plain_amount

SPARE_ROWS = 2
MOST_ROWS = 50
ELSEWHERE = 0
_ROW = re.compile(r"country_(\d{1,3})")
_BETWEEN = re.compile(r"[,，、;；\n]")
_KILOGRAMS = re.compile(r"(\d{1,5})(?:\.(\d{1,3}))?")


def empty_values(home: str) -> Values:
    """A template to start from: one row for places near by, and everywhere else."""
    return {
        "name": "", "charged_by": "weight", "rows": "1", "country_1": home, "delivers_1": "yes", "delivers_0": "yes",
        **{f"{field}_{row}": "1" for field in ("first_units", "further_units") for row in (1, ELSEWHERE)},
    }  # fmt: skip


def values_of(template: freight.Template, currency: str) -> Values:
    """What the form shows of a saved template."""
    values = {
        "name": template.name, "charged_by": template.charged_by, "is_default": "yes" if template.is_default else "",
        "rows": str(max(len(template.regions) - 1, 1)),
    }  # fmt: skip
    for place, region in enumerate(template.regions, 1):
        row = place if region.country else ELSEWHERE
        values |= {f"{name}_{row}": text for name, text in _texts(region, template.charged_by, currency).items()}
    return values


def _texts(region: freight.Region, charged_by: str, currency: str) -> Values:
    def units(count: int) -> str:
        return freight.kilograms(count) if charged_by == "weight" else str(count)

    return {
        "country": region.country,
        "areas": "、".join(region.areas) if region.country in ("CN", "TW", "HK", "JP") else ", ".join(region.areas),
        "delivers": "yes" if region.delivers else "no",
        "first_units": units(region.first_units),
        "first_amount": plain_amount(region.first_amount, currency),
        "further_units": units(region.further_units),
        "further_amount": plain_amount(region.further_amount, currency),
        "free_from_amount": plain_amount(region.free_from_amount, currency) if region.free_from_amount else "",
        "free_from_pieces": str(region.free_from_pieces or ""),
    }


def rows_of(values: Mapping[str, str]) -> range:
    """Numbers of the rows to show above everywhere else: those sent or asked for, bounded."""
    numbers = [int(match[1]) for name in values if (match := _ROW.fullmatch(name))]
    rows = values.get("rows", "")
    asked = int(rows[:4]) if rows.isdecimal() else 1
    return range(1, min(max([asked, *numbers]), MOST_ROWS) + 1)


def more_rows(values: Values) -> None:
    values["rows"] = str(len(rows_of(values)) + SPARE_ROWS)


def read_template(values: Mapping[str, str], currency: str, known: UUID | None = None) -> freight.Template:
    """Rows without a country, and those to be removed, are left out. Raises InvalidInput naming the fields."""
    charged_by = next((one for one in freight.CHARGED_BY if one == values.get("charged_by")), None)
    wrong: dict[str, str] = {} if charged_by else {"charged_by": N_("Choose one of the offered values.")}
    used = [
        row for row in rows_of(values)
        if values.get(f"country_{row}") in freight.COUNTRIES and values.get(f"remove_{row}") != "yes"
    ]  # fmt: skip
    read = _Reader(values, currency, charged_by or "flat", wrong)
    regions = tuple(read.region(row) for row in (*used, ELSEWHERE))
    if wrong:
        raise InvalidInput(wrong)
    name = values.get("name", "").strip()
    is_default = values.get("is_default") == "yes"
    return freight.Template(known, name, charged_by or "flat", regions, is_default)


class _Reader:
    """Texts of one row into numbers; what is wrong is noted under the field's name."""

    def __init__(self, values: Mapping[str, str], currency: str, charged_by: str, wrong: dict[str, str]) -> None:
        self.values, self.currency, self.charged_by, self.wrong = values, currency, charged_by, wrong

    def region(self, row: int) -> freight.Region:
        areas = (area.strip() for area in _BETWEEN.split(self.values.get(f"areas_{row}", "")))
        return freight.Region(
            country=self.values.get(f"country_{row}", "") if row else "",
            areas=tuple(filter(None, areas)) if row else (),
            delivers=self.values.get(f"delivers_{row}") != "no",
            first_units=self._units(f"first_units_{row}"),
            first_amount=self._amount(f"first_amount_{row}") or 0,
            further_units=self._units(f"further_units_{row}"),
            further_amount=self._amount(f"further_amount_{row}") or 0,
            free_from_amount=self._amount(f"free_from_amount_{row}"),
            free_from_pieces=self._count(f"free_from_pieces_{row}"),
        )

    def _text(self, field: str) -> str:
        return self.values.get(field, "").strip()

    def _units(self, field: str) -> int:
        """Left empty it is one piece, or one kilogram."""
        if self.charged_by == "weight":
            return self._grams(field)
        count = self._count(field) if self.charged_by == "piece" else None
        return 1 if count is None else count

    def _grams(self, field: str) -> int:
        grams = as_grams(self._text(field) or "1")
        if grams is None:
            self.wrong[field] = N_("Enter kilograms like 0.5.")
        return grams or 0

    def _count(self, field: str) -> int | None:
        text = self._text(field)
        if not text:
            return None
        if not text.isascii() or not text.isdecimal() or len(text) > 8:
            self.wrong[field] = N_("Enter a whole number.")
            return None
        return int(text)

    def _amount(self, field: str) -> int | None:
        text = self._text(field)
        try:
            return parse_amount(text, self.currency) if text else None
        except InvalidAmount as error:
            self.wrong[field] = error.message
            return None


def as_grams(text: str) -> int | None:
    """Kilograms as typed, `0.5`; None when it is no such number."""
    match = _KILOGRAMS.fullmatch(text.strip())
    return int(match[1]) * 1000 + int((match[2] or "").ljust(3, "0")) if match else None
