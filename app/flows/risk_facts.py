"""What is known about who bought and who would earn, for `own_purchases` to compare. Not a journey of its own.

What counts as a promoter's own: the shopper accounts and orders under their e-mail, everything those show, where their
payouts go, and what a person of the store said. All of it is read when it is asked for, so nothing has to be kept
beside the rows it comes from, and what was typed under another name in another store is never seen here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app import orders, payouts, risk
from app.flows import payout_ways
from app.risk import Habits, Known, Shown
from infra.crypto import SealBroken

MOST_ORDERS, MOST_PAYOUTS = 50, 5
# One row for each thing that is a promoter's own, of every kind; $1 are the promoters, $2 the order that is judged.
_OWN = """
WITH mine AS (SELECT id AS promoter, name, lower(email) AS email FROM promoter WHERE id = ANY($1::uuid[])),
account AS (SELECT mine.promoter, customer.id, customer.phone, customer.name FROM mine
    JOIN customer ON customer.email = mine.email),
bought AS (SELECT mine.promoter, found.* FROM mine CROSS JOIN LATERAL (
    SELECT orders.id, orders.phone, orders.ship_to, orders.visitor_id, EXISTS (
        SELECT 1 FROM pickup WHERE pickup.order_id = orders.id) AS picked_up
    FROM orders WHERE orders.id <> $2 AND (lower(orders.email) = mine.email AND orders.email <> ''
        OR orders.customer IN (SELECT account.id FROM account WHERE account.promoter = mine.promoter))
    ORDER BY orders.placed_at DESC LIMIT $3) AS found)
SELECT promoter, 'name' AS kind, name AS told, NULL::jsonb AS place, NULL::bytea AS digest FROM mine
UNION ALL SELECT promoter, 'email', email, NULL, NULL FROM mine
UNION ALL SELECT promoter, 'account', id::text, NULL, NULL FROM account
UNION ALL SELECT promoter, 'phone', phone, NULL, NULL FROM account
UNION ALL SELECT promoter, 'name', name, NULL, NULL FROM account
UNION ALL SELECT account.promoter, 'device', one.visitor_id::text, NULL, NULL FROM account
    JOIN shopper_session AS one ON one.customer = account.id
UNION ALL SELECT account.promoter, 'payer', one.payer_id, NULL, NULL FROM account
    JOIN wallet_name AS one ON one.customer = account.id
UNION ALL SELECT account.promoter, 'address', '', to_jsonb(one.*), NULL FROM account
    JOIN customer_address AS one ON one.customer = account.id
UNION ALL SELECT promoter, 'phone', phone, ship_to, NULL FROM bought
UNION ALL SELECT promoter, 'address', '', ship_to, NULL FROM bought WHERE NOT picked_up
UNION ALL SELECT promoter, 'device', visitor_id::text, NULL, NULL FROM bought WHERE visitor_id IS NOT NULL
UNION ALL SELECT bought.promoter, 'mark', payment.payer_mark, NULL, NULL FROM bought
    JOIN payment ON payment.order_id = bought.id AND payment.status = 'captured' AND payment.payer_mark <> ''
UNION ALL SELECT promoter, kind, NULL, NULL, digest FROM risk_trait WHERE promoter = ANY($1::uuid[])
"""
_PAYOUTS = """
SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY promoter ORDER BY requested_at DESC) AS place FROM payout
    WHERE promoter = ANY($1::uuid[])) AS one WHERE place <= $2
"""
_BUYER = """
SELECT customer.email, customer.phone, customer.created_at,
    EXISTS (SELECT 1 FROM pickup WHERE pickup.order_id = $2) AS picked_up,
    ARRAY(SELECT payer_mark FROM payment WHERE order_id = $2 AND status = 'captured' AND payer_mark <> '') AS marks
FROM (SELECT $1::uuid AS id) AS asked LEFT JOIN customer ON customer.id = asked.id
"""
# Of this promoter's sales lately, how many other shoppers showed the same address, browser or payer.
_OTHERS = """
SELECT seen.kind, count(DISTINCT seen.buyer) AS others FROM unnest($1::text[], $2::bytea[]) AS shown (kind, digest)
JOIN risk_print AS seen ON seen.kind = shown.kind AND seen.digest = shown.digest AND seen.seen_at > $3
WHERE seen.order_id <> $4 AND seen.buyer <> $5 AND EXISTS (SELECT 1 FROM attribution_decision AS one
    WHERE one.order_id = seen.order_id AND one.promoter = $6) GROUP BY seen.kind
"""
# This order used the promoter's coupon through the promoter's link, and so did other shoppers in this browser before.
_LOOPED = """
SELECT count(DISTINCT seen.buyer) FROM unnest($1::bytea[]) AS shown (digest)
JOIN risk_print AS seen ON seen.kind = 'device' AND seen.digest = shown.digest AND seen.seen_at > $2
JOIN coupon_use ON coupon_use.order_id = seen.order_id AND coupon_use.owner = $5
JOIN attribution_decision AS one ON one.order_id = seen.order_id AND one.promoter = $5 AND one.link IS NOT NULL
WHERE seen.order_id <> $3 AND seen.buyer <> $4
    AND EXISTS (SELECT 1 FROM coupon_use WHERE coupon_use.order_id = $3 AND coupon_use.owner = $5)
