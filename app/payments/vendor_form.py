"""What describes a way to pay: its name, its currencies, and the form that connects it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from app.kernel.i18n import N_

Kind = Literal["text", "secret", "pem", "number", "lines", "switch"]


class Field(msgspec.Struct, frozen=True):
    """One box of a connection's form. Secrets are sealed and never shown again; `text` fields are public facts."""

    name: str
    label: str
    kind: Kind = "text"
    hint: str = ""
    required: bool = True
    largest: int = 200

    @property
    def is_shown(self) -> bool:
        """Whether a page may show what was typed here."""
        return self.kind not in ("secret", "pem")


class Vendor(msgspec.Struct, frozen=True):
    """One way to pay. `currencies` empty means all of ours; a `manual` one asks a person instead of a provider.

    `wallet_agent` is in the name of the browser that the wallet brings along and that may pay at once.
    `detail` is what shoppers read, `told` what it means for the store where that is something else.
    """

    code: str
    name: str
    shown: str
    detail: str
    fields: tuple[Field, ...] = ()
    currencies: frozenset[str] = frozenset()
    manual: bool = False
    base_url: str = ""
    test_url: str = ""
    merchant_field: str = ""
    method: str = "page"
    phone_method: str = "page"
    wallet_agent: str = ""
    told: str = ""

    def takes(self, currency: str) -> bool:
        return not self.currencies or currency in self.currencies

    @property
    def secret_fields(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if not field.is_shown)


MISSING = N_("This is needed.")
TOO_LONG = N_("This is too long.")
NOT_WHOLE = N_("Enter a whole number within the allowed range.")
LARGEST_PEM = 20_000
DAYS = range(1, 15)


def faults_of(vendor: Vendor, values: Mapping[str, str]) -> dict[str, str]:
    """What is missing or too long, by field, before the vendor's own rules; empty when nothing is."""
    wrong: dict[str, str] = {}
    for field in vendor.fields:
        text, largest = values.get(field.name, ""), LARGEST_PEM if field.kind == "pem" else field.largest
        if not text:
            if field.required:
                wrong[field.name] = MISSING
        elif len(text) > largest:
            wrong[field.name] = TOO_LONG
        elif field.kind == "number" and not (text.isascii() and text.isdecimal() and int(text) in DAYS):
            wrong[field.name] = NOT_WHOLE
    return wrong
