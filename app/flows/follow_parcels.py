"""Parcels that left are given to the store's tracking service; those it is silent about are asked for.

The service is called between transactions. A subscription made twice is one over there, so a crash in between costs
nothing. Without a clear answer the rest waits for the next round; a clear no is kept on the parcel, which is then only
asked about. The news itself is followed by whoever called, as if it had been pushed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import tenants
from app import fulfillment
from app.fulfillment import Followed, TrackingAccountFacts
from app.kernel.clock import now
from infra import wiring
from infra.carrier import codes
from infra.carrier.port import CarrierRejected, CarrierTracking, CarrierUnavailable, TrackedParcel, TrackingNotice
from infra.settings import settings
from tenants import lifecycle

AT_ONCE = 100
QUESTIONS_AT_ONCE = 40
NEW_FOR = timedelta(days=7)
QUIET_HOURS = 6  # without a word for so long, we ask; no sooner again after that
ASKED_FOR = timedelta(days=45)


def push_address() -> str:
    """Where services tell the bound store; whoever knows it still has to sign."""
    secret = lifecycle.webhook_secret(tenants.current().id, "carrier")
    return f"{settings().origin()}/webhooks/carrier/{secret}"


async def has_work() -> bool:
    """Whether the bound store has anything to follow or to ask about. Inside the caller's transaction."""
    if not await fulfillment.tracking_accounts(active=True):
        return False
    return bool(await fulfillment.unfollowed(now() - NEW_FOR, limit=1) or await _quiet(1))


async def follow_parcels(service: CarrierTracking | None = None) -> None:
    """Subscribe what left since the last round. Raises CarrierUnavailable after noting it."""
    account = await _follower()
    if account is None:
        return
    service = service or wiring.tracking_service(account, tenant_id=tenants.current().id)
    async with tenants.transaction():
        parcels = await fulfillment.unfollowed(now() - NEW_FOR, limit=AT_ONCE)
        told = {each.id for each in await fulfillment.warehouses() if wiring.tells_of_parcels(each)}
    for parcel in parcels:
        if parcel.warehouse in told:
            error = "told_by_warehouse"
        else:
            error = await _subscribe(service, account, parcel)
        async with tenants.transaction():
            await fulfillment.note_followed(parcel.id, account.id, error=error)


async def _subscribe(service: CarrierTracking, account: TrackingAccountFacts, parcel: Followed) -> str:
    """Why it is not followed; empty when it is."""
    try:
        await service.follow(_named(parcel), push_address())
    except CarrierRejected as error:
        await _note(account, f"{parcel.tracking_number}: {error.code} {error.args[1]}".strip())
        return f"{error.code} {error.args[1]}".strip()
    except CarrierUnavailable as error:
        await _note(account, str(error))
        raise
    await _note(account)
    return ""


async def ask_about_parcels(service: CarrierTracking | None = None) -> AsyncIterator[TrackingNotice]:
    """What the service knows of parcels nobody told us of, one question each. Raises CarrierUnavailable."""
    account = await _follower()
    if account is None:
        return
    service = service or wiring.tracking_service(account, tenant_id=tenants.current().id)
    async with tenants.transaction():
        parcels = await _quiet(QUESTIONS_AT_ONCE)
    for parcel in parcels:
        notice = await _ask(service, account, parcel)
        async with tenants.transaction():
            await fulfillment.note_asked(parcel.id)
        if notice:
            yield notice


async def _ask(service: CarrierTracking, account: TrackingAccountFacts, parcel: Followed) -> TrackingNotice | None:
    try:
        notice = await service.query(_named(parcel))
    except CarrierRejected as error:
        await _note(account, f"{parcel.tracking_number}: {error.code} {error.args[1]}".strip())
        return None
    except CarrierUnavailable as error:
        await _note(account, str(error))
        raise
    await _note(account)
    return notice


async def _follower() -> TrackingAccountFacts | None:
    """Who follows new parcels: the default account, or another one while that is paused."""
    async with tenants.transaction():
        accounts = await fulfillment.tracking_accounts(active=True)
    return accounts[0] if accounts else None


async def _quiet(limit: int) -> list[Followed]:
    before = now() - timedelta(hours=QUIET_HOURS)
    return await fulfillment.quiet_parcels(before, shipped_after=now() - ASKED_FOR, limit=limit)


async def _note(account: TrackingAccountFacts, error: str = "") -> None:
    async with tenants.transaction():
        await fulfillment.note_tracking(account.id, error)


def _named(parcel: Followed) -> TrackedParcel:
    """Warehouses call carriers by code or by name; one of the two is understood."""
    carrier = codes.find(parcel.carrier) or codes.find(parcel.carrier_name) or codes.guess(parcel.tracking_number)
    code = carrier.code if carrier else parcel.carrier
    return TrackedParcel(code, parcel.tracking_number, parcel.reference, parcel.phone_tail)
