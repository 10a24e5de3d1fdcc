"""A step inside an open transaction: count a link's sales again from its rows. Not a journey of its own."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from app import attribution, commissions, links


async def recount(link_ids: Iterable[UUID]) -> None:
    """Never adds to a total: whatever happened before, and however often, the rows say what is true now."""
    order = sorted(set(link_ids))
    await links.lock_tallies(order)
    for link_id in order:
        sales = await attribution.sales_of(link_id)
        totals = links.SalesTotals(
            sales.orders, sales.paid_orders, sales.gmv_amount, sales.refunded_amount,
            await commissions.earned_through(link_id),
        )  # fmt: skip
        await links.write_sales(link_id, totals)
