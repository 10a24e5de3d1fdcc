"""To whom a shopper would have been bound at a moment, had another policy been there all along.

The shopper's touches, orders and moves by hand are played through the rules of binding in the order they happened.
Touches that came to light too late stay without effect, as they were. A step inside an open transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import tenants
from app import attribution
from app.attribution import Answer, Approach, Binding, Candidate, Kept, Policy

MOST_TOUCHES = 500
_PERSON = "SELECT customer, visitor_id FROM orders WHERE id = $1"
_TOUCHES = """
SELECT t.occurred_at AS at, 'click' AS kind, t.promoter, t.kind = 'live' AS live, l.product, t.id AS touch
FROM touch t JOIN tracked_link l ON l.id = t.link
WHERE t.visitor_id = ANY($1::uuid[]) AND t.promoter IS NOT NULL AND t.occurred_at < $2 AND NOT EXISTS (
    SELECT 1 FROM binding_step s WHERE s.touch = t.id AND s.reason = 'came_late')
ORDER BY t.occurred_at DESC, t.id DESC LIMIT $3
"""
_ORDERS = """
SELECT o.id, o.placed_at, o.paid_at, d.promoter, d.live_session IS NOT NULL AS live,
    ARRAY(SELECT product FROM order_line WHERE order_line.order_id = o.id) AS products
FROM orders o LEFT JOIN LATERAL (SELECT promoter, live_session FROM attribution_decision
    WHERE attribution_decision.order_id = o.id LIMIT 1) AS d ON true
WHERE (o.customer = $1 OR (o.customer IS NULL AND o.visitor_id = ANY($2::uuid[]))) AND o.placed_at < $3
    AND o.status NOT IN ('canceled', 'expired') ORDER BY o.placed_at LIMIT 200
"""
_BY_HAND = """
SELECT s.at, s.kind, s.promoter FROM binding_step s JOIN binding_subject b ON b.id = s.subject
WHERE (b.customer = $1 OR b.visitor_id = ANY($2::uuid[])) AND s.at < $3
    AND s.kind IN ('admin', 'import', 'chosen', 'dropped') ORDER BY s.at
"""


async def bound_under(kept: Kept, policy: Policy) -> Candidate | None:
    """As a candidate for the order of this receipt; nobody when the policy would have bound nobody."""
    binding = await _play(kept, policy)
    if binding is None or not binding.is_live_at(kept.placed_at):
        return None
    known = next((one for one in kept.candidates if one.promoter == binding.promoter), None)
    name: str = known.promoter_name if known else await _name_of(binding.promoter)
    barred = known.barred if known and known.barred in attribution.OWN else ""
    return Candidate(
        click=None, touch=binding.touch, promoter=binding.promoter, promoter_name=name, link=None, code="", label="",
        live_session=None, kind="binding", occurred_at=binding.starts_at, barred=barred, source=binding.id,
    )  # fmt: skip


async def _play(kept: Kept, policy: Policy) -> Binding | None:
    open_one: Binding | None = None
    for at, _rank, event in sorted(await _events(kept, policy), key=lambda one: one[:2]):
        answer = _answer(open_one, at, event, policy)
        open_one = answer.binding if answer.outcome != "refused" else open_one
    return open_one


def _answer(open_one: Binding | None, at: datetime, event: dict[str, Any], policy: Policy) -> Answer:
    if event["kind"] == "dropped":
        return attribution.drop(open_one, at, "dropped")
    if event["kind"] == "order_paid":
        return attribution.paid(open_one, at, policy.order_days(event["products"], live=event["live"]), policy)
    one = Approach(
        at=at, promoter=event["promoter"], kind=event["kind"], lock_days=event["days"], is_new=event["is_new"],
        touch=event.get("touch"), barred=event.get("barred", ""),
    )  # fmt: skip
    return attribution.approach(open_one, one, policy)


async def _events(kept: Kept, policy: Policy) -> list[tuple[datetime, int, dict[str, Any]]]:
    """Everything that bound, extended or ended, with its moment; at one moment touches come before orders."""
    database, browsers = tenants.connection(), list(kept.visitor_ids)
    person = await database.fetchrow(_PERSON, kept.order_id)
    customer = person["customer"] if person else None
    sold = await database.fetch(_ORDERS, customer, browsers, kept.placed_at)
    first = min((row["placed_at"] for row in sold), default=None)
    own = {one.promoter: one.barred for one in kept.candidates if one.barred in attribution.OWN}

    def known(at: datetime) -> dict[str, Any]:
        return {"is_new": first is None or at <= first}

    touches = await database.fetch(_TOUCHES, browsers, kept.placed_at, MOST_TOUCHES)
    found: list[tuple[datetime, int, dict[str, Any]]] = []
    for row in touches:
        days = policy.click_days(row["product"], live=row["live"])
        bar = {"barred": own[row["promoter"]]} if row["promoter"] in own else {}
        found.append((row["at"], 0, dict(row) | known(row["at"]) | {"days": days} | bar))
    by_hand = await database.fetch(_BY_HAND, customer, browsers, kept.placed_at)
    found += [(row["at"], 1, dict(row) | {"is_new": True, "days": policy.click_lock_days}) for row in by_hand]
    if customer and policy.bind_trigger == "register":
        found += await _registered(customer, touches, kept, policy)
    for number, row in enumerate(sold):
        found += _of_order(row, number == 0, kept, policy)
    return found


async def _registered(
    customer: UUID, touches: Iterable[Any], kept: Kept, policy: Policy
) -> list[tuple[datetime, int, dict[str, Any]]]:  # fmt: skip
    at = await tenants.connection().fetchval("SELECT created_at FROM customer WHERE id = $1", customer)
    oldest = at - timedelta(days=policy.click_window_days)
    newest = next((row for row in touches if oldest <= row["at"] <= at), None)
    if newest is None or at >= kept.placed_at:
        return []
    days = policy.click_days(newest["product"], live=newest["live"])
    return [(at, 0, dict(newest) | {"kind": "register", "is_new": True, "days": days})]


def _of_order(
    row: Any, is_first: bool, kept: Kept, policy: Policy
) -> list[tuple[datetime, int, dict[str, Any]]]:  # fmt: skip
    """The first order binds where the policy says so; every paid one extends."""
    found: list[tuple[datetime, int, dict[str, Any]]] = []
    days = policy.order_days(row["products"], live=row["live"])
    moments = {"first_order": row["placed_at"], "first_paid_order": row["paid_at"]}
    at = moments.get(policy.bind_trigger)
    if is_first and at is not None and row["promoter"] and at < kept.placed_at:
        found.append((at, 2, {**row, "kind": policy.bind_trigger, "is_new": True, "days": days}))
    if row["paid_at"] is not None and row["paid_at"] < kept.placed_at:
        found.append((row["paid_at"], 3, {**row, "kind": "order_paid"}))
    return found


async def _name_of(promoter: UUID) -> str:
    name: str = await tenants.connection().fetchval("SELECT name FROM promoter WHERE id = $1", promoter)
    return name
