"""From the rows of one product to its draft, or to everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from app.catalog.csv_drafts import Limits, ProductDraft, RowError, RowWarning, VariantDraft
from app.catalog.csv_images import collect_images, image_address
from app.catalog.csv_options import read_option_names, read_option_values
from app.catalog.csv_rows import Row
from app.catalog.csv_values import (
    BadCell,
    ToMinor,
    read_code,
    read_count,
    read_flag,
    read_grams,
    read_oversell,
    read_price,
    read_status,
    read_tags,
    read_weight_unit,
)
from app.catalog.descriptions import plain_text, sanitize

T = TypeVar("T")

LENGTHS = {"title": 255, "vendor": 255, "type": 255, "category": 1_000, "seo_title": 500, "seo_description": 5_000}
CODE_LENGTH = 255


class ProductReader:
    """Reads one product and remembers what it found. Made anew for every product."""

    def __init__(self, handle: str, rows: Sequence[Row], to_minor: ToMinor, limits: Limits) -> None:
        self.handle, self.rows, self.to_minor, self.limits = handle, rows, to_minor, limits
        self.problems: list[RowError | RowWarning] = []

    def error(self, row: Row, field: str, code: str, **details: Any) -> None:
        self.problems.append(RowError(row.line, row.layout.name(field) if field else "", code, details))

    def warn(self, row: Row, field: str, code: str, **details: Any) -> None:
        self.problems.append(RowWarning(row.line, row.layout.name(field) if field else "", code, details))

    def cell(self, row: Row, field: str, read: Callable[[str], T], fallback: T) -> T:
        try:
            return read(row[field])
        except BadCell as bad:
            self.error(row, field, bad.code, **bad.details)
            return fallback

    def first(self, field: str) -> str:
        """Product facts stand on the first row; a later row fills in what it left empty."""
        return next((value for row in self.rows if (value := row[field])), "")

    def first_read(self, field: str, read: Callable[[str], T], fallback: T) -> T:
        row = next((row for row in self.rows if row[field]), self.rows[0])
        return self.cell(row, field, read, fallback)

    def text(self, field: str) -> str:
        value = self.first(field)
        if len(value) > LENGTHS[field]:
            self.error(self.rows[0], field, "csv.too_long", value=value[:40], allowed=LENGTHS[field])
        return value

    def read(self) -> ProductDraft | None:
        """The draft, or None when an error is among the problems."""
        self._check_shape()
        head = self.rows[0]
        if not self.text("title"):
            self.error(head, "title", "csv.no_title")
        option_names = read_option_names(self)
        variants = self._variants(option_names)
        images = collect_images(self)
        description = sanitize(self.first("description"))
        draft = ProductDraft(
            row=head.line,
            handle=self.handle,
            title=self.first("title"),
            description_html=description,
            description_text=plain_text(description),
            vendor=self.text("vendor"),
            product_type=self.text("type"),
            category=self.text("category") or self.first("google_category")[: LENGTHS["category"]],
            tags=read_tags(self.first("tags")),
            status=self._status(variants),
            published=self.first_read("published", lambda text: read_flag(text, True), True),
            gift_card=self.first_read("gift_card", lambda text: read_flag(text, False), False),
            seo_title=self.text("seo_title"),
            seo_description=self.text("seo_description"),
            option_names=option_names,
            variants=tuple(variants),
            images=images,
        )
        return None if any(isinstance(problem, RowError) for problem in self.problems) else draft

    def _check_shape(self) -> None:
        for row in self.rows:
            if row.surplus:
                self.error(row, "", "csv.row_too_long", count=row.width, expected=row.layout.width)
            elif row.width < row.layout.width:
                self.error(row, "", "csv.row_too_short", count=row.width, expected=row.layout.width)

    def _status(self, variants: Sequence[VariantDraft]) -> str:
        status = self.first_read("status", read_status, "draft")
        if status == "active" and not any(row["price"] for row in self.rows):
            self.warn(self.rows[0], "price", "csv.no_price")
            return "draft"
        return status

    def _variants(self, option_names: tuple[str, ...]) -> list[VariantDraft]:
        head = self.rows[0]
        rows = [row for row in self.rows if row is head or row.is_variant]
        if len(rows) > self.limits.variants:
            self.error(rows[self.limits.variants], "", "csv.too_many_variants", allowed=self.limits.variants)
            return []
        seen: dict[tuple[str, ...], int] = {}
        skus: dict[str, int] = {}
        variants = []
        for row in rows:
            variant = self._variant(row, read_option_values(self, row, option_names))
            if first := seen.get(variant.option_values):
                values = " / ".join(variant.option_values) or "Default Title"
                self.error(row, "option1_value", "csv.duplicate_variant", first=first, values=values[:120])
            elif variant.sku and (first := skus.get(variant.sku)):
                self.warn(row, "sku", "csv.duplicate_sku", sku=variant.sku[:60], first=first)
            seen.setdefault(variant.option_values, row.line)
            skus.setdefault(variant.sku, row.line)
            variants.append(variant)
        return variants

    def _price(self, row: Row, field: str) -> int | None:
        return self.cell(row, field, lambda text: read_price(text, self.to_minor), None)

    def _code(self, row: Row, field: str) -> str:
        code = read_code(row[field])
        if len(code) > CODE_LENGTH:
            self.error(row, field, "csv.too_long", value=code[:40], allowed=CODE_LENGTH)
        return code

    def _variant(self, row: Row, option_values: tuple[str, ...]) -> VariantDraft:
        """Empty cells repeat the product's first row where people mean that: price, weight and stock policy."""
        head = self.rows[0]
        price = self._price(row, "price") if row["price"] or row is head else None
        if price is None and not row["price"]:
            price = next((self._price(other, "price") for other in self.rows if other["price"]), None)
        tracker = row["tracker"].casefold()
        quantity = self.cell(row, "quantity", read_count, None)
        return VariantDraft(
            row=row.line,
            option_values=option_values,
            sku=self._code(row, "sku"),
            barcode=self._code(row, "barcode"),
            price_amount=price or 0,
            compare_at_amount=self._price(row, "compare_at"),
            cost_amount=self._price(row, "cost"),
            weight_grams=self.cell(row if row["grams"] else head, "grams", read_grams, 0),
            weight_unit=self.cell(row if row["weight_unit"] else head, "weight_unit", read_weight_unit, "g"),
            tracked=bool(tracker) if "tracker" in row.layout.places else quantity is not None,
            quantity=quantity,
            oversell=self.cell(row if row["policy"] else head, "policy", read_oversell, False),
            requires_shipping=self.cell(row, "requires_shipping", lambda text: read_flag(text, True), True),
            taxable=self.cell(row, "taxable", lambda text: read_flag(text, True), True),
            image_url=image_address(self, row, "variant_image"),
        )
