"""A purchase order follows what its shoppers still want. Steps inside an open transaction, with its row locked."""

from __future__ import annotations

from uuid import UUID

from app import purchasing
from app.flows import supply_mail
from app.purchasing import Purchase


async def drop_surplus(purchase: Purchase, *, by: str) -> bool:
    """What nobody wants any more falls out while the supplier has not answered; afterwards it is asked for.

    True when the order itself changed.
    """
    surplus = await purchasing.surplus_of(purchase.id)
    if purchase.status == "sent":
        for each in surplus:
            await purchasing.drop_units(each.ids)
        return bool(surplus)
    if purchase.status == "accepted" and surplus:
        for each in surplus:
            await purchasing.ask_units_back(each.ids)
            await purchasing.ask_for_fewer(each.purchase_line, len(each.ids), by=by)
        await supply_mail.tell(purchase.id, "purchase.fewer")
    return False


async def settle_version(purchase: UUID, *, by: str) -> None:
    """A purchase order that changed has a new version, or is called off when nothing is left of it."""
    if not await purchasing.count_up(purchase):
        await purchasing.cancel(purchase)
    await purchasing.write_version(purchase, await purchasing.next_version(purchase), "recomputed", by=by)
    await supply_mail.tell(purchase, "purchase.changed")
