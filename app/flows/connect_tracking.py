"""The merchant connects an account at a tracking service. Its secrets are written only, never shown.

Connected again, the same account gets its new secrets; what was ours, the salt of pushes, stays, because parcels on
their way are still told of with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal
from urllib.parse import urlsplit
from uuid import UUID

import tenants
from app import fulfillment
from app.flows.merchant_acts import Actor, record_act
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from infra import wiring
from infra.carrier.adapters import SERVICES, Service, own_secrets

LONGEST = 500
NEEDED = N_("This is needed.")
FIELDS: Mapping[str, tuple[str, ...]] = {provider: service.asks for provider, service in SERVICES.items()}
SECRET: Mapping[str, frozenset[str]] = {provider: service.secret for provider, service in SERVICES.items()}
TOLD_THERE = frozenset(provider for provider, service in SERVICES.items() if service.told_there)
CHOICES: Mapping[str, tuple[str, ...]] = {"plan": ("free", "paid")}


async def connect_tracking(provider: str, name: str, typed: Mapping[str, str], *, actor: Actor) -> UUID:
    """Raises InvalidInput."""
    service = SERVICES.get(provider)
    if service is None:
        raise InvalidInput({"provider": N_("Choose one of these.")})
    said = {field: typed.get(field, "").strip()[:LONGEST] for field in service.asks}
    wrong = _wrong(said) | ({} if name.strip() else {"name": NEEDED})
    if wrong:
        raise InvalidInput(wrong)
    account_ref, store = said[service.asks[0]], tenants.current()
    async with tenants.transaction():
        known = [
            each
            for each in await fulfillment.tracking_accounts()
            if (each.provider, each.account_ref) == (provider, account_ref)
        ]
    account_id = known[0].id if known else new_id()
    ours = wiring.OF_TRACKING.open(known[0], tenant_id=store.id) if known else own_secrets(provider)
    await record_act(actor, "carriers.connect", str(account_id), "", {"provider": provider, "again": bool(known)})
    async with tenants.transaction():
        await fulfillment.save_tracking_account(
            account_id, provider=provider, name=name.strip()[:80], account_ref=account_ref,
            base_url=service.address or said["base_url"].rstrip("/"),
            credentials_sealed=wiring.OF_TRACKING.seal(ours | said, tenant_id=store.id, row_id=account_id),
            settings=_shown(service, said),
        )  # fmt: skip
    return account_id


def _wrong(said: Mapping[str, str]) -> dict[str, str]:
    wrong = {field: NEEDED for field, text in said.items() if not text}
    wrong |= {
        field: N_("Choose one of these.")
        for field, allowed in CHOICES.items()
        if said.get(field) and said[field] not in allowed
    }
    address = urlsplit(said.get("base_url", ""))
    if said.get("base_url") and (address.scheme != "https" or not address.hostname or address.query):
        wrong["base_url"] = N_("An address begins with https:// and has no question mark.")
    return wrong


def _shown(service: Service, said: Mapping[str, str]) -> dict[str, str]:
    return {field: text for field, text in said.items() if field not in service.secret}


async def switch_tracking(account_id: UUID, act: Literal["pause", "resume", "choose"], *, actor: Actor) -> None:
    """Raises NotFound."""
    async with tenants.transaction():
        account = await fulfillment.tracking_account(account_id)
    await record_act(actor, f"carriers.{act}", str(account_id), "", {"provider": account.provider})
    async with tenants.transaction():
        if act == "choose":
            await fulfillment.choose_tracking_account(account_id)
        else:
            await fulfillment.switch_tracking_account(account_id, "paused" if act == "pause" else "active")