"""
_SALES = """
SELECT count(*) AS sales, coalesce(sum(base_amount), 0)::bigint AS sold,
    coalesce(sum(refunded_amount), 0)::bigint AS refunded
FROM attribution_decision WHERE promoter = $1 AND status = 'final' AND finalized_at > $2
"""


class Buyer(msgspec.Struct, frozen=True):
    """What an order shows of who bought; `mark` tells this shopper from others."""

    shown: Shown
    mark: bytes
    account_age: Any


def marked(kind: risk.prints.Kind, texts: Iterable[str | None]) -> set[bytes]:
    return {risk.prints.digest(kind, text) for text in texts if text}


async def buyer_of(order: orders.Order) -> Buyer:
    row = await tenants.connection().fetchrow(_BUYER, order.customer, order.id)
    if row is None:
        raise LookupError("a row is always answered")
    place, country = order.ship_to, str(order.ship_to.get("country", ""))
    phones = (order.phone, row["phone"], str(place.get("phone", "")))
    shown: dict[str, set[bytes]] = {
        "account": marked("account", [str(order.customer) if order.customer else ""]),
        "email": marked("email", {risk.prints.mailbox(each or "") for each in (order.email, row["email"])}),
        "phone": marked(
            "phone", {risk.prints.phone(each or "", abroad) for each in phones for abroad in ("", country)}
        ),
        "device": marked("device", [str(order.visitor_id) if order.visitor_id else ""]),
        "payer": {bytes.fromhex(each) for each in row["marks"]},
    }
    if not row["picked_up"]:  # the place of a pickup is everybody's
        shown["address"] = marked("address", [risk.prints.address(place)])
        shown["building"] = marked("building", [risk.prints.building(place)])
    mark = risk.prints.digest("account", str(order.customer or risk.prints.mailbox(order.email) or order.visitor_id))
    age = order.placed_at - row["created_at"] if row["created_at"] else None
    return Buyer(Shown(shown, str(place.get("recipient", ""))), mark, age)


async def known_of(order: orders.Order, promoters: Collection[UUID]) -> dict[UUID, Known]:
    """What is each promoter's own; this order is no evidence of itself."""
    if not promoters:
        return {}
    rows = await tenants.connection().fetch(_OWN, list(promoters), order.id, MOST_ORDERS)
    found: dict[UUID, dict[str, set[bytes]]] = {one: {} for one in promoters}
    names: dict[UUID, list[str]] = {one: [] for one in promoters}
    for row in rows:
        if row["kind"] == "name":
            names[row["promoter"]].append(row["told"])
        else:
            _learn(found[row["promoter"]], row)
    for promoter, account, name in await _paid_to(promoters):
        found[promoter].setdefault("payout", set()).update(marked("payout", [account]))
        names[promoter].append(name)
    return {one: Known(found[one], [name for name in names[one] if name]) for one in promoters}


def _learn(known: dict[str, set[bytes]], row: Any) -> None:
    def add(kind: risk.prints.Kind, text: str | None) -> None:
        if text:
            known.setdefault(kind, set()).add(risk.prints.digest(kind, text))

    kind, told = row["kind"], row["told"] or ""
    if row["digest"] is not None:
        known.setdefault(kind, set()).add(row["digest"])
    elif kind == "mark":
        known.setdefault("payer", set()).add(bytes.fromhex(told))
    elif kind == "address":
        place = msgspec.json.decode(row["place"])
        add("address", risk.prints.address(place))
        add("building", risk.prints.building(place))
    elif kind == "phone":
        country = str(msgspec.json.decode(row["place"]).get("country", "")) if row["place"] else ""
        for text in {risk.prints.phone(told), risk.prints.phone(told, country)}:
            add("phone", text)
    else:
        add(kind, risk.prints.mailbox(told) if kind == "email" else told)


async def _paid_to(promoters: Collection[UUID]) -> list[tuple[UUID, str, str]]:
    """Where the promoters' last payouts went. A text that does not open here says nothing."""
    found = []
    for row in await tenants.connection().fetch(_PAYOUTS, list(promoters), MOST_PAYOUTS):
        payout = await payouts.find(row["id"])
        try:
            payee = payout_ways.open_payee(payout) if payout.payee_sealed else {}
        except SealBroken:
            continue
        found.append((payout.promoter, payee.get("account", ""), payee.get("payee_name", "") or payout.payee_name))
    return found


async def habits_of(order: orders.Order, buyer: Buyer, promoter: UUID) -> Habits:
    """How this sale stands among the promoter's others."""
    database, since = tenants.connection(), order.placed_at - risk.LOOK_BACK
    shown = [(kind, one) for kind in ("address", "device", "payer") for one in buyer.shown.prints.get(kind, ())]
    others = await database.fetch(
        _OTHERS, [kind for kind, _one in shown], [one for _kind, one in shown], since, order.id, buyer.mark, promoter
    )
    devices = list(buyer.shown.prints.get("device", ()))
    looped: int = await database.fetchval(_LOOPED, devices, since, order.id, buyer.mark, promoter)
    sales = await database.fetchrow(_SALES, promoter, order.placed_at - risk.REFUNDS_LOOK_BACK)
    count, sold, refunded = sales.values() if sales else (0, 0, 0)
    return Habits(
        others={row["kind"]: row["others"] for row in others}, looped=looped, sales=count, sold_amount=sold,
        refunded_amount=refunded, account_age=buyer.account_age,
    )  # fmt: skip
