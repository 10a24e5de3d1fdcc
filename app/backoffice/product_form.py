"""The product form: rows of variants as numbered fields, so that it works without script; texts in, an edit out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import product as combinations
from typing import Any
from uuid import UUID

from app import catalog, inventory
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.kernel.money import InvalidAmount, parse_amount, plain_amount

OPTIONS = 3
SPARE_ROWS = 3
MOST_ROWS = 200
_ROW = re.compile(r"price_(\d{1,4})")

Values = dict[str, str]


def empty_values() -> Values:
    return {"rows": "1", "status": "draft"}


def values_of(product: catalog.Product, stock: Mapping[UUID, inventory.StockFigures], currency: str) -> Values:
    """What the form shows of a saved product."""
    values = {
        "title": product.title, "handle": product.handle, "description_html": product.description_html,
        "vendor": product.vendor, "product_type": product.product_type, "tags": ", ".join(product.tags),
        "status": product.status, "seo_title": product.seo_title, "seo_description": product.seo_description,
        "freight_template": str(product.freight_template or ""), "rows": str(max(1, len(product.variants))),
    }  # fmt: skip
    for place, name in enumerate(product.option_names, 1):
        values[f"option_name_{place}"] = name
        texts = [variant.option_values[place - 1] for variant in product.variants]
        values[f"option_values_{place}"] = ", ".join(dict.fromkeys(texts))
    for row, variant in enumerate(product.variants, 1):
        values |= _variant_values(row, variant, stock.get(variant.id), currency)
    return values


def _variant_values(
    row: int, variant: catalog.Variant, figures: inventory.StockFigures | None, currency: str
) -> Values:
    values = {f"option{place}_{row}": text for place, text in enumerate(variant.option_values, 1)}
    stock = str(figures.available) if figures else ""
    return values | {
        f"variant_{row}": str(variant.id),
        f"sku_{row}": variant.sku,
        f"price_{row}": plain_amount(variant.price_amount, currency),
        f"compare_{row}": plain_amount(variant.compare_at_amount, currency) if variant.compare_at_amount else "",
        f"weight_{row}": str(variant.weight_grams or ""),
        f"stock_{row}": stock,
        f"was_stock_{row}": "" if figures and figures.endless else stock,
        f"endless_{row}": "yes" if figures and figures.endless else "",
        f"untaxed_{row}": "" if variant.taxable else "yes",
    }


def rows_of(values: Mapping[str, str]) -> range:
    """Numbers of the rows to show: those sent or asked for, bounded."""
    numbers = [int(match[1]) for name in values if (match := _ROW.fullmatch(name))]
    rows = values.get("rows", "")
    asked = int(rows[:6]) if rows.isdecimal() else 1
    return range(1, min(max([asked, *numbers]), MOST_ROWS) + 1)


def combine(values: Values) -> Values:
    """Fill the rows with every combination of the option values that were listed; known rows keep what they have."""
    lists = [
        [text.strip() for text in re.split(r"[,，、\n]", values.get(f"option_values_{place}", "")) if text.strip()]
        for place in range(1, OPTIONS + 1)
    ]
    wanted = [tuple(choice) for choice in combinations(*filter(None, lists))][:MOST_ROWS]
    known = {tuple(filter(None, _options(values, row))) for row in rows_of(values)}
    used = [row for row in rows_of(values) if any(_options(values, row))]
    row = max(used, default=0)
    price = values.get("price_1", "")
    for choice in wanted:
        if choice in known or not choice:
            continue
        row += 1
        values |= {f"option{place}_{row}": text for place, text in enumerate(choice, 1)}
        values[f"price_{row}"] = values.get(f"price_{row}") or price
    values["rows"] = str(max(row, 1))
    return values


def _options(values: Mapping[str, str], row: int) -> tuple[str, ...]:
    return tuple(values.get(f"option{place}_{row}", "").strip() for place in range(1, OPTIONS + 1))


def read_edit(values: Mapping[str, str], currency: str, before: catalog.Product | None) -> catalog.ProductEdit:
    """Raises InvalidInput naming the fields."""
    wrong: dict[str, str] = {}
    names = [values.get(f"option_name_{place}", "").strip()[:100] for place in range(1, OPTIONS + 1)]
    used = [place for place, name in enumerate(names, 1) if name]
    known = {str(variant.id): variant for variant in before.variants} if before else {}
    variants = []
    for row in rows_of(values):
        texts = [values.get(f"option{place}_{row}", "").strip()[:255] for place in used]
        filled = any(texts) or values.get(f"price_{row}", "").strip() or values.get(f"sku_{row}", "").strip()
        if filled and values.get(f"remove_{row}") != "yes":
            variants.append(_read_variant(values, row, tuple(texts), currency, known, wrong))
    template = _template(values, wrong)
    if wrong:
        raise InvalidInput(wrong)
    status = values.get("status", "draft")
    return catalog.ProductEdit(
        title=values.get("title", "").strip()[:255],
        handle=values.get("handle", "").strip()[:200],
        description_html=values.get("description_html", "")[:50_000],
        vendor=values.get("vendor", "").strip()[:255],
        product_type=values.get("product_type", "").strip()[:255],
        tags=tuple(filter(None, (tag.strip()[:255] for tag in re.split(r"[,，、]", values.get("tags", "")))))[:100],
        option_names=tuple(filter(None, names)),
        status=status if status in catalog.STATUSES else "draft",
        seo_title=values.get("seo_title", "").strip()[:500],
        seo_description=values.get("seo_description", "").strip()[:5_000],
        freight_template=template,
        variants=tuple(variants),
    )


def _template(values: Mapping[str, str], wrong: dict[str, str]) -> UUID | None:
    """The freight template by its id; none stands for the store's default."""
    text = values.get("freight_template", "").strip()
    try:
        return UUID(text) if text else None
    except ValueError:
        wrong["freight_template"] = N_("Choose one of the offered values.")
        return None


