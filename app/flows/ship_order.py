"""A warehouse tells us something: a parcel left, goods are missing or came back, an order will not be shipped.

One transaction for each notice: inbox row and everything that follows from it. A copy changes nothing, and notices may
come in any order: each kind is taken by a module of its own, and the state of a work order follows from all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import tenants
from app import fulfillment, payments
from app.flows import take_cancel, take_count, take_progress, take_return, take_shipment, take_short
from app.flows.warehouse_news import Outcome, cleaned
from app.fulfillment import WarehouseFacts
from app.kernel.errors import NotFound
from infra import wiring
from infra.warehouse.port import (
    CancelNotice,
    Notice,
    ProgressNotice,
    ReturnNotice,
    ShipmentNotice,
    ShortNotice,
    UntrustedNotice,
)

SOURCE = "warehouse"


async def hear_warehouse(*, headers: Mapping[str, str], query: str, body: bytes, now: datetime) -> bytes:
    """Believe a callback and act on each notice in it. Returns the words the vendor wants to read.

    Raises UntrustedNotice, and then nothing was written.
    """
    async with tenants.transaction():
        warehouses = await fulfillment.warehouses()
    speaker, thanks, notices = _believed(warehouses, headers, query, body, now)
    for notice in notices:
        await take_notice(notice, body.decode("utf-8", "replace"), speaker)
    return thanks


def _believed(
    warehouses: list[WarehouseFacts], headers: Mapping[str, str], query: str, body: bytes, now: datetime
) -> tuple[WarehouseFacts, bytes, list[Notice]]:
    """A store's warehouses share one address; the signature tells which of them speaks."""
    refusal = UntrustedNotice("the store has no warehouse")
    for warehouse in warehouses:
        try:
            gateway = wiring.warehouse_gateway(warehouse, tenant_id=tenants.current().id)
            notices = gateway.parse_callback(headers=headers, query=query, body=body, now=now)
            return warehouse, gateway.acknowledgment, notices
        except UntrustedNotice as error:
            refusal = error
        except wiring.UnknownVendor as error:  # one row nobody can read does not make the others unheard
            refusal = UntrustedNotice(str(error))
    raise refusal


async def take_notice(notice: Notice, body: str, speaker: WarehouseFacts | None = None) -> None:
    """Act on one notice once. What names an order we do not know is put aside for a person.

    `speaker` is the warehouse whose signature or answer it was; each account has its own numbers.
    """
    notice = cleaned(notice)
    event_id = f"{speaker.account}:{notice.notice_id}" if speaker else notice.notice_id
    async with tenants.transaction():
        if not await payments.take_event(SOURCE, event_id, body.replace("\0", "")):
            return
        try:
            outcome, status = await _act(notice, speaker)
        except NotFound:
            outcome, status = "names an order we do not have", "quarantined"
        await payments.settle_event(SOURCE, event_id, outcome, status=status)


async def _act(notice: Notice, speaker: WarehouseFacts | None) -> Outcome:
    match notice:
        case ShipmentNotice():
            return await take_shipment.take(notice, speaker)
        case CancelNotice():
            return await take_cancel.take(notice, speaker)
        case ProgressNotice():
            return await take_progress.take(notice, speaker)
        case ShortNotice():
            return await take_short.take(notice, speaker)
        case ReturnNotice():
            return await take_return.take(notice, speaker)
    return await take_count.take(notice, speaker)
