"""Adapters built from a store's rows: which vendor, with which opened secrets, over which client."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit
from uuid import UUID

from infra import crypto
from infra.carrier import adapters as trackings
from infra.carrier.kuaidi100 import Kuaidi100
from infra.carrier.port import CarrierPushes, CarrierTracking
from infra.credentials import OF_PAYMENTS, OF_SHOPS, OF_TRACKING, OF_WAREHOUSES, Row
from infra.http import GuardedTransport, Outside, Undaunted, local_simulators
from infra.marketplace import adapters as marketplaces
from infra.marketplace.port import MarketplaceOrders
from infra.messaging.port import Mailer
from infra.payment import adapters
from infra.payment.adapters import is_trial
from infra.payment.payouts_port import Payouts
from infra.payment.port import PaymentNotice, PaymentProvider, RefundNotice, UnrelatedNotice, WrongMerchant
from infra.payment.references import NOTHING_KNOWN, References
from infra.payment.sandbox import SandboxOffice
from infra.payment.sandbox_wire import RegisterMerchant
from infra.payment.wechat_shipping import WeChatShipping
from infra.settings import settings
from infra.storage.port import ObjectStorage
from infra.warehouse import adapters as warehouses
from infra.warehouse.port import WarehouseGateway, WarehouseVendor
from infra.warehouse.simulator.office import RegisterApp, SimulatorOffice

__all__ = [
    "OF_PAYMENTS", "OF_SHOPS", "OF_TRACKING", "OF_WAREHOUSES", "PAYOUT_WAYS", "PaymentNotice", "RefundNotice",
    "UnknownVendor", "UnrelatedNotice", "WrongMerchant", "carrier_tracking", "close", "credential_faults",
    "is_practice", "is_trial", "mailer", "marketplace", "open_code", "outside", "payment_provider",
    "payouts_provider", "pays_people", "practice_url", "register_payments", "register_warehouse",
    "seal_carrier_salt", "seal_code", "simulator_office", "storage", "tells_of_parcels", "tracking_service",
    "warehouse_gateway", "warehouse_vendor", "webhook_url", "wechat_shipping",
]  # fmt: skip

# What the salts of the store's warehouses are sealed for.
CARRIER = "carrier"
# Where a vendor's authorization page sends the merchant's browser, in the backoffice.
AUTHORIZED = "/warehouses/authorized"


class UnknownVendor(Exception):
    """A row names an adapter this installation does not have."""


_clients: dict[bool, Outside] = {}


def outside(base_url: str) -> Outside:
    """The client for an address a merchant may have typed: guarded, unless it is one of our own stand-ins."""
    ours = urlsplit(base_url).netloc in local_simulators()
    if ours not in _clients:
        _clients[ours] = Outside() if ours else Outside(GuardedTransport(frozenset()))
    return _clients[ours]


async def close() -> None:
    """Give the kept connections back; the next call opens new ones."""
    for kept in list(_clients):
        await _clients.pop(kept).aclose()
    from infra import images  # only a process that drew pictures has anything to close

    await images.close()


def storage() -> ObjectStorage:
    """Where pictures and files are kept."""
    from infra.storage import obstore  # heavy, and most processes never store a file

    return obstore.storage()


def payment_provider(
    account: Row, *, tenant_id: UUID, currency: str, references: References = NOTHING_KNOWN, notify_url: str = ""
) -> PaymentProvider:
    """The provider of a `payment_account` row. `references` tells what the provider calls our numbers."""
    build = adapters.ADAPTERS.get(account["provider"])
    if build is None:
        raise UnknownVendor(account["provider"])
    opened = OF_PAYMENTS.open(account, tenant_id=tenant_id)
    connection = adapters.Connection(account, opened, currency, outside(account["base_url"]), references, notify_url)
    return build(connection)


PAYOUT_WAYS = frozenset(adapters.PAYOUTS)


def pays_people(account: Row, *, tenant_id: UUID) -> bool:
    """Whether the `payment_account` row's provider sends money to people for this account."""
    if account["provider"] not in PAYOUT_WAYS:
        return False
    return adapters.pays_people(account["provider"], OF_PAYMENTS.open(account, tenant_id=tenant_id))


