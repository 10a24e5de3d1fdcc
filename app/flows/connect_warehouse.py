"""The merchant connects a warehouse, changes how it is reached, describes it, pauses it or lets it go on.

Secrets are written only: what is left empty keeps what was there, and pages see the last characters at most. The audit
entry comes first, in a transaction of the platform, because directory and store may live on different servers.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import tenants
from app import fulfillment
from app.flows import sheet_links
from app.flows.merchant_acts import Actor, record_act
from app.flows.work_order_steps import push
from app.fulfillment import Described, Kind, OpenWork, Reached, WarehouseFacts
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.ids import new_id
from infra import wiring
from infra.settings import settings
from tenants import lifecycle, outbox

SHOWN_OF_SECRET, SHORTEST_SECRET = 4, 16


@dataclass(frozen=True, slots=True)
class Kept:
    """What pages may know of the secrets of a warehouse: which there are, and the end of those that are long enough."""

    names: tuple[str, ...]
    ends: Mapping[str, str]


async def connect_warehouse(
    kind: Kind, typed: Mapping[str, str], described: Described, *, practice: bool, by: Actor
) -> UUID:
    """A warehouse more. `practice`: our simulator plays it, and needs no credentials. Raises InvalidInput."""
    warehouse_id = new_id()
    reached = _practice(kind, warehouse_id) if practice else _reached(kind, warehouse_id, _checked(kind, typed, {}))
    await _record("warehouse.connected", warehouse_id, by, {"kind": kind.code, "name": described.name})
    salt = wiring.seal_carrier_salt(tenant_id=tenants.current().id)
    async with tenants.transaction():
        await fulfillment.connect_warehouse(warehouse_id, described.name, kind.code, reached, salt)
        await fulfillment.describe_warehouse(warehouse_id, described)
        if practice:
            await outbox.post("fulfillment.register_warehouse", queue="critical", key="register:warehouse")
    return warehouse_id


async def change_warehouse(warehouse_id: UUID, typed: Mapping[str, str], described: Described, *, by: Actor) -> None:
    """Change what is typed; an empty secret's box keeps the secret. Raises InvalidInput, NotFound."""
    async with tenants.transaction():
        warehouse = await fulfillment.warehouse(warehouse_id)
    kind, changed = kind_of(warehouse), {"name": described.name}
    if not (practice := wiring.is_practice(warehouse)):
        _checked(kind, typed, _opened(warehouse))
        changed["fields"] = ", ".join(sorted(field.name for field in kind.secret_fields if typed.get(field.name)))
    await _record("warehouse.changed", warehouse_id, by, changed)
    async with tenants.transaction():
        await fulfillment.describe_warehouse(warehouse_id, described)
        if not practice:
            await _reconnect(kind, await fulfillment.lock_warehouse(warehouse_id), typed)


async def _reconnect(kind: Kind, warehouse: WarehouseFacts, typed: Mapping[str, str]) -> None:
    """What a vendor's page granted stays, unless the account is another one now or a token was typed by hand."""
    kept = _opened(warehouse)
    values, boxes = _checked(kind, typed, kept), {field.name for field in kind.fields}
    granted = {name: text for name, text in kept.items() if name not in boxes}
    if values.get(kind.key_field) != warehouse.app_key or typed.get("access_token"):
        await fulfillment.forget_authorization(warehouse.id)
        granted = {}
    await fulfillment.reconnect_warehouse(warehouse.id, _reached(kind, warehouse.id, values, granted))


async def pause_warehouse(warehouse_id: UUID, open_work: OpenWork, *, by: Actor) -> int:
    """Send nothing new there. Answers how many orders wait. Raises NotFound, LastWarehouse."""
    await _record("warehouse.paused", warehouse_id, by, {"open_work": open_work})
    async with tenants.transaction():
        return await fulfillment.pause_warehouse(warehouse_id, open_work)


async def resume_warehouse(warehouse_id: UUID, *, by: Actor) -> int:
    """Send what waited. Answers how many orders that is. Raises NotFound."""
    await _record("warehouse.resumed", warehouse_id, by, {})
    async with tenants.transaction():
        waiting = await fulfillment.resume_warehouse(warehouse_id)
        for work_order in waiting:
            await push(work_order)
    return len(waiting)


