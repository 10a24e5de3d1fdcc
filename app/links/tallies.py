"""A link's totals: never incremented blindly, always in the transaction that marks the rows they come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.links.clicks import Unfolded
from app.links.hours import add_hours


class Tally(msgspec.Struct, frozen=True):
    """What came of one link."""

    link: UUID
    clicks: int = 0
    raw_clicks: int = 0
    visitors: int = 0
    orders: int = 0
    paid_orders: int = 0
    gmv_amount: int = 0
    refunded_amount: int = 0
    commission_amount: int = 0


class SalesTotals(msgspec.Struct, frozen=True):
    """The part of a tally that follows from decisions and commission lines."""

    orders: int
    paid_orders: int
    gmv_amount: int
    refunded_amount: int
    commission_amount: int


async def lock_tallies(link_ids: Sequence[UUID]) -> None:
    """Everybody who changes totals takes the rows in the same order, so nobody waits in a circle."""
    await tenants.connection().execute(
        "SELECT link FROM link_tally WHERE link = ANY($1::uuid[]) ORDER BY link FOR UPDATE", sorted(set(link_ids))
    )


async def add_clicks(folded: Sequence[Unfolded], counted: set[UUID]) -> None:
    """Add freshly folded clicks to the totals; the same transaction marks them folded, so none is added twice."""
    raw = Counter(click.link for click in folded)
    chosen = [click for click in folded if click.id in counted]
    clean = Counter(click.link for click in chosen)
    met = await _meet(chosen)
    fresh = Counter(click.link for click in chosen if click.id in met)
    order = sorted(raw)
    await tenants.connection().execute(
        "UPDATE link_tally t SET raw_clicks = t.raw_clicks + a.raw, clicks = t.clicks + a.clean,"
        " visitors = t.visitors + a.fresh, updated_at = $5"
        " FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[]) AS a (link, raw, clean, fresh)"
        " WHERE t.link = a.link",
        order, [raw[link] for link in order], [clean[link] for link in order], [fresh[link] for link in order], now(),
    )  # fmt: skip
    await add_hours(folded, counted, met)


async def _meet(chosen: Sequence[Unfolded]) -> set[UUID]:
    """Remember first meetings of visitors and links; the clicks that were such."""
    if not chosen:
        return set()
    first = {(click.link, click.visitor_id): click.id for click in reversed(chosen)}
    order = sorted(first)
    rows = await tenants.connection().fetch(
        "INSERT INTO link_visitor (link, visitor_id, first_click)"
        " SELECT v.link, v.visitor_id, v.first_click FROM unnest($1::uuid[], $2::uuid[], $3::uuid[])"
        " AS v (link, visitor_id, first_click) ON CONFLICT DO NOTHING RETURNING first_click",
        [link for link, _ in order], [visitor for _, visitor in order], [first[pair] for pair in order],
    )  # fmt: skip
    return {row["first_click"] for row in rows}


async def write_sales(link_id: UUID, totals: SalesTotals) -> None:
    """Replace the sales part of the totals with what the rows say now. Lock the tally before counting."""
    await tenants.connection().execute(
        "UPDATE link_tally SET orders = $2, paid_orders = $3, gmv_amount = $4, refunded_amount = $5,"
        " commission_amount = $6, updated_at = $7 WHERE link = $1",
        link_id, totals.orders, totals.paid_orders, totals.gmv_amount, totals.refunded_amount,
        totals.commission_amount, now(),
    )  # fmt: skip


async def tallies_of(link_ids: Sequence[UUID]) -> dict[UUID, Tally]:
    rows = await tenants.connection().fetch(
        "SELECT link, clicks, raw_clicks, visitors, orders, paid_orders, gmv_amount, refunded_amount, commission_amount"
        " FROM link_tally WHERE link = ANY($1::uuid[])",
        list(link_ids),
    )
    return {row["link"]: Tally(*row.values()) for row in rows}
