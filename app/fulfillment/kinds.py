"""Which kinds of warehouses a merchant can connect: what they are called and what the form asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from app.kernel.i18n import N_

Type = Literal["text", "secret", "pem", "number", "mail", "address", "switch"]

LARGEST_PEM = 20_000
MISSING = N_("This is needed.")
TOO_LONG = N_("This is too long.")
NOT_DIGITS = N_("Only digits belong here.")
NOT_AN_ADDRESS = N_("This is not an address that starts with https://.")
NOT_MAIL = N_("This is not an e-mail address.")


class Field(msgspec.Struct, frozen=True):
    """One box of the form. Secrets are sealed and never shown again; the others are plain facts of the connection."""

    name: str
    label: str
    type: Type = "text"
    hint: str = ""
    required: bool = True
    largest: int = 200

    @property
    def is_secret(self) -> bool:
        return self.type in ("secret", "pem")


class Kind(msgspec.Struct, frozen=True):
    """One kind of warehouse. `base_url` is where the vendor's interface is, `test_url` its trial environment.

    `key_field` names the account; `hears` says that it tells us by callback; `practices` that our simulator plays it.
    """

    code: str
    name: str
    told: str
    fields: tuple[Field, ...]
    base_url: str = ""
    test_url: str = ""
    key_field: str = "app_key"
    hears: bool = True
    practices: bool = True

    @property
    def secret_fields(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.is_secret)


_APP_KEY, _APP_SECRET = N_("App key"), N_("App secret")

KINDS: Mapping[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind(
            code="jushuitan",
            name=N_("Jushuitan"),
            told=N_("Orders go to your Jushuitan account; it tells us at once about parcels and stock."),
            base_url="https://openapi.jushuitan.com",
            test_url="https://dev-api.jushuitan.com",
            fields=(
                Field("app_key", _APP_KEY, hint=N_("In the Jushuitan open platform, under your application.")),
                Field("secret", _APP_SECRET, "secret", N_("Beside the app key, on the same page.")),
                Field(
                    "access_token",
                    N_("Access token"),
                    "secret",
                    N_("Given when you authorize your application for the merchant account; it is renewed there."),
                ),
                Field(
                    "shop_id",
                    N_("Shop number"),
                    "number",
                    N_("The number of the shop you have opened there for this store, of the type “own shop”."),
                ),
            ),
        ),
    )
}


def faults_of(kind: Kind, values: Mapping[str, str]) -> dict[str, str]:
    """What is missing or cannot be right, by field; empty when nothing is."""
    found = ((field.name, _fault(field, values.get(field.name, ""))) for field in kind.fields)
    return {name: fault for name, fault in found if fault}


def _fault(field: Field, text: str) -> str:
    if not text:
        return MISSING if field.required else ""
    if len(text) > (LARGEST_PEM if field.type == "pem" else field.largest):
        return TOO_LONG
    if field.type == "number" and not (text.isascii() and text.isdecimal()):
        return NOT_DIGITS
    if field.type == "address" and not text.startswith("https://"):
        return NOT_AN_ADDRESS
    if field.type == "mail" and not _is_mail(text):
        return NOT_MAIL
    return ""


def _is_mail(text: str) -> bool:
    """Rough on purpose: the mail server judges; here only what no address can be is refused."""
    name, at, host = text.rpartition("@")
    return bool(name and at) and "." in host and not any(sign.isspace() or sign in '<>",;' for sign in text)
