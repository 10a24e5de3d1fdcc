"""Jobs around parcels on their way: give them to the tracking service, and ask about silent ones."""

from __future__ import annotations

import msgspec

import tenants
from app.flows.deliver_parcel import deliver_parcel
from app.flows.follow_parcels import ask_about_parcels, follow_parcels, has_work
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


HANDLERS: Handlers = {"carriers.follow": follow}
