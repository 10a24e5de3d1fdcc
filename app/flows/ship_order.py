"""A warehouse tells us something: a parcel left, goods are missing or came back, an order will not be shipped.

One transaction for each notice; see `take_notice`. They may come in any order: each kind is taken by a module of its
own, and the state of a work order follows from all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import tenants
from app import fulfillment
from app.flows import rehearsal_news
from app.flows.take_notice import take_notice
from app.fulfillment import WarehouseFacts
from infra import wiring
from infra.warehouse.port import Notice, UntrustedNotice


async def hear_warehouse(*, headers: Mapping[str, str], query: str, body: bytes, now: datetime) -> bytes:
    """Believe a callback and act on each notice in it. Returns the words the vendor wants to read.

    Raises UntrustedNotice, and then nothing was written.
    """
    async with tenants.transaction():
        warehouses = await fulfillment.warehouses()
    try:
        speaker, thanks, notices = _believed(warehouses, headers, query, body, now)
    except UntrustedNotice:
        rehearsed = await rehearsal_news.hear(headers=headers, query=query, body=body, now=now)
        if rehearsed is None:
            raise
        return rehearsed
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
