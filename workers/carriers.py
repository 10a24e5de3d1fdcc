"""Jobs around parcels on their way: give them to the tracking service, and ask about silent ones."""

from __future__ import annotations

import msgspec

import tenants
from app import fulfillment
from app.flows.deliver_parcel import deliver_parcel
from app.flows.follow_parcels import ask_about_parcels, follow_parcels, has_work
from app.flows.tell_wechat import TOLD_FOR, tell_wechat
from app.kernel.clock import now
from app.kernel.errors import NotFound
from infra.carrier.port import CarrierUnavailable
from tenants import outbox
from workers.context import Handlers, JobContext, Retry


async def follow(context: JobContext) -> None:
    """Without a clear answer the round goes on later; what was done is not done again."""
    try:
        await follow_parcels()
        async for notice in ask_about_parcels():
            try:
                await deliver_parcel(notice, msgspec.json.encode(notice).decode())
            except NotFound:  # the parcel was taken off meanwhile
                continue
    except CarrierUnavailable as error:
        raise Retry(str(error)) from error


async def look_after_parcels() -> None:
    """Ask for a round where there is anything to do; the same wish twice is one."""
    async with tenants.transaction():
        if await has_work():
            await outbox.post("carriers.follow", queue="bulk", key="carriers.follow", max_attempts=4)


async def tell_platforms(context: JobContext) -> None:
    """What is due is looked up anew, so a second run tells nothing twice."""
    await tell_wechat()


async def look_for_untold_parcels() -> None:
    """Ask for a round in a store whose shoppers pay by WeChat; the same wish twice is one."""
    async with tenants.transaction():
        if await fulfillment.due_uploads("wechat", shipped_after=now() - TOLD_FOR, limit=1):
            await outbox.post("carriers.tell_platforms", queue="bulk", key="carriers.tell_platforms", max_attempts=3)


HANDLERS: Handlers = {"carriers.follow": follow, "carriers.tell_platforms": tell_platforms}
