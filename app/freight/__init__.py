"""Room: what delivery costs: templates by piece, weight and region."""

from app.freight.places import COUNTRIES, Destination, home_of
from app.freight.quoting import FREE, Delivery, Goods, NotDeliveredThere, Parcel, Tariff, restore
from app.freight.records import (
    TemplateInUse,
    find_template,
    products_by_template,
    remove_template,
    save_template,
    tariff_for,
    templates,
)  # fmt: skip
from app.freight.templates import CHARGED_BY, ChargedBy, Load, Region, Template, flat_template, kilograms

__all__ = [
    "CHARGED_BY", "COUNTRIES", "FREE", "ChargedBy", "Delivery", "Destination", "Goods", "Load", "NotDeliveredThere",
    "Parcel", "Region", "Tariff", "Template", "TemplateInUse", "find_template", "flat_template", "home_of", "kilograms",
    "products_by_template", "remove_template", "restore", "save_template", "tariff_for", "templates",
]  # fmt: skip
