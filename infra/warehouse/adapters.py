"""One builder per kind of warehouse: from a row and its opened secrets to the adapter that keeps the port's promises.

Adapters are imported when they are first needed, and most processes never need most of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from infra.credentials import Row
from infra.http import Outside
from infra.warehouse.port import WarehouseAccount, WarehouseGateway, WarehouseVendor


@dataclass(frozen=True, slots=True, repr=False)
class Connection:
    """Everything an adapter may need; never printed, because it holds secrets.

    `secrets` are what the vendor asked for by name, `settings` of the row what is not secret. A row made before there
    were several kinds has the one secret `secret`.
    """

    warehouse: Row
    secrets: Mapping[str, str]
    outside: Outside
    tenant_id: UUID

    @property
    def settings(self) -> Mapping[str, str]:
        found: Mapping[str, str] = self.warehouse["settings"]
        return found


def _jushuitan(to: Connection) -> WarehouseGateway:
    from infra.warehouse.jushuitan import Jushuitan

    secret = to.secrets["secret"]
    account = WarehouseAccount(
        to.warehouse["app_key"],
        secret,
        to.secrets.get("access_token") or trial_token(secret),
        to.warehouse["base_url"],
        int(to.settings.get("shop_id") or shop_number(to.tenant_id)),
    )
    return Jushuitan(account, to.outside)


def _jushuitan_vendor(to: Connection, simulator: str) -> WarehouseVendor:
    from infra.warehouse.jushuitan_auth import API_HOST, PAGE_HOST, JushuitanVendor

    key, secret = to.warehouse["app_key"], to.secrets["secret"]
    return JushuitanVendor(key, secret, to.outside, simulator or PAGE_HOST, simulator or API_HOST)


def _generic(to: Connection) -> WarehouseGateway:
    from infra.warehouse.generic import Generic

    pulls = to.settings.get("pulls") == "yes"
    return Generic(to.warehouse["base_url"], to.warehouse["app_key"], to.secrets["secret"], to.outside, pulls=pulls)


def _drop(to: Connection) -> WarehouseGateway:
    from infra.warehouse.drop import CsvDrop
    from infra.warehouse.drop_wire import DropAccount

    said = to.settings
    account = DropAccount(
        said["host"], int(said.get("port") or 22), to.warehouse["app_key"], said.get("directory", ""), said["host_key"],
        to.secrets.get("password", ""), to.secrets.get("private_key", ""),
    )  # fmt: skip
    return CsvDrop(account, store_folder(to.tenant_id))


def _mailed(to: Connection) -> WarehouseGateway:
    from infra.messaging.smtp import SmtpMailer
    from infra.settings import settings
    from infra.warehouse.mailed import Mailed

    mailer = SmtpMailer(settings().smtp_url, settings().mail_from) if settings().smtp_url else None
    return Mailed(to.warehouse["app_key"], store_folder(to.tenant_id), mailer)


def store_folder(tenant_id: UUID) -> str:
    """A store's own folder: two stores that share a server and a number never meet."""
    return f"store-{tenant_id.hex[-12:]}"


def trial_token(secret: str) -> str:
    """The simulator gives out no tokens of its own; one that follows from the secret needs no second column."""
    return hashlib.sha256(b"access-token:" + secret.encode()).hexdigest()[:32]


def shop_number(tenant_id: UUID) -> int:
    """A vendor numbers shops within an account; any number that stays the same will do."""
    return int.from_bytes(tenant_id.bytes[-4:], "big") & 0x7FFFFFFF


def _wangdiantong(to: Connection) -> WarehouseGateway:
    from infra.warehouse.wangdiantong import Wangdiantong
    from infra.warehouse.wangdiantong_calls import WangdiantongAccount

    account = WangdiantongAccount(
        to.settings["sid"],
        to.warehouse["app_key"],
        to.secrets["secret"],
        to.settings["shop_no"],
        to.warehouse["base_url"],
        to.settings.get("warehouse_no", ""),
    )
    return Wangdiantong(account, to.outside)


def _own_pages(_to: Connection) -> WarehouseGateway:
    from infra.warehouse.own_pages import OwnPages

    return OwnPages()


def _qimen(to: Connection) -> WarehouseGateway:
    from infra.warehouse.qimen import Qimen, QimenAccount

    account = QimenAccount(
        to.warehouse["app_key"],
        to.secrets["secret"],
        to.settings["customer_id"],
        to.settings["owner_code"],
        to.warehouse["base_url"],
        to.settings.get("warehouse_code") or "OTHER",
    )
    return Qimen(account, to.outside)


ADAPTERS: Mapping[str, Callable[[Connection], WarehouseGateway]] = {
    "by_hand": _own_pages,
    "drop": _drop,
    "generic": _generic,
    "jushuitan": _jushuitan,
    "mailed": _mailed,
    "wangdiantong": _wangdiantong,
    "supplier": _own_pages,
    "qimen": _qimen,
}

# Kinds whose merchants authorize us on a page of the vendor, or of the simulator if its address is given.
VENDORS: Mapping[str, Callable[[Connection, str], WarehouseVendor]] = {"jushuitan": _jushuitan_vendor}


@dataclass(frozen=True, slots=True)
class Field:
    """What a vendor asks a merchant for: secret ones are sealed in `credentials_sealed`, the rest is in `settings`."""

    code: str
    secret: bool = False
    required: bool = True


# Beside the address of the vendor (`base_url`) and the account's key (`app_key`), which every kind has.
FIELDS: Mapping[str, tuple[Field, ...]] = {
    "by_hand": (),
    "drop": (
        Field("host"), Field("port", required=False), Field("directory", required=False), Field("host_key"),
        Field("password", secret=True, required=False), Field("private_key", secret=True, required=False),
    ),
    "generic": (Field("secret", secret=True), Field("pulls", required=False)),
    "mailed": (),
    "jushuitan": (Field("secret", secret=True), Field("access_token", secret=True, required=False), Field("shop_id")),
    "wangdiantong": (
        Field("sid"), Field("secret", secret=True), Field("shop_no"), Field("warehouse_no", required=False),
    ),
    "qimen": (
        Field("secret", secret=True), Field("customer_id"), Field("owner_code"),
        Field("warehouse_code", required=False),
    ),
}  # fmt: skip

# Where the vendor itself is reached; a merchant may be given another address.
ADDRESSES: Mapping[str, str] = {
    "jushuitan": "https://openapi.jushuitan.com",
    "wangdiantong": "https://api.wangdian.cn",
    "qimen": "https://qimen.api.taobao.com",
}

AT_SIMULATOR: Mapping[str, str] = {"generic": "/generic"}
"""Where the simulator answers in a kind's words, below its own address; the others have paths nobody else has."""
