"""Who else earns of a sale in a live session: its hosts share what bringing the shopper earns. Not a journey.

The seller's own rate is split, not added to: every other host's part of it is rounded down, the seller keeps the rest,
and all of them together earn what the seller alone would have. Who stands above the seller is not touched. Hosts and
parts are those of the moment the order was placed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

import tenants
from app import attribution, live, orders, promoters
from app.flows.leader_claims import Earner
from app.flows.sale_candidates import own_emails
from app.kernel.money import floor_share

SHOWS = """
SELECT host FROM live_slot WHERE session = $1 AND variant = $2 AND on_air_at <= $3
    AND (off_air_at IS NULL OR off_air_at > $3) ORDER BY on_air_at DESC LIMIT 1
"""


async def share(
    order: orders.Order,
    lines: Sequence[orders.Line],
    winner: attribution.Candidate,
    earners: Mapping[UUID, list[Earner]],
) -> dict[UUID, list[Earner]]:
    """The same earners by line, and beside the seller the hosts of the session that the shopper came from."""
    if winner.live_session is None:
        return dict(earners)
    session = await live.find(winner.live_session)
    others = await live.everybody_of(session.id)
    shared = dict(earners)
    for line in lines:
        shows = await tenants.connection().fetchval(SHOWS, session.id, line.variant, order.placed_at)
        parts = live.parts_of(session, others, at=order.placed_at, shows=shows)
        parts = await _who_may_earn(order, parts, winner.promoter)
        if winner.promoter in parts and len(parts) > 1 and earners[line.id]:
            first, *above = earners[line.id]
            shared[line.id] = [*among(first, parts, session), *above]
    return shared


def among(first: Earner, parts: Mapping[UUID, int], session: live.LiveSession) -> list[Earner]:
    """The seller with what the others leave, then they; nobody with a part of nothing."""
    told = {"session": session.id, "session_title": session.title, "shared_bps": first.rate_bps}
    others = [
        replace(
            first, promoter=host, role="co_host", rate_bps=floor_share(first.rate_bps, part),
            flat_amount=floor_share(first.flat_amount, part), terms={**first.terms, **told, "part_bps": part},
        )
        for host, part in parts.items()
        if host != first.promoter and part
    ]  # fmt: skip
    others = [one for one in others if one.rate_bps and (one.flat_amount or not first.flat_amount)]
    seller = replace(
        first, rate_bps=first.rate_bps - sum(one.rate_bps for one in others),
        flat_amount=first.flat_amount - sum(one.flat_amount for one in others),
        terms={**first.terms, **told, "part_bps": parts[first.promoter]},
    )  # fmt: skip
    return [seller, *others]


async def _who_may_earn(order: orders.Order, parts: Mapping[UUID, int], seller: UUID) -> dict[UUID, int]:
    """Without hosts who are not approved, or who bought themselves: the seller keeps their part."""
    if len(parts) == 1:
        return dict(parts)
    own, may = await own_emails(order), dict(parts)
    for host in parts:
        one = await promoters.find(host)
        if host != seller and (one.status != "approved" or one.email.lower() in own):
            del may[host]
    return may
