"""Which providers a store can connect: what they are called, which currencies they take, what has to be filled in."""

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


class Vendor(msgspec.Struct, frozen=True):
    """One way to pay. `currencies` empty means all of ours; a `manual` one asks a person instead of a provider."""

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

    def takes(self, currency: str) -> bool:
        return not self.currencies or currency in self.currencies

    @property
    def secret_fields(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.kind in ("secret", "pem"))


YUAN = frozenset({"CNY"})
VENDORS: Mapping[str, Vendor] = {
    vendor.code: vendor
    for vendor in (
        Vendor(
            code="sandbox",
            name=N_("Sandbox"),
            shown=N_("Pay online"),
            detail=N_("On the payment provider's own page; we never see your card."),
        ),
        Vendor(
            code="stripe",
            name="Stripe",
            shown=N_("Card and more"),
            detail=N_("On Stripe's own page; we never see your card."),
            base_url="https://api.stripe.com",
            fields=(
                Field("secret_key", N_("Secret key"), "secret", N_("Starts with sk_live_, or sk_test_ for a trial.")),
                Field(
                    "webhook_secret",
                    N_("Signing secret"),
                    "secret",
                    N_("Starts with whsec_. Stripe shows it once you have entered our webhook address there."),
                ),
            ),
        ),
        Vendor(
            code="bank_transfer",
            name=N_("Bank transfer"),
            shown=N_("Bank transfer"),
            detail=N_("You transfer the amount; the order is packed once the store has seen it."),
            manual=True,
            fields=(
                Field("account_name", N_("Account holder")),
                Field("bank_name", N_("Bank")),
                Field(
                    "account_number",
                    N_("Account number"),
                    hint=N_("As shoppers shall see it, with the bank code if they need one."),
                ),
                Field("instructions", N_("Anything else they need to know"), "lines", required=False, largest=500),
                Field("days", N_("Days to pay"), "number", N_("So long the goods are held. Between 1 and 14.")),
            ),
        ),
        Vendor(
            code="cash_on_delivery",
            name=N_("Cash on delivery"),
            shown=N_("Cash on delivery"),
            detail=N_("You pay when the parcel arrives."),
            manual=True,
            fields=(
                Field("instructions", N_("Anything else they need to know"), "lines", required=False, largest=500),
            ),
        ),
    )
}


def vendor_of(code: str) -> Vendor | None:
    return VENDORS.get(code)