def payouts_provider(account: Row, *, tenant_id: UUID, currency: str, notify_url: str) -> Payouts:
    """The one who sends money to people, for the `payment_account` row of a provider that does."""
    build = adapters.PAYOUTS.get(account["provider"])
    if build is None:
        raise UnknownVendor(account["provider"])
    opened = OF_PAYMENTS.open(account, tenant_id=tenant_id)
    return build(
        adapters.Connection(account, opened, currency, outside(account["base_url"]), NOTHING_KNOWN, notify_url)
    )


def warehouse_gateway(warehouse: Row, *, tenant_id: UUID) -> WarehouseGateway:
    """The gateway of a `warehouse` row."""
    build = warehouses.ADAPTERS.get(warehouse["adapter"])
    if build is None:
        raise UnknownVendor(warehouse["adapter"])
    opened = OF_WAREHOUSES.open(warehouse, tenant_id=tenant_id)
    return build(warehouses.Connection(warehouse, opened, Undaunted(outside(warehouse["base_url"])), tenant_id))


def warehouse_vendor(warehouse: Row, *, tenant_id: UUID) -> WarehouseVendor:
    """Who authorizes us for a `warehouse` row. Raises UnknownVendor where nobody does that."""
    build = warehouses.VENDORS.get(warehouse["adapter"])
    if build is None:
        raise UnknownVendor(warehouse["adapter"])
    opened, client = OF_WAREHOUSES.open(warehouse, tenant_id=tenant_id), Undaunted(outside(warehouse["base_url"]))
    simulator = warehouse["base_url"] if is_practice(warehouse) else ""
    return build(warehouses.Connection(warehouse, opened, client, tenant_id), simulator)


def seal_code(code: str, *, tenant_id: UUID, warehouse_id: UUID) -> str:
    """One text for `warehouse_authorization.code_sealed`, until a worker has exchanged the code."""
    return crypto.seal(code.encode(), tenant_id=tenant_id, purpose=_code_place(warehouse_id))


def open_code(sealed: str, *, tenant_id: UUID, warehouse_id: UUID) -> str:
    return _opened(sealed, tenant_id, _code_place(warehouse_id))


def _code_place(warehouse_id: UUID) -> str:
    return f"warehouse_authorization.code:{warehouse_id}"


def seal_carrier_salt(*, tenant_id: UUID) -> str:
    """A fresh salt for `warehouse.carrier_salt_sealed`: the tracking service signs with it what it tells us."""
    return crypto.seal(secrets.token_hex(24).encode(), tenant_id=tenant_id, purpose=CARRIER)


def is_practice(warehouse: Row) -> bool:
    """Whether our own simulator plays this warehouse: it ships nothing to anybody.

    An address a merchant typed starts with https:// and never is the simulator's, whose accounts are for us to open.
    """
    parts = urlsplit(warehouse["base_url"])
    return parts.scheme == "http" and parts.netloc in local_simulators()


def practice_url(adapter: str) -> str:
    """Where the simulator plays a warehouse of this kind."""
    return f"http://127.0.0.1:{settings().simulator_port}{warehouses.AT_SIMULATOR.get(adapter, '')}"


def carrier_tracking(warehouse: Row, *, tenant_id: UUID) -> CarrierPushes:
    """What tells of this warehouse's parcels by itself."""
    return Kuaidi100(_opened(warehouse["carrier_salt_sealed"], tenant_id, CARRIER))


def tells_of_parcels(warehouse: Row) -> bool:
    """Our own stand-in pushes where its parcels are; no tracking service knows them."""
    return bool(warehouse["carrier_salt_sealed"]) and urlsplit(warehouse["base_url"]).netloc in local_simulators()


