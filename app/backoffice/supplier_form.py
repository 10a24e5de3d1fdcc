"""The forms of suppliers and their goods: texts in, terms or a link out, or a refusal that names the fields."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec

import tenants
from app.kernel.errors import InvalidInput
from app.kernel.money import InvalidAmount, parse_amount, plain_amount
from app.suppliers import Link, LinkEdit, Supplier, Terms


class SupplierForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    contact: Annotated[str, msgspec.Meta(max_length=120)] = ""
    email: Annotated[str, msgspec.Meta(max_length=254)] = ""
    phone: Annotated[str, msgspec.Meta(max_length=40)] = ""
    locale: Annotated[str, msgspec.Meta(max_length=10)] = ""
    due_days: Annotated[int, msgspec.Meta(ge=0, le=365)] = 30
    minimum: str = ""
    takes_returns: Annotated[str, msgspec.Meta(max_length=5)] = ""
    note: Annotated[str, msgspec.Meta(max_length=1000)] = ""

    def terms(self) -> Terms:
        """Raises InvalidInput."""
        said = {name: getattr(self, name) for name in ("name", "contact", "email", "phone", "locale", "note")}
        return Terms(
            **said, due_days=self.due_days, minimum_amount=amount_of(self.minimum, "minimum") or 0,
            takes_returns=self.takes_returns == "yes",
        )  # fmt: skip


class LinkForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`cost` left empty leaves the cost as it is."""

    variant: UUID | None = None
    supplier_sku: Annotated[str, msgspec.Meta(max_length=80)] = ""
    cost: str = ""
    lead_days: Annotated[int, msgspec.Meta(ge=0, le=365)] = 0
    drop_ship: Annotated[str, msgspec.Meta(max_length=5)] = ""
    is_main: Annotated[str, msgspec.Meta(max_length=5)] = ""

    def edit(self, variant: UUID) -> LinkEdit:
        return LinkEdit(
            variant=variant, supplier_sku=self.supplier_sku, lead_days=self.lead_days,
            drop_ship=self.drop_ship == "yes", is_main=self.is_main == "yes",
        )  # fmt: skip


def amount_of(text: str, field: str) -> int | None:
    """None for an empty box. Raises InvalidInput."""
    if not text.strip():
        return None
    try:
        return parse_amount(text, tenants.current().currency)
    except InvalidAmount as error:
        raise InvalidInput({field: error.message}) from error


def values_of(supplier: Supplier | None) -> dict[str, str]:
    if supplier is None:
        return {"due_days": "30", "takes_returns": "yes"}
    said = {name: str(getattr(supplier, name)) for name in ("name", "contact", "email", "phone", "locale", "note")}
    return said | {
        "due_days": str(supplier.due_days), "takes_returns": "yes" if supplier.takes_returns else "",
        "minimum": plain_amount(supplier.minimum_amount, tenants.current().currency) if supplier.minimum_amount else "",
    }  # fmt: skip


def values_of_link(link: Link) -> dict[str, str]:
    cost = "" if link.cost_amount is None else plain_amount(link.cost_amount, tenants.current().currency)
    return {
        "supplier_sku": link.supplier_sku, "lead_days": str(link.lead_days), "cost": cost,
        "drop_ship": "yes" if link.drop_ship else "", "is_main": "yes" if link.is_main else "",
    }  # fmt: skip
