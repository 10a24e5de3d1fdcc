"""Member levels: reached by what a customer paid within some days, net of refunds, or given by hand.

The store says how many days; 365 unless it does.

A level is never stored with the customer: it follows from orders at the moment it is asked for. One given by hand wins
over what the orders say, until its end.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from asyncpg.exceptions import UniqueViolationError

import tenants
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.kernel.money import LARGEST_AMOUNT
from app.promotions.points_terms import level_days

HIGHEST_BPS = 9_000


class Level(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    threshold_amount: int
    discount_bps: int


class Membership(msgspec.Struct, frozen=True):
    """Where a customer stands. `until` is the end of a level given by hand."""

    level: Level | None
    net_paid_amount: int
    next_level: Level | None = None
    by_hand: bool = False
    until: datetime | None = None


NET_PAID = """(SELECT coalesce(sum(paid_amount - refunded_amount), 0)::bigint FROM orders
    WHERE customer = $1 AND paid_at > $2)"""


async def levels() -> list[Level]:
    """From the lowest threshold up."""
    rows = await tenants.connection().fetch(
        "SELECT id, name, threshold_amount, discount_bps FROM member_level ORDER BY threshold_amount, position, id"
    )
    return [Level(**row) for row in rows]


def level_for(net_paid: int, ladder: list[Level]) -> Level | None:
    """The highest level whose threshold is reached."""
    return next((level for level in reversed(ladder) if net_paid >= level.threshold_amount), None)


async def membership_of(customer_id: UUID) -> Membership:
    """A customer's level from facts, the next one, and what was paid towards it."""
    ladder, at = await levels(), now()
    net: int = await tenants.connection().fetchval(
        f"SELECT {NET_PAID}", customer_id, at - timedelta(days=await level_days())
    )
    grant = await tenants.connection().fetchrow(
        "SELECT level, until FROM member_grant WHERE customer = $1 AND (until IS NULL OR until > $2)", customer_id, at
    )
    following = next((level for level in ladder if level.threshold_amount > net), None)
    if grant:
        given = next(level for level in ladder if level.id == grant["level"])
        return Membership(given, net, following, True, grant["until"])
    return Membership(level_for(net, ladder), net, following)


async def save_level(level: Level) -> None:
    """Add or change a level; orders that were placed keep their price. Raises InvalidInput."""
    wrong: dict[str, str] = {}
    if not level.name.strip():
        wrong["name"] = N_("The level needs a name.")
    if not 0 <= level.threshold_amount <= LARGEST_AMOUNT:
        wrong["threshold_amount"] = N_("Enter an amount like 43.90.")
    if not 0 <= level.discount_bps <= HIGHEST_BPS:
        wrong["discount_bps"] = N_("Between 0 and 90 percent.")
    if wrong:
        raise InvalidInput(wrong)
    try:
        await tenants.connection().execute(
            "INSERT INTO member_level (id, name, threshold_amount, discount_bps, created_at, updated_at)"
            " VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name,"
            " threshold_amount = EXCLUDED.threshold_amount, discount_bps = EXCLUDED.discount_bps,"
            " updated_at = EXCLUDED.updated_at",
            level.id, level.name.strip()[:40], level.threshold_amount, level.discount_bps, now(),
        )  # fmt: skip
    except UniqueViolationError as error:
        raise InvalidInput({"name": N_("Another level has this name.")}) from error


async def find_level(level_id: UUID) -> Level:
    """Raises NotFound."""
    found = next((level for level in await levels() if level.id == level_id), None)
    if found is None:
        raise NotFound
    return found


async def remove_level(level_id: UUID) -> None:
    """Customers of it fall to what their orders say. Raises NotFound."""
    if await tenants.connection().fetchval("DELETE FROM member_level WHERE id = $1 RETURNING id", level_id) is None:
        raise NotFound


async def grant_level(customer_id: UUID, level_id: UUID, *, until: datetime | None, by: str) -> None:
    """Raises NotFound when there is no such level."""
    await find_level(level_id)
    await tenants.connection().execute(
        "INSERT INTO member_grant (id, customer, level, until, granted_by, granted_at) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (customer) DO UPDATE SET level = EXCLUDED.level, until = EXCLUDED.until,"
        " granted_by = EXCLUDED.granted_by, granted_at = EXCLUDED.granted_at",
        new_id(), customer_id, level_id, until, by, now(),
    )  # fmt: skip


async def withdraw_level(customer_id: UUID) -> None:
    """The undo of `grant_level`. Raises NotFound when none was given."""
    gone = await tenants.connection().fetchval("DELETE FROM member_grant WHERE customer = $1 RETURNING id", customer_id)
    if gone is None:
        raise NotFound