def tracking_service(account: Row, *, tenant_id: UUID) -> CarrierTracking:
    """The service of a `tracking_account` row."""
    service = trackings.SERVICES.get(account["provider"])
    if service is None:
        raise UnknownVendor(account["provider"])
    said = OF_TRACKING.open(account, tenant_id=tenant_id)
    return service.build(said, account["base_url"], outside(account["base_url"]))


def marketplace(shop: Row, *, tenant_id: UUID, currency: str, decimals: int) -> MarketplaceOrders:
    """The platform of an `external_shop` row."""
    said = OF_SHOPS.open(shop, tenant_id=tenant_id)
    return marketplaces.connect(
        shop["platform"], said, shop["base_url"], outside(shop["base_url"]), currency=currency, decimals=decimals
    )


def mailer() -> Mailer | None:
    """Who carries mail, or nobody: without SMTP_URL messages are kept and shown on the pages only."""
    from infra.messaging.smtp import SmtpMailer

    return SmtpMailer(settings().smtp_url, settings().mail_from) if settings().smtp_url else None


def credential_faults(provider: str, values: Mapping[str, str]) -> Mapping[str, str]:
    """What cannot be right in credentials somebody typed: codes by field."""
    judge = adapters.FAULTS.get(provider)
    return judge(values) if judge else {}


async def register_payments(account: Row, *, tenant_id: UUID, webhook_secret: str, name: str) -> None:
    """Open the store's account at the sandbox, or move it to its present secret and address. Safe to repeat."""
    secret = OF_PAYMENTS.open(account, tenant_id=tenant_id)["secret"]
    merchant = RegisterMerchant(account["merchant_id"], secret, webhook_url("payments", webhook_secret), name)
    await SandboxOffice(account["base_url"], outside(account["base_url"])).register(merchant)


async def register_warehouse(warehouse: Row, *, tenant_id: UUID, callback_secret: str, carrier_secret: str) -> None:
    """Open the store's account at the simulator, or move it. Other warehouses are registered by their vendor."""
    if not is_practice(warehouse):
        return
    opened = OF_WAREHOUSES.open(warehouse, tenant_id=tenant_id)
    app = RegisterApp(
        app_key=warehouse["app_key"],
        app_secret=opened["secret"],
        access_token=opened.get("access_token") or warehouses.trial_token(opened["secret"]),
        callback_url=webhook_url("warehouse", callback_secret),
        carrier_url=webhook_url("carrier", carrier_secret),
        carrier_salt=_opened(warehouse["carrier_salt_sealed"], tenant_id, CARRIER),
        dialect=warehouse["adapter"],
        names={**warehouse["settings"], "return_url": f"{settings().origin('admin')}{AUTHORIZED}"},
    )
    await simulator_office(warehouse["base_url"]).register(app)


def simulator_office(base_url: str) -> SimulatorOffice:
    """The door for the platform at the simulator that answers at this address of a practice warehouse."""
    parts = urlsplit(base_url)
    return SimulatorOffice(f"{parts.scheme}://{parts.netloc}", outside(base_url))


def wechat_shipping(account: Row, *, tenant_id: UUID) -> WeChatShipping | None:
    """Who is told of parcels for the mini-program of a WeChat account; nobody where it has none."""
    said = OF_PAYMENTS.open(account, tenant_id=tenant_id)
    if not (said.get("mini_appid") and said.get("mini_secret")):
        return None
    address = adapters.wechat_app_address(account["base_url"])
    return WeChatShipping(said["mini_appid"], said["mini_secret"], address, outside(address))


def webhook_url(kind: str, path_secret: str) -> str:
    """Where our own stand-ins reach us; the secret in the path names the store."""
    return f"http://127.0.0.1:{settings().port}/webhooks/{kind}/{path_secret}"


def _opened(sealed: str, tenant_id: UUID, purpose: str) -> str:
    return crypto.open_sealed(sealed, tenant_id=tenant_id, purpose=purpose).decode()
