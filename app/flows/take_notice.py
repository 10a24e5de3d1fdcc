"""Take one notice of a warehouse out of the inbox, once, whether it was told or fetched. Not a journey of its own.

One transaction: inbox row and everything that follows from it. A copy changes nothing.
"""

from __future__ import annotations

import msgspec
from asyncpg import DataError, IntegrityConstraintViolationError

import tenants
from app import payments
from app.flows import take_cancel, take_count, take_progress, take_return, take_shipment, take_short
from app.flows.warehouse_news import Outcome, cleaned
from app.fulfillment import WarehouseFacts
from app.kernel.errors import NotFound
from infra.warehouse.port import CancelNotice, Notice, ProgressNotice, ReturnNotice, ShipmentNotice, ShortNotice

SOURCE = "warehouse"


async def take_notice(notice: Notice, body: str, speaker: WarehouseFacts | None = None) -> None:
    """What names an order we do not know, or says what cannot be written down, is put aside for a person.

    `speaker` is the warehouse whose signature or answer it was; each account has its own numbers.
    """
    notice, body = cleaned(notice), body.replace("\0", "")
    event_id = f"{speaker.account}:{notice.notice_id}" if speaker else notice.notice_id
    try:
        async with tenants.transaction():
            if not await payments.take_event(SOURCE, event_id, body):
                return
            try:
                outcome, status = await _act(notice, speaker)
            except NotFound:
                outcome, status = "names an order we do not have", "quarantined"
            await payments.settle_event(SOURCE, event_id, outcome, status=status)
    except (DataError, IntegrityConstraintViolationError, msgspec.ValidationError) as error:
        async with tenants.transaction():
            await payments.quarantine(SOURCE, event_id, body, f"cannot be written down: {error}")


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
