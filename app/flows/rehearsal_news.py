"""What the simulator tells about a rehearsal, believed and counted as real news is. Not a journey of its own.

The callback came to the address all warehouses of the store use, and its signature was checked by the same adapter.
Nothing real is touched: no order, no stock, no inbox row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import tenants
from app import rehearsals
from app.kernel.i18n import N_
from app.rehearsals import Kind, PracticeOrder, Rehearsal
from infra import wiring
from infra.warehouse.port import CancelNotice, Notice, ProgressNotice, ShipmentNotice, ShortNotice, UntrustedNotice

ASK_A_PERSON = N_("In a real order a person chooses: send the rest later, replace it with consent, or refund it.")
COMPARE = N_("In a real order nothing wrong is sent; a person compares the numbers with the warehouse's.")
SILENT = N_("In a real order the queue of exceptions shows it in time, and a person asks the warehouse.")
REFUSED = N_("In a real order a person sends it from another warehouse, or cancels and refunds it.")


async def hear(*, headers: Mapping[str, str], query: str, body: bytes, now: datetime) -> bytes | None:
    """The vendor's thanks, or None when no rehearsal's account signed this."""
    async with tenants.transaction():
        known = await rehearsals.listening()
    for rehearsal in known:
        gateway = wiring.warehouse_gateway(rehearsal, tenant_id=tenants.current().id)
        try:
            notices = gateway.parse_callback(headers=headers, query=query, body=body, now=now)
        except UntrustedNotice:
            continue
        if rehearsal.status == "running":
            await take(rehearsal, notices)
        return gateway.acknowledgment
    return None


async def take(rehearsal: Rehearsal, notices: Iterable[Notice], *, fetched: bool = False) -> None:
    """Each in a transaction of its own, once; counts of shelves are of no interest here.

    `fetched`: nobody told us in time, and we caught up by asking.
    """
    for notice in notices:
        worded = _worded(notice)
        if worded is None:
            continue
        reference, kind, facts = worded
        facts |= {"fetched": True} if fetched else {}
        async with tenants.transaction():
            order = await rehearsals.lock_order(rehearsal.id, reference)
            if await rehearsals.hear(rehearsal.id, order, notice.notice_id, kind, facts) and order:
                await rehearsals.settle(order)
                await _raise_trouble(order, notice)


def _worded(notice: Notice) -> tuple[str, Kind, dict[str, Any]] | None:
    match notice:
        case ShipmentNotice():
            pieces = sum(line.quantity for line in notice.parcel.lines)
            facts = {"complete": notice.complete, "tracking": notice.parcel.tracking_number, "pieces": pieces}
            return notice.reference, "shipment", facts
        case ProgressNotice():
            return notice.reference, "progress", {"picked": notice.picked, "packed": notice.packed}
        case ShortNotice():
            return notice.reference, "short", {"missing": sum(line.missing for line in notice.lines)}
        case CancelNotice():
            return notice.reference, "cancel", {"reason": notice.reason}
    return None


async def _raise_trouble(order: PracticeOrder, notice: Notice) -> None:
    if isinstance(notice, ShortNotice):
        found = [line for line in notice.lines if line.found_sku]
        said = ", ".join(f"{line.sku} × {line.missing}" + (f" → {line.found_sku}" if line.found_sku else "")
                         for line in notice.lines)  # fmt: skip
        trouble = ("wrong_sku", said, COMPARE) if found else ("short", said, ASK_A_PERSON)
        await rehearsals.raise_trouble(order.id, *trouble)
    if isinstance(notice, CancelNotice):
        await rehearsals.raise_trouble(order.id, "refused", notice.reason, REFUSED)
