"""Options of a product: up to three names, and one value of each on every variant row."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.catalog.csv_products import ProductReader
    from app.catalog.csv_rows import Row

ALL = (1, 2, 3)
VALUE_LENGTH = 255


def read_option_names(reader: ProductReader) -> tuple[str, ...]:
    """The names on the product's rows. "Title: Default Title" is how the format says that there are no options."""
    if overflow := next((row for row in reader.rows if row["option4_name"] or row["option4_value"]), None):
        reader.error(overflow, "option4_name", "csv.too_many_options", allowed=reader.limits.options)
    used = [number for number in ALL if any(row[f"option{number}_value"] for row in reader.rows)]
    names = tuple(reader.first(f"option{number}_name") or f"Option {number}" for number in used)
    only_default = all(row["option1_value"].casefold() in ("", "default title") for row in reader.rows)
    if used == [1] and only_default:
        return ()
    for number, name in zip(used, names, strict=True):
        if len(name) > VALUE_LENGTH:
            reader.error(reader.rows[0], f"option{number}_name", "csv.too_long", value=name[:40], allowed=VALUE_LENGTH)
    return names


def read_option_values(reader: ProductReader, row: Row, names: tuple[str, ...]) -> tuple[str, ...]:
    """The values of one variant; an empty cell repeats the product's first row."""
    if not names:
        return ()
    values = []
    used = [number for number in ALL if any(other[f"option{number}_value"] for other in reader.rows)]
    for number, name in zip(used, names, strict=True):
        field = f"option{number}_value"
        value = row[field] or reader.rows[0][field]
        if not value:
            reader.error(row, field, "csv.option_without_value", option=name[:60])
        elif len(value) > VALUE_LENGTH:
            reader.error(row, field, "csv.too_long", value=value[:40], allowed=VALUE_LENGTH)
        values.append(value)
    return tuple(values)