def _read_variant(
    values: Mapping[str, str],
    row: int,
    options: tuple[str, ...],
    currency: str,
    known: Mapping[str, catalog.Variant],
    wrong: dict[str, str],
) -> catalog.VariantEdit:
    """One row. What the form does not show (barcode, cost, picture) stays as it was."""
    price = _amount(values, f"price_{row}", currency, wrong)
    if price is None and f"price_{row}" not in wrong:
        wrong[f"price_{row}"] = N_("A product needs a price.")
    before = known.get(values.get(f"variant_{row}", ""))
    kept: dict[str, Any] = {}
    if before:
        kept = {name: getattr(before, name) for name in ("id", "barcode", "cost_amount", "requires_shipping", "image")}
    endless = values.get(f"endless_{row}") == "yes"
    return catalog.VariantEdit(
        option_values=options,
        sku=values.get(f"sku_{row}", "").strip()[:255],
        price_amount=price or 0,
        compare_at_amount=_amount(values, f"compare_{row}", currency, wrong),
        weight_grams=_count(values, f"weight_{row}", wrong) or 0,
        on_hand=_changed_count(values, row, wrong),
        tracked=not endless,
        taxable=values.get(f"untaxed_{row}") != "yes",
        **kept,
    )


def _amount(values: Mapping[str, str], field: str, currency: str, wrong: dict[str, str]) -> int | None:
    text = values.get(field, "").strip()
    if not text:
        return None
    try:
        return parse_amount(text, currency)
    except InvalidAmount as error:
        wrong[field] = error.message
        return None


def _changed_count(values: Mapping[str, str], row: int, wrong: dict[str, str]) -> int | None:
    """None when nobody touched the number: what was sold while the form stood open must not come back."""
    count = _count(values, f"stock_{row}", wrong)
    return None if values.get(f"stock_{row}", "").strip() == values.get(f"was_stock_{row}") else count


def _count(values: Mapping[str, str], field: str, wrong: dict[str, str]) -> int | None:
    text = values.get(field, "").strip()
    if not text:
        return None
    if not re.fullmatch(r"-?[0-9]{1,8}", text):
        wrong[field] = N_("Enter a whole number.")
        return None
    return int(text)
