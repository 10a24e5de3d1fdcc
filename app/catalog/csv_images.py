"""Pictures of a product: web addresses, or bare file names that are matched in a folder or zip."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from app.catalog.csv_drafts import ImageDraft
from app.catalog.csv_values import read_count

if TYPE_CHECKING:
    from app.catalog.csv_products import ProductReader
    from app.catalog.csv_rows import Row

ADDRESS_LENGTH = 2_048
ALT_LENGTH = 512
_WEB_ADDRESS = re.compile(r"(?:https?:)?//[^\s/?#]+(?:[/?#]\S*)?", re.IGNORECASE)
_FILE_NAME = re.compile(r"[^/\\:?*\"<>|\x00-\x1f]+\.(?:jpe?g|png|webp|gif)", re.IGNORECASE)


def image_address(reader: ProductReader, row: Row, field: str) -> str:
    """A usable address or file name, else "" and a warning: a bad picture is no reason to lose a product."""
    value = row[field]
    spaceless = value.replace(" ", "%20")
    if not value:
        return ""
    if len(value) <= ADDRESS_LENGTH and _WEB_ADDRESS.fullmatch(spaceless):
        return f"https:{spaceless}" if spaceless.startswith("//") else spaceless
    if len(value) <= 255 and _FILE_NAME.fullmatch(value) and not value.startswith("."):
        return value
    reader.warn(row, field, "csv.bad_image", value=value[:60])
    return ""


def collect_images(reader: ProductReader) -> tuple[ImageDraft, ...]:
    """Every picture once, by its position where the file gives one, else in file order."""
    found: dict[str, ImageDraft] = {}
    for row in reader.rows:
        url = image_address(reader, row, "image")
        if url and url not in found:
            place = reader.cell(row, "image_position", read_count, None) or len(found) + 1
            found[url] = ImageDraft(url, row["image_alt"][:ALT_LENGTH], place, row.line)
    if len(found) > reader.limits.images:
        reader.error(reader.rows[0], "image", "csv.too_many_images", allowed=reader.limits.images)
    return tuple(sorted(found.values(), key=lambda image: (image.position, image.row)))
