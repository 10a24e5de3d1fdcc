"""Who may be bound to whom: to approved sharers, never to oneself or to somebody below. Not a journey of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

import msgspec

import tenants
from app.attribution import Shopper

_SHARERS = (
    "SELECT p.id, lower(p.email) AS email, p.status, ARRAY(SELECT lower(upper.email) FROM promoter_lineage AS line"
    " JOIN promoter AS upper ON upper.id = line.upper WHERE line.lower = p.id) AS above"
    " FROM promoter AS p WHERE p.id = ANY($1::uuid[])"
)
_EMAILS = "SELECT id, lower(email) AS email FROM customer WHERE id = ANY($1::uuid[]) AND email IS NOT NULL"
_BOUGHT = (
    "SELECT DISTINCT customer, visitor_id FROM orders WHERE (customer = ANY($1::uuid[]) OR (customer IS NULL"
    " AND visitor_id = ANY($2::uuid[]))) AND status NOT IN ('canceled', 'expired') AND ($3::uuid IS NULL OR id <> $3)"
)


class Sharer(msgspec.Struct, frozen=True):
    """A sharer, and the e-mails of everybody above."""

    id: UUID
    email: str
    status: str
    above: list[str]


@dataclass(frozen=True, slots=True)
class Facts:
    """What was read about shoppers and sharers, to answer for each pair of them."""

    sharers: Mapping[UUID, Sharer]
    emails: Mapping[UUID, str]
    bought: frozenset[Shopper]

    def bar(self, shopper: Shopper, promoter: UUID) -> str:
        """Why this sharer can never be this shopper's, or empty."""
        sharer = self.sharers[promoter]
        email = self.emails.get(shopper.customer) if shopper.customer else None
        if email is not None and email == sharer.email:
            return "own_purchase"
        if email is not None and email in sharer.above:
            return "own_downline"
        return "" if sharer.status == "approved" else "promoter_not_approved"

    def is_new(self, shopper: Shopper) -> bool:
        """Whether the shopper never ordered here before."""
        return shopper not in self.bought


async def facts_about(
    shoppers: Collection[Shopper], promoters: Collection[UUID], *, besides: UUID | None = None
) -> Facts:
    """`besides` is an order that does not make anybody known."""
    database = tenants.connection()
    customers = [one.customer for one in shoppers if one.customer]
    browsers = [one.visitor_id for one in shoppers if one.visitor_id]
    sharers = {row["id"]: Sharer(*row.values()) for row in await database.fetch(_SHARERS, list(promoters))}
    emails = {row["id"]: row["email"] for row in await database.fetch(_EMAILS, customers)} if customers else {}
    rows = await database.fetch(_BOUGHT, customers, browsers, besides)
    return Facts(sharers, emails, frozenset(Shopper.of(row["customer"], row["visitor_id"]) for row in rows))
