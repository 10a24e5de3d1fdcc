"""Which column of a product file means what: Shopify's older and newer names, whatever their case and spacing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.catalog.csv_errors import MissingColumns

# Our word -> the names Shopify has used for it. The first name is the one shown to people.
NAMES: dict[str, tuple[str, ...]] = {
    "handle": ("Handle", "URL handle"),
    "title": ("Title",),
    "description": ("Body (HTML)", "Description", "Body HTML"),
    "vendor": ("Vendor",),
    "type": ("Type", "Product type", "Custom Product Type"),
    "category": ("Product Category", "Standard Product Type"),
    "google_category": ("Google Shopping / Google Product Category",),
    "tags": ("Tags",),
    "published": ("Published", "Published on online store"),
    "status": ("Status",),
    "option1_name": ("Option1 Name",),
    "option1_value": ("Option1 Value",),
    "option2_name": ("Option2 Name",),
    "option2_value": ("Option2 Value",),
    "option3_name": ("Option3 Name",),
    "option3_value": ("Option3 Value",),
    "option4_name": ("Option4 Name",),
    "option4_value": ("Option4 Value",),
    "sku": ("Variant SKU", "SKU"),
    "barcode": ("Variant Barcode", "Barcode"),
    "price": ("Variant Price", "Price"),
    "compare_at": ("Variant Compare At Price", "Compare-at price"),
    "cost": ("Cost per item", "Variant Cost"),
    "grams": ("Variant Grams", "Weight value (grams)"),
    "weight_unit": ("Variant Weight Unit", "Weight unit for display"),
    "tracker": ("Variant Inventory Tracker", "Inventory tracker"),
    "quantity": ("Variant Inventory Qty", "Inventory quantity", "Variant Inventory Quantity"),
    "policy": ("Variant Inventory Policy", "Continue selling when out of stock"),
    "requires_shipping": ("Variant Requires Shipping", "Requires shipping"),
    "taxable": ("Variant Taxable", "Charge tax"),
    "image": ("Image Src", "Product image URL", "Image source"),
    "image_position": ("Image Position",),
    "image_alt": ("Image Alt Text",),
    "variant_image": ("Variant Image", "Variant image URL"),
    "gift_card": ("Gift Card",),
    "seo_title": ("SEO Title",),
    "seo_description": ("SEO Description",),
}
REQUIRED = ("handle", "title")
# Shopify's own columns we have no use for; merchants need not hear about them.
_QUIET = re.compile(
    r"googleshopping.*|.*metafields.*|option\dlinkedto|(included|price|compareatprice)\w+|unitprice.*|"
    r"(variant)?fulfillmentservice|(variant)?taxcode|variantunitprice.*|"
    r"(published|template|collection|saleschannel|imagewidth|imageheight|variantid|id|command|publishedat|publishedscope)"
)
_NOISE = re.compile(r"[\W_]+")


def _key(name: str) -> str:
    return _NOISE.sub("", name.casefold())


_FIELDS = {_key(name): field for field, names in NAMES.items() for name in names}


def known_fields(header: Sequence[str]) -> set[str]:
    return {_FIELDS[key] for name in header if (key := _key(name)) in _FIELDS}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each field stands in this file, and under which name the merchant knows it."""

    width: int
    places: dict[str, int]
    names: dict[str, str]
    unknown: tuple[str, ...]
    repeated: tuple[str, ...]

    def name(self, field: str) -> str:
        return self.names.get(field, NAMES[field][0])


def read_header(header: Sequence[str]) -> Layout:
    """Raises `MissingColumns` unless handle and title are both there."""
    places: dict[str, int] = {}
    unknown: list[str] = []
    repeated: list[str] = []
    for place, name in enumerate(header):
        key = _key(name)
        field = _FIELDS.get(key)
        if field is None:
            if key and not _QUIET.fullmatch(key):
                unknown.append(name.strip()[:60])
        elif field in places:
            repeated.append(name.strip()[:60])
        else:
            places[field] = place
    missing = [NAMES[field][0] for field in REQUIRED if field not in places]
    if missing:
        raise MissingColumns(columns=", ".join(missing), row=1)
    names = {field: header[place].strip() for field, place in places.items()}
    return Layout(len(header), places, names, tuple(unknown), tuple(repeated))
