"""Which kinds of warehouses a merchant can connect: what they are called and what the form asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

import msgspec

from app.kernel.i18n import N_

Type = Literal["text", "secret", "pem", "number", "mail", "address", "host", "switch"]

LARGEST_PEM, SHORTEST_SECRET = 20_000, 8
MISSING = N_("This is needed.")
TOO_LONG = N_("This is too long.")
TOO_SHORT = N_("This is too short to be a secret.")
NOT_DIGITS = N_("Only digits belong here.")
NOT_AN_ADDRESS = N_("This is not an address that starts with https://.")
NOT_A_HOST = N_("Only the name of the server belongs here, like sftp.example.com.")
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

    `key_field` names the account; `hears` says that it tells us by callback; `practices` that our simulator plays it,
    with the settings in `practice`; `authorizes` that merchants allow us access on a page of the vendor. Of the fields
    in `one_of` one is enough. `is_own`: our own pages are all there is.
    """

    code: str
    name: str
    told: str
    fields: tuple[Field, ...]
    base_url: str = ""
    test_url: str = ""
    key_field: str = "app_key"
    practice: Mapping[str, str] = {}
    hears: bool = True
    practices: bool = True
    authorizes: bool = False
    one_of: tuple[str, ...] = ()
    is_own: bool = False

    @property
    def secret_fields(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.is_secret)


# Who ships by our own pages keeps no books of its own that could say something else than ours.
NOBODY_OUTSIDE = ("by_hand", "supplier")

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
_APP_KEY, _APP_SECRET = N_("App key"), N_("App secret")
_OTHER_ADDRESS = Field(
    "base_url", N_("Another address"), "address", N_("Only if the vendor gave you one of your own."), required=False
)

