"""Coupons as the merchant keeps them: made as drafts, started, paused, ended, and what they brought and cost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec
from asyncpg.exceptions import UniqueViolationError

import tenants
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.kernel.money import BASIS_POINTS, LARGEST_AMOUNT
from app.promotions.coupons import COLUMNS, Coupon, find, from_row, normalize_code

MOST_COUNT = 10_000_000
MOST_TARGETS = 200


class CouponDraft(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a merchant says about a coupon."""

    name: str
    kind: Literal["fixed", "percent", "threshold"] = "fixed"
    code: str = ""
    amount: int = 0
    bps: int = 0
    cap_amount: int | None = None
    from_amount: int = 0
    scope: Literal["all", "collections", "products"] = "all"
    targets: tuple[UUID, ...] = ()
    issue_total: int | None = None
    per_customer_limit: int | None = 1
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    valid_days: int | None = None
    claimable: bool = False
    owner: UUID | None = None


class Usage(msgspec.Struct, frozen=True):
    """What a coupon did. `sales_amount` is what orders with it paid, less what went back.

    `cost_amount` is what it took off orders that were paid, less the share that went back with refunds.
    """

    issued: int = 0
    used: int = 0
    discount_amount: int = 0
    sales_amount: int = 0
    cost_amount: int = 0


async def save_coupon(draft: CouponDraft, coupon_id: UUID | None = None) -> UUID:
    """Make a draft, or change a coupon for the orders to come. Raises InvalidInput, NotFound."""
    draft = msgspec.structs.replace(draft, code=normalize_code(draft.code), name=draft.name.strip()[:80])
    known = await find(coupon_id) if coupon_id else None
    check_draft(draft, known)
    values = (
        draft.code, draft.name, draft.kind, draft.amount if draft.kind != "percent" else 0,
        draft.bps if draft.kind == "percent" else 0, draft.cap_amount if draft.kind == "percent" else None,
        draft.from_amount if draft.kind != "fixed" else 0, draft.scope,
        list(draft.targets) if draft.scope != "all" else [], draft.issue_total, draft.per_customer_limit,
        draft.starts_at, draft.ends_at, draft.valid_days, draft.claimable, now(), draft.owner,
    )  # fmt: skip
    try:
        saved: UUID = await tenants.connection().fetchval(SAVE, coupon_id or new_id(), *values)
    except UniqueViolationError as error:
        raise InvalidInput({"code": N_("Another coupon has this code.")}) from error
    return saved


SAVE = """
INSERT INTO coupon (id, code, name, kind, amount, bps, cap_amount, from_amount, scope, targets, issue_total,
    per_customer_limit, starts_at, ends_at, valid_days, claimable, created_at, updated_at, owner)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17, $18)
ON CONFLICT (id) DO UPDATE SET code = EXCLUDED.code, name = EXCLUDED.name, kind = EXCLUDED.kind,
    amount = EXCLUDED.amount, bps = EXCLUDED.bps, cap_amount = EXCLUDED.cap_amount, from_amount = EXCLUDED.from_amount,
    scope = EXCLUDED.scope, targets = EXCLUDED.targets, issue_total = EXCLUDED.issue_total,
    per_customer_limit = EXCLUDED.per_customer_limit, starts_at = EXCLUDED.starts_at, ends_at = EXCLUDED.ends_at,
    valid_days = EXCLUDED.valid_days, claimable = EXCLUDED.claimable, version = coupon.version + 1,
    updated_at = EXCLUDED.updated_at, owner = EXCLUDED.owner
RETURNING id
"""


def check_draft(draft: CouponDraft, known: Coupon | None) -> None:
    """Raises InvalidInput naming what cannot be; `known` is the coupon as it is saved."""
    wrong: dict[str, str] = {}
    if not draft.name:
        wrong["name"] = N_("The coupon needs a name.")
    if not draft.code and not draft.claimable:
        wrong["code"] = N_("Give it a code, or let shoppers claim it.")
    wrong |= _wrong_worth(draft)
    if draft.scope != "all" and not 0 < len(draft.targets) <= MOST_TARGETS:
        wrong["targets"] = N_("Choose what it is for.")
    for name in ("issue_total", "per_customer_limit", "valid_days"):
        value = getattr(draft, name)
        if value is not None and not 0 < value <= MOST_COUNT:
            wrong[name] = N_("Enter a whole number within the allowed range.")
    if known and draft.issue_total is not None and draft.issue_total < known.issued_count:
        wrong["issue_total"] = N_("More than that are given out already.")
    if draft.starts_at and draft.ends_at and draft.ends_at <= draft.starts_at:
        wrong["ends_at"] = N_("It has to end after it starts.")
    if wrong:
        raise InvalidInput(wrong)


