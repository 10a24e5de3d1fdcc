"""Names beside accounts and movements: whose they are, and which order they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

import tenants

PROMOTERS = frozenset({"promoter_frozen", "promoter_available", "promoter_debt"})


class Owner(NamedTuple):
    """Whose account it is; `href` is empty where there is no page of them."""

    name: str
    detail: str = ""
    href: str = ""


async def owners_of(accounts: Iterable[tuple[str, UUID]]) -> dict[UUID, Owner]:
    """Owners by id, for pairs of account kind and owner. The store's own accounts have none."""
    known = list(accounts)
    promoters = {owner for kind, owner in known if kind in PROMOTERS}
    customers = {owner for kind, owner in known if kind == "store_credit"}
    found = {owner: Owner(f"…{owner.hex[-8:]}") for _kind, owner in known if owner.int}
    cards = {owner for kind, owner in known if kind == "gift_card"}
    if cards:
        rows = await tenants.connection().fetch("SELECT id, last4 FROM gift_card WHERE id = ANY($1)", list(cards))
        found |= {row["id"]: Owner(f"•••• {row['last4']}", "", f"/gift-cards/{row['id']}") for row in rows}
    if promoters:
        rows = await tenants.connection().fetch(
            "SELECT id, name, email FROM promoter WHERE id = ANY($1)", list(promoters)
        )
        found |= {row["id"]: Owner(row["name"], row["email"], f"/promoters/{row['id']}") for row in rows}
    if customers:
        rows = await tenants.connection().fetch(
            "SELECT id, name, coalesce(email, phone) AS reach FROM customer WHERE id = ANY($1)", list(customers)
        )
        found |= {row["id"]: Owner(row["name"] or row["reach"], row["reach"]) for row in rows}
    return found


async def numbers_of(orders: Iterable[UUID | None]) -> dict[UUID, str]:
    """Order numbers by id."""
    wanted = {order for order in orders if order}
    if not wanted:
        return {}
    rows = await tenants.connection().fetch("SELECT id, number FROM orders WHERE id = ANY($1)", list(wanted))
    return {row["id"]: row["number"] for row in rows}


async def settled_of(order_id: UUID) -> Mapping[str, int]:
    """What payments brought and refunds gave back, late ones included: the books must say the same."""
    row = await tenants.connection().fetchrow(
        "SELECT (SELECT coalesce(sum(amount), 0)::bigint FROM payment"
        " WHERE order_id = $1 AND status = 'captured') AS captured,"
        " (SELECT coalesce(sum(amount), 0)::bigint FROM refund"
        " WHERE order_id = $1 AND status = 'succeeded') AS refunded",
        order_id,
    )
    return dict(row or {})


async def orders_behind(numbers: Iterable[str]) -> dict[str, str]:
    """Order numbers by the number of a payment or refund."""
    rows = await tenants.connection().fetch(
        "SELECT payment.number AS number, orders.number AS ordered FROM payment"
        " JOIN orders ON orders.id = payment.order_id WHERE payment.number = ANY($1)"
        " UNION ALL SELECT refund.number, orders.number FROM refund"
        " JOIN orders ON orders.id = refund.order_id WHERE refund.number = ANY($1)",
        list(numbers),
    )
    return {row["number"]: row["ordered"] for row in rows}
