"""What a product file says, as plain values: drafts of products, and the problems found on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.catalog.csv_messages import MESSAGES


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file may be. Text is counted in characters, files in bytes."""

    file_bytes: int = 256 * 1024 * 1024
    cell: int = 256 * 1024
    row: int = 2 * 1024 * 1024
    columns: int = 500
    options: int = 3
    variants: int = 2_000
    images: int = 250
    scattered_rows: int = 50_000  # Rows held in memory while a product's rows are spread over the file.


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Where, what and why: `row` is the physical line on which the record starts, `message` an English msgid."""

    row: int
    column: str
    code: str
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        return MESSAGES[self.code]

    def __str__(self) -> str:
        place = f"row {self.row}, {self.column}" if self.column else f"row {self.row}"
        return f"{place}: {self.message % self.details}"


class RowError(RowProblem):
    """This product is left out; the others stay."""

    __slots__ = ()


class RowWarning(RowProblem):
    """Something was read in a way the merchant should know of; nothing is left out."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class ImageDraft:
    """A picture by its address, or by a bare file name to be matched in a folder or zip."""

    url: str
    alt: str
    position: int
    row: int


@dataclass(frozen=True, slots=True)
class VariantDraft:
    """One thing that can be bought. `option_values` runs beside the product's `option_names`."""

    row: int
    option_values: tuple[str, ...]
    sku: str
    barcode: str
    price_amount: int
    compare_at_amount: int | None
    cost_amount: int | None
    weight_grams: int
    weight_unit: str
    tracked: bool
    quantity: int | None
    oversell: bool
    requires_shipping: bool
    taxable: bool
    image_url: str


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """One product with everything its rows said. A product without options has one variant and no option names."""

    row: int
    handle: str
    title: str
    description_html: str
    description_text: str
    vendor: str
    product_type: str
    category: str
    tags: tuple[str, ...]
    status: str
    published: bool
    gift_card: bool
    seo_title: str
    seo_description: str
    option_names: tuple[str, ...]
    variants: tuple[VariantDraft, ...]
    images: tuple[ImageDraft, ...]