def _wrong_worth(draft: CouponDraft) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if draft.kind == "percent" and not 0 < draft.bps <= BASIS_POINTS:
        wrong["bps"] = N_("Between 0.01 and 100 percent.")
    if draft.kind != "percent" and not 0 < draft.amount <= LARGEST_AMOUNT:
        wrong["amount"] = N_("Enter an amount like 43.90.")
    if draft.kind == "percent" and draft.cap_amount is not None and not 0 < draft.cap_amount <= LARGEST_AMOUNT:
        wrong["cap_amount"] = N_("Enter an amount like 43.90.")
    if draft.kind == "threshold" and not 0 < draft.from_amount <= LARGEST_AMOUNT:
        wrong["from_amount"] = N_("Say from which amount on it counts.")
    if draft.kind == "percent" and not 0 <= draft.from_amount <= LARGEST_AMOUNT:
        wrong["from_amount"] = N_("Enter an amount like 43.90.")
    return wrong


async def start_coupon(coupon_id: UUID) -> None:
    """From now on it counts, within its dates. Raises NotFound."""
    await _turn(coupon_id, "active")


async def pause_coupon(coupon_id: UUID) -> None:
    """Nobody gets it until it is started again; orders that have it keep it. Raises NotFound."""
    await _turn(coupon_id, "paused")


async def stop_coupon(coupon_id: UUID) -> None:
    """The undo of `start_coupon`: orders that have it keep it, nobody else gets it. Raises NotFound."""
    await _turn(coupon_id, "ended")


async def _turn(coupon_id: UUID, status: str) -> None:
    turned = await tenants.connection().fetchval(
        "UPDATE coupon SET status = $2, version = version + 1, updated_at = $3 WHERE id = $1 RETURNING id",
        coupon_id, status, now(),
    )  # fmt: skip
    if turned is None:
        raise NotFound


async def coupons(most: int = 300) -> list[Coupon]:
    """The newest first; what runs before what does not."""
    rows = await tenants.connection().fetch(
        f"SELECT {COLUMNS} FROM coupon ORDER BY (status = 'active') DESC, created_at DESC, id LIMIT $1",  # noqa: S608 - constants only
        most,
    )
    return [from_row(row) for row in rows]


USAGE = """
SELECT coupon.id, coupon.issued_count AS issued, coupon.used_count AS used,
    coalesce(sum(use.discount_amount), 0)::bigint AS discount_amount,
    coalesce(sum(orders.paid_amount - orders.refunded_amount), 0)::bigint AS sales_amount,
    coalesce(sum(use.discount_amount - CASE WHEN orders.paid_amount > 0
        THEN div(use.discount_amount::numeric * orders.refunded_amount, orders.paid_amount) ELSE 0 END)
        FILTER (WHERE orders.paid_at IS NOT NULL), 0)::bigint AS cost_amount
FROM coupon LEFT JOIN coupon_use AS use ON use.coupon = coupon.id AND use.status = 'used'
LEFT JOIN orders ON orders.id = use.order_id
WHERE coupon.id = ANY($1::uuid[]) GROUP BY coupon.id
"""


async def usage_of(coupon_ids: Sequence[UUID]) -> dict[UUID, Usage]:
    rows = await tenants.connection().fetch(USAGE, list(coupon_ids))
    return {row["id"]: Usage(*list(row.values())[1:]) for row in rows}


async def uses_by_day(coupon_id: UUID, *, since: datetime, zone: str) -> dict[date, int]:
    """How many orders used it on each day of the store; days without are absent."""
    rows = await tenants.connection().fetch(
        "SELECT (used_at AT TIME ZONE $3)::date AS day, count(*) AS uses FROM coupon_use"
        " WHERE coupon = $1 AND used_at >= $2 AND status = 'used' GROUP BY day",
        coupon_id, since, zone,
    )  # fmt: skip
    return {row["day"]: row["uses"] for row in rows}