async def make_default(warehouse_id: UUID, *, by: Actor) -> None:
    """What fits nowhere else goes there from now on. Raises NotFound, NotAtWork."""
    await _record("warehouse.made_default", warehouse_id, by, {})
    async with tenants.transaction():
        await fulfillment.make_default(warehouse_id)


async def ask_for_check(warehouse_id: UUID) -> None:
    """Have a worker ask it something harmless. Asked twice, it is asked once. Raises NotFound."""
    async with tenants.transaction():
        await fulfillment.warehouse(warehouse_id)
        await outbox.post(
            "fulfillment.check_warehouse", queue="critical", key=check_key(warehouse_id), max_attempts=1,
            warehouse_id=str(warehouse_id),
        )  # fmt: skip


def check_key(warehouse_id: UUID) -> str:
    return f"check:warehouse:{warehouse_id}"


def kind_of(warehouse: WarehouseFacts) -> Kind:
    kind = fulfillment.KINDS.get(warehouse.adapter)
    if kind is None:
        raise NotFound
    return kind


def kept_secrets(warehouse: WarehouseFacts) -> Kept:
    """For the form: which boxes may stay empty, and how their secrets end."""
    opened = _opened(warehouse)
    secret = [field for field in kind_of(warehouse).secret_fields if opened.get(field.name)]
    ends = {
        field.name: opened[field.name][-SHOWN_OF_SECRET:]
        for field in secret
        if field.type == "secret" and len(opened[field.name]) >= SHORTEST_SECRET
    }
    return Kept(tuple(field.name for field in secret), ends)


async def open_sheets(warehouse: WarehouseFacts) -> list[tuple[str, str]]:
    """Packing sheets a supplier has not given back, with the page where it, or the merchant for it, does so."""
    if warehouse.adapter != "mailed":
        return []
    async with tenants.transaction():
        references = await fulfillment.references_at(warehouse.id)
    return [(reference, sheet_links.url(reference)) for reference in references]


def callback_url() -> str:
    """Where the store's warehouses tell us; whoever knows the address still has to sign."""
    return f"{settings().origin()}/webhooks/warehouse/{lifecycle.webhook_secret(tenants.current().id, 'warehouse')}"


def return_url() -> str:
    """Where a vendor's authorization page sends the merchant's browser back to."""
    return f"{settings().origin('admin')}{wiring.AUTHORIZED}"


def _opened(warehouse: WarehouseFacts) -> dict[str, str]:
    return wiring.OF_WAREHOUSES.open(warehouse, tenant_id=tenants.current().id)


def _checked(kind: Kind, typed: Mapping[str, str], kept: Mapping[str, str]) -> dict[str, str]:
    """What was typed; where a secret's box is empty, what was there. Raises InvalidInput."""
    values = {field.name: typed.get(field.name, "").strip() for field in kind.fields}
    for field in kind.secret_fields:
        values[field.name] = values[field.name] or kept.get(field.name, "")
    if wrong := fulfillment.faults_of(kind, values):
        raise InvalidInput(wrong)
    return values | ({"trial": "yes"} if typed.get("trial") == "yes" and kind.test_url else {})


def _reached(
    kind: Kind, warehouse_id: UUID, values: Mapping[str, str], granted: Mapping[str, str] | None = None
) -> Reached:
    secret = {field.name for field in kind.secret_fields}
    sealed = wiring.OF_WAREHOUSES.seal(
        {name: text for name, text in values.items() if name in secret} | dict(granted or {}),
        tenant_id=tenants.current().id, row_id=warehouse_id,
    )  # fmt: skip
    public = {name: text for name, text in values.items() if name not in secret}
    address = kind.test_url if values.get("trial") else values.get("base_url") or kind.base_url.format_map(values)
    return Reached(address, values.get(kind.key_field, ""), sealed, public)


def _practice(kind: Kind, warehouse_id: UUID) -> Reached:
    """An account of its own at the simulator, which believes whatever secret it is told when it is registered."""
    store = tenants.current()
    sealed = wiring.OF_WAREHOUSES.seal(
        {"secret": secrets.token_hex(24)}, tenant_id=store.id, row_id=warehouse_id
    )  # fmt: skip
    return Reached(wiring.practice_url(kind.code), f"{store.id.hex}-{warehouse_id.hex[-12:]}", sealed, kind.practice)


async def _record(action: str, warehouse_id: UUID, by: Actor, details: Mapping[str, object]) -> None:
    await record_act(by, action, str(warehouse_id), "", details)