KINDS: Mapping[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind(
            code="jushuitan",
            name=N_("Jushuitan"),
            told=N_("Orders go to your Jushuitan account; it tells us at once about parcels and stock."),
            base_url="https://openapi.jushuitan.com",
            test_url="https://dev-api.jushuitan.com",
            authorizes=True,
            fields=(
                Field("app_key", _APP_KEY, hint=N_("In the Jushuitan open platform, under your application.")),
                Field("secret", _APP_SECRET, "secret", N_("Beside the app key, on the same page.")),
                Field(
                    "access_token",
                    N_("Access token"),
                    "secret",
                    N_("Leave it empty and press “Authorize” afterwards; it is then fetched and renewed for you."),
                    required=False,
                ),
                Field(
                    "shop_id",
                    N_("Shop number"),
                    "number",
                    N_("The number of the shop you have opened there for this store, of the type “own shop”."),
                ),
                _OTHER_ADDRESS,
            ),
        ),
        Kind(
            code="wangdiantong",
            name=N_("Wangdiantong"),
            told=N_("Orders go to your Wangdiantong enterprise account; we ask it for parcels and stock every minute."),
            base_url="https://api.wangdian.cn",
            test_url="https://sandbox.wangdian.cn",
            hears=False,
            practice={"sid": "practice", "shop_no": "practice"},
            fields=(
                Field("sid", N_("Seller number (sid)"), hint=N_("Given to you when the account was opened.")),
                Field("app_key", _APP_KEY, hint=N_("From the open platform of Wangdiantong, after your application.")),
                Field("secret", _APP_SECRET, "secret", N_("Beside the app key, on the same page.")),
                Field("shop_no", N_("Shop number"), hint=N_("Of the shop of the type “own platform” you made there.")),
                Field(
                    "warehouse_no",
                    N_("Warehouse number"),
                    hint=N_("Leave it empty to let Wangdiantong choose among your warehouses."),
                    required=False,
                ),
                _OTHER_ADDRESS,
            ),
        ),
        Kind(
            code="qimen",
            name=N_("Qimen"),
            told=N_("Orders go to a warehouse that speaks Qimen, Cainiao's open interface; it tells us of parcels."),
            base_url="https://qimen.api.taobao.com",
            practice={"customer_id": "practice", "owner_code": "practice"},
            fields=(
                Field("app_key", _APP_KEY, hint=N_("In the Taobao open platform, under your application.")),
                Field("secret", _APP_SECRET, "secret", N_("Beside the app key, on the same page.")),
                Field("customer_id", N_("Customer number"), hint=N_("The warehouse gives it to you (customerid).")),
                Field("owner_code", N_("Owner code"), hint=N_("Whose goods these are, in the warehouse's system.")),
                Field("warehouse_code", N_("Warehouse number"), required=False),
                _OTHER_ADDRESS,
            ),
        ),
        Kind(
            code="generic",
            name=N_("Your own system"),
            told=N_("A system of yours or of your warehouse that speaks our open protocol over HTTPS."),
            fields=(
                Field("base_url", N_("Address"), "address", N_("Starts with https://. Our calls are made below it.")),
                Field("app_key", N_("Key"), hint=N_("A name you choose; it travels with every call.")),
                Field(
                    "secret",
                    N_("Signing secret"),
                    "secret",
                    N_("At least 8 characters, known to both sides. Every call is signed with it."),
                ),
                Field(
                    "pulls",
                    N_("We fetch its news"),
                    "switch",
                    N_("Tick this if your system cannot call us; we then ask it every minute."),
                    required=False,
                ),
            ),
        ),
        Kind(
            code="drop",
            name=N_("Files on a server (CSV over SFTP)"),
            told=N_("Each order is a file on an SFTP server; the warehouse puts its confirmations there."),
            base_url="sftp://{host}",
            key_field="user",
            hears=False,
            practices=False,
            one_of=("password", "private_key"),
            fields=(
                Field("host", N_("Server"), "host", N_("Only its name; addresses inside a network are not called.")),
                Field("port", N_("Port"), "number", N_("22 if you leave it empty."), required=False, largest=5),
                Field("user", N_("User")),
                Field(
                    "directory",
                    N_("Directory"),
                    hint=N_("Below it we make a folder of your store with orders, confirmations and stock."),
                    required=False,
                ),
                Field(
                    "host_key",
                    N_("Key of the server"),
                    hint=N_("As ssh-keyscan prints it, from ssh-ed25519 on. We send nothing to a server with another."),
                    largest=2_000,
                ),
                Field("password", N_("Password"), "secret", required=False),
                Field(
                    "private_key",
                    N_("Private key"),
                    "pem",
                    N_("Instead of a password: the whole file, without a passphrase."),
                    required=False,
                ),
            ),
        ),
        Kind(
            code="mailed",
            name=N_("By e-mail, with an Excel sheet"),
            told=N_("Each order is a mail with a packing sheet; the supplier fills it in and gives it back by a link."),
            base_url="mailto:{email}",
            key_field="email",
            hears=False,
            practices=False,
            fields=(
                Field(
                    "email",
                    N_("E-mail address"),
                    "mail",
                    N_("Whoever reads it sees what to pack and where it goes, and needs no account."),
                ),
            ),
        ),
        Kind(
            code="by_hand",
            name=N_("We pack ourselves"),
            told=N_("Orders wait on your own pages: pick them in waves, print labels, say which parcel left."),
            hears=False,
            practices=False,
            is_own=True,
            fields=(),
        ),
    )
}


def faults_of(kind: Kind, values: Mapping[str, str]) -> dict[str, str]:
    """What is missing or cannot be right, by field; empty when nothing is."""
    found = ((field.name, _fault(field, values.get(field.name, ""))) for field in kind.fields)
    wrong = {name: fault for name, fault in found if fault}
    if kind.one_of and not any(values.get(name) for name in kind.one_of):
        wrong[kind.one_of[0]] = MISSING
    return wrong


def _fault(field: Field, text: str) -> str:
    if not text:
        return MISSING if field.required else ""
    if len(text) > (LARGEST_PEM if field.type == "pem" else field.largest):
        return TOO_LONG
    if field.type == "secret" and len(text) < SHORTEST_SECRET:
        return TOO_SHORT
    if field.type == "number" and not (text.isascii() and text.isdecimal()):
        return NOT_DIGITS
    if field.type == "address" and not text.startswith("https://"):
        return NOT_AN_ADDRESS
    if field.type == "host" and not _HOST.fullmatch(text):
        return NOT_A_HOST
    if field.type == "mail" and not _is_mail(text):
        return NOT_MAIL
    return ""


def _is_mail(text: str) -> bool:
    """Rough on purpose: the mail server judges; here only what no address can be is refused."""
    name, at, host = text.rpartition("@")
    return bool(name and at) and "." in host and not any(sign.isspace() or sign in '<>",;' for sign in text)
