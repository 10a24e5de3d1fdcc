"""Whose sale a line sold elsewhere is, and who earns of it, by all that is known of it. Not a journey of its own."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app import commissions, external_sales, promoters
from app.commissions import Sold
from app.external_sales import Line
from app.flows import commission_terms
from app.flows.leader_claims import Earner

CPS_SHARE = "cps_share"
# Whoever was on air there when the order was placed; the one who began last, when there were several.
_ON_AIR = """
SELECT id, promoter FROM live_session WHERE platform = $1 AND started_at <= $2 AND (ended_at IS NULL OR ended_at >= $2)
ORDER BY started_at DESC, id LIMIT 1
"""
_SOLD = """
SELECT product.id AS product, product.category FROM variant JOIN product ON product.id = variant.product
WHERE variant.id = $1
"""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """`basis` says why; without a promoter it says what is missing."""

    basis: str
    promoter: UUID | None = None
    live_session: UUID | None = None

    def facts_of(self, line: Line) -> str:
        """Everything the amounts are made of. While it stays the same, so does the turn."""
        said = (
            self.basis, str(self.promoter), line.base_amount, line.sale_amount, line.quantity, str(line.variant),
            line.placed_at.isoformat(), line.sharer,
        )  # fmt: skip
        return hashlib.sha256(msgspec.json.encode(said)).hexdigest()


async def judge(line: Line) -> Verdict:
    """The sharer the platform names; if it names nobody, whoever was on air there; a slot in an offer of a network."""
    found = await _found(line)
    if found.promoter is None or found.promoter == line.promoter:
        return found  # who had it while they were approved keeps it
    approved = (await promoters.find(found.promoter)).status == "approved"
    return found if approved else Verdict(basis="barred")


async def _found(line: Line) -> Verdict:
    if line.offer is not None:
        return Verdict(basis="slot", promoter=await external_sales.holder_of(line.offer, line.sharer))
    if line.variant is None:
        return Verdict(basis="unknown_good")
    if line.sharer:
        known = await external_sales.promoter_behind(line.platform, line.sharer)
        return Verdict(basis="sharer" if known else "unknown_sharer", promoter=known)
    row = await tenants.connection().fetchrow(_ON_AIR, line.platform, line.placed_at)
    if row is None:
        return Verdict(basis="nobody")
    return Verdict(basis="host", promoter=row["promoter"], live_session=row["id"])


async def earners_of(line: Line, verdict: Verdict) -> list[Earner]:
    """By the commission plan; of an offer, by the share that was promised of what the network pays."""
    if verdict.promoter is None:
        return []
    if line.offer is not None:
        offer = await external_sales.find_offer(line.offer)
        return [
            Earner(verdict.promoter, offer.promoter_bps, CPS_SHARE, terms={"offer": offer.id, "title": offer.title})
        ]
    (row,) = await tenants.connection().fetch(_SOLD, line.variant)
    sold = Sold(
        base_amount=line.base_amount, units=line.quantity, variant=line.variant, product=row["product"],
        category=row["category"],
    )  # fmt: skip
    return await commission_terms.earners_elsewhere(verdict.promoter, sold, line.placed_at)


async def receipt_of(line: Line, verdict: Verdict, earners: list[Earner]) -> dict[str, Any]:
    """What was known when the turn began, and what everybody would earn of it."""
    name = (await promoters.find(verdict.promoter)).name if verdict.promoter else ""
    return {
        "basis": verdict.basis, "promoter": verdict.promoter, "promoter_name": name, "sharer": line.sharer,
        "sharer_name": line.sharer_name, "sharer_final": line.sharer_final, "live_session": verdict.live_session,
        "status": line.status, "sightings": [one.fact.digest for one in await external_sales.sightings_of(line.id)],
        "base_amount": line.base_amount, "currency": line.currency,
        "shares": [
            {
                "promoter": each.promoter, "rate_bps": each.rate_bps, "rule": each.rule, "role": each.role,
                "amount": commissions.share_amount(
                    line.base_amount, each.rate_bps, flat_amount=each.flat_amount, units=each.units
                ),
            }
            for each in earners
        ],
    }  # fmt: skip
