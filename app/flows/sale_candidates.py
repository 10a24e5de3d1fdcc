"""Everybody who may have an order's sale, as of the moment it was placed. A step inside an open transaction.

Clicks of every browser known to be the shopper's, the sharer named at the checkout, the owner of the coupon, and
whoever the shopper was bound to then. All of them are gathered whatever the policy counts, so that the receipt can tell
of each and another policy can be tried on the same facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import tenants
from app import attribution, orders
from app.attribution import Candidate, Shopper

MOST_CLICKS = 200
_VISITORS = (
    "SELECT visitor_id FROM shopper_session WHERE customer = $1 UNION SELECT visitor_id FROM orders WHERE customer = $1"
    " AND visitor_id IS NOT NULL UNION SELECT $2::uuid AS visitor_id"
)
_CLICKS = (
    "SELECT c.id AS click, t.id AS touch, p.id AS promoter, p.name AS promoter_name, lower(p.email) AS email,"
    " p.status AS promoter_status, l.id AS link, l.code, l.label, l.live_session, coalesce(t.kind, 'link') AS kind,"
    " c.clicked_at AS occurred_at, c.reason, coalesce(s.started_at <= $2 AND (s.ended_at IS NULL OR s.ended_at >= $2),"
    " false) AS on_air FROM click c JOIN tracked_link l ON l.id = c.link JOIN promoter p ON p.id = l.promoter"
    " LEFT JOIN touch t ON t.click = c.id LEFT JOIN live_session s ON s.id = l.live_session"
    " WHERE c.visitor_id = ANY($1::uuid[]) AND c.clicked_at <= $2 ORDER BY c.clicked_at DESC, c.id DESC LIMIT $3"
)
_SHARER = "p.id AS promoter, p.name AS promoter_name, lower(p.email) AS email, p.status AS promoter_status"
_NAMED = (
    f"SELECT {_SHARER}, cart.sharer_code AS code FROM cart JOIN promoter p ON p.id = cart.sharer WHERE cart.id = $1"  # noqa: S608 - constant
)
_COUPON = (
    f"SELECT {_SHARER}, coupon.id AS source, coupon.code, coupon.name AS label FROM coupon_use"  # noqa: S608 - constant
    " JOIN coupon ON coupon.id = coupon_use.coupon JOIN promoter p ON p.id = coupon_use.owner"
    " WHERE coupon_use.order_id = $1"
)
_BOUND = f"SELECT {_SHARER} FROM promoter p WHERE p.id = $1"  # noqa: S608 - constant


async def visitors_of(order: orders.Order) -> list[UUID]:
    """Every browser known to be this shopper's."""
    rows = await tenants.connection().fetch(_VISITORS, order.customer, order.visitor_id)
    return [row["visitor_id"] for row in rows if row["visitor_id"]]


async def own_emails(order: orders.Order) -> set[str]:
    account = await tenants.connection().fetchval("SELECT email FROM customer WHERE id = $1", order.customer)
    return {email.strip().lower() for email in (order.email, account or "") if email}


async def gather(order: orders.Order, visitors: Sequence[UUID], own: set[str]) -> list[Candidate]:
    clicks = await tenants.connection().fetch(_CLICKS, list(visitors), order.placed_at, MOST_CLICKS)
    found = [_candidate(row, own, occurred_at=row["occurred_at"], reason=row["reason"]) for row in clicks]
    claims = [await _named(order, own), await _by_coupon(order, own), await _bound(order, own)]
    return [*found, *(claim for claim in claims if claim)]


async def _named(order: orders.Order, own: set[str]) -> Candidate | None:
    """Whoever the shopper named at the checkout."""
    row = await tenants.connection().fetchrow(_NAMED, order.cart) if order.cart else None
    return await _claim(order, row, "code_at_checkout", own) if row else None


async def _by_coupon(order: orders.Order, own: set[str]) -> Candidate | None:
    """The promoter whose coupon it was when the order took it."""
    row = await tenants.connection().fetchrow(_COUPON, order.id)
    return await _claim(order, row, "coupon", own) if row else None


async def _claim(order: orders.Order, row: Any, kind: str, own: set[str]) -> Candidate:
    touch = await attribution.append_claim(
        order_id=order.id, visitor_id=order.visitor_id or order.id, customer=order.customer, kind=kind,
        promoter=row["promoter"], at=order.placed_at, code=row["code"],
    )  # fmt: skip
    return _candidate(row, own, occurred_at=order.placed_at, kind=kind, touch=touch)


async def _bound(order: orders.Order, own: set[str]) -> Candidate | None:
    """Whoever the shopper was bound to at that moment, whatever came of the binding since."""
    binding = await attribution.binding_at(Shopper.of(order.customer, order.visitor_id), order.placed_at)
    row = await tenants.connection().fetchrow(_BOUND, binding.promoter) if binding else None
    if binding is None or row is None:
        return None
    return _candidate(
        row, own, occurred_at=binding.starts_at, kind="binding", touch=binding.touch, source=binding.id
    )  # fmt: skip


def _candidate(row: Any, own: set[str], *, reason: str = "", **facts: Any) -> Candidate:
    nothing: dict[str, Any] = {
        "click": None,
        "touch": None,
        "link": None,
        "code": "",
        "label": "",
        "live_session": None,
    }
    known = {name: row[name] for name in Candidate.__struct_fields__ if name in row}
    return Candidate(**{**nothing, **known, **facts, "barred": _bar(row, own) or reason})


def _bar(row: Any, own: set[str]) -> str:
    """Why this promoter can never have it, whatever the time."""
    if row["email"] in own:
        return "own_purchase"
    return "" if row["promoter_status"] == "approved" else "promoter_not_approved"
