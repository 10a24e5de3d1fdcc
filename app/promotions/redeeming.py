"""An order takes its coupon and its points, once; and gives them back when it comes to nothing.

The coupon's row is changed by one conditional UPDATE and stays locked until COMMIT, so that no limit is ever passed.
Call `redeem` shortly before COMMIT, before the stock. Lock order: the order, the coupon, its uses and persons, points.

Coupons are given back whole: when the order expires or is canceled, or when everything that was paid for it is
refunded. A partial refund returns no coupon and pays out no part of it: what comes back in money is what was paid, and
the coupon's cut of a line was not. Points are given back in proportion to the money, rounded down until all of it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.promotions import points
from app.promotions.coupons import Claim, Coupon
from app.promotions.refusals import CouponUsedBefore, CouponUsedUp, NotEnoughPoints


class Spending(msgspec.Struct, frozen=True, kw_only=True):
    """What one order takes. `persons` are all the names its shopper is known by."""

    order_id: UUID
    customer: UUID | None
    coupon: Coupon | None = None
    claim: Claim | None = None
    discount_amount: int = 0
    persons: Sequence[str] = ()
    points: int = 0


# A claim was counted as issued when it was claimed; a code counts now.
TAKE = """
WITH issued AS (
    UPDATE coupon SET used_count = used_count + 1, updated_at = $9,
        issued_count = issued_count + CASE WHEN $4::uuid IS NULL THEN 1 ELSE 0 END
    WHERE id = $2 AND status = 'active' AND ($4::uuid IS NOT NULL OR issue_total IS NULL OR issued_count < issue_total)
    RETURNING id, owner, coalesce(per_customer_limit, 0) AS most
), claimed AS (
    UPDATE coupon_claim SET coupon_use = $1 FROM issued WHERE coupon_claim.id = $4 AND coupon_claim.coupon_use IS NULL
    RETURNING coupon_claim.id
), used AS (
    INSERT INTO coupon_use (id, coupon, order_id, customer, claim, discount_amount, used_at, owner)
    SELECT $1, id, $3, $5, $4, $6, $9, owner FROM issued
), persons AS (
    INSERT INTO coupon_person (id, coupon, coupon_use, person, slot)
    SELECT asked.id, issued.id, $1, asked.person, free.seat
    FROM issued CROSS JOIN unnest($7::uuid[], $8::text[]) AS asked (id, person)
    CROSS JOIN LATERAL (
        SELECT seat FROM generate_series(1, issued.most) AS seat WHERE NOT EXISTS (
            SELECT 1 FROM coupon_person AS taken
            WHERE taken.coupon = issued.id AND taken.person = asked.person AND taken.slot = seat)
        ORDER BY seat LIMIT 1
    ) AS free
    ON CONFLICT (coupon, person, slot) DO NOTHING RETURNING person
)
SELECT (SELECT count(*) FROM issued) AS issued, (SELECT count(*) FROM claimed) AS claimed,
    (SELECT coalesce(array_agg(person), '{}') FROM persons) AS persons
"""
# The coupon's row is locked by now, so this sees every slot that anybody took.
SEAT = """
INSERT INTO coupon_person (id, coupon, coupon_use, person, slot)
SELECT asked.id, $1, $2, asked.person, free.seat FROM unnest($3::uuid[], $4::text[]) AS asked (id, person)
CROSS JOIN LATERAL (
    SELECT seat FROM generate_series(1, $5::integer) AS seat WHERE NOT EXISTS (
        SELECT 1 FROM coupon_person AS taken
        WHERE taken.coupon = $1 AND taken.person = asked.person AND taken.slot = seat)
    ORDER BY seat LIMIT 1
) AS free
RETURNING person
"""


async def redeem(spending: Spending) -> None:
    """Take the coupon and the points for an order that was just written.

    Raises CouponUsedUp, CouponUsedBefore, NotEnoughPoints; then the caller's transaction must not be committed.
    """
    if spending.coupon is not None:
        await _take_coupon(spending, spending.coupon)
    if spending.points and spending.customer:
        await points.spend(spending.customer, spending.order_id, spending.points)
    elif spending.points:
        raise NotEnoughPoints


async def _take_coupon(spending: Spending, coupon: Coupon) -> None:
    use, people = new_id(), list(spending.persons) if coupon.per_customer_limit else []
    claim_id = spending.claim.id if spending.claim else None
    row = await tenants.connection().fetchrow(
        TAKE, use, coupon.id, spending.order_id, claim_id, spending.customer, spending.discount_amount,
        [new_id() for _ in people], people, now(),
    )  # fmt: skip
    if row is None or not row["issued"]:
        raise CouponUsedUp
    if claim_id and not row["claimed"]:
        raise CouponUsedBefore
    missing = sorted(set(people) - set(row["persons"]))
    if missing:
        seated = await tenants.connection().fetch(
            SEAT, coupon.id, use, [new_id() for _ in missing], missing, coupon.per_customer_limit
        )
        if len(seated) < len(missing):
            raise CouponUsedBefore


async def coupon_of_order(order_id: UUID) -> str:
    """The code that was typed, or the name of a coupon without one; empty without a coupon."""
    name: str | None = await tenants.connection().fetchval(
        "SELECT coalesce(nullif(coupon.code, ''), coupon.name) FROM coupon_use"
        " JOIN coupon ON coupon.id = coupon_use.coupon WHERE coupon_use.order_id = $1",
        order_id,
    )
    return name or ""


async def correct_discount(order_id: UUID, discount_amount: int) -> None:
    """An unpaid order was edited, and its coupon takes so much now; one that takes nothing is given back."""
    if not discount_amount:
        await give_back(order_id)
    await tenants.connection().execute(
        "UPDATE coupon_use SET discount_amount = $2 WHERE order_id = $1", order_id, discount_amount
    )


RETURN_COUPON = """
WITH back AS (
    UPDATE coupon_use SET status = 'returned', returned_at = $2 WHERE order_id = $1 AND status = 'used'
    RETURNING id, coupon, claim
), persons AS (
    DELETE FROM coupon_person USING back WHERE coupon_person.coupon_use = back.id
), claims AS (
    UPDATE coupon_claim SET coupon_use = NULL FROM back WHERE coupon_claim.id = back.claim
)
UPDATE coupon SET used_count = used_count - 1, updated_at = $2,
    issued_count = issued_count - CASE WHEN back.claim IS NULL THEN 1 ELSE 0 END
FROM back WHERE coupon.id = back.coupon
"""


async def give_back(order_id: UUID, *, refunded: int = 1, paid: int = 1) -> None:
    """The order is over unpaid (no amounts), or so much of what was paid is refunded in all. Safe to call again.

    The coupon becomes usable again when everything is refunded; spent points return and earned points are taken back
    in proportion. Call it with the order locked, before its stock is given back.
    """
    if refunded >= paid:
        await tenants.connection().execute(
            "SELECT coupon.id FROM coupon JOIN coupon_use ON coupon_use.coupon = coupon.id"
            " WHERE coupon_use.order_id = $1 FOR UPDATE OF coupon",
            order_id,
        )
        await tenants.connection().execute(RETURN_COUPON, order_id, now())
    await points.follow_refund(order_id, refunded=refunded, paid=paid)
