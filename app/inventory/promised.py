"""What becomes of promised stock: allocated when its order is paid, gone when the parcel leaves.

    reserve -> allocate -> ship
       |          |
       +- release +            before a parcel leaves

Every step turns the reservation's own status first and moves the counts by what really turned, so a step that runs
twice does nothing the second time. Levels are always touched in the order of their variants: two orders never wait
for each other in a circle.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import tenants
from app.inventory.journal import Because, Moved, ship_units
from app.kernel.clock import now

ALLOCATE = """
WITH turned AS (
    UPDATE reservation SET status = 'allocated', expires_at = NULL WHERE order_id = $1 AND status = 'held'
    RETURNING variant, warehouse, quantity
), wanted AS (
    SELECT variant, warehouse, sum(quantity) AS quantity FROM turned GROUP BY variant, warehouse
), locked AS (
    SELECT level.id, wanted.quantity FROM stock_level AS level JOIN wanted USING (variant, warehouse)
    ORDER BY level.variant, level.warehouse FOR UPDATE OF level
), moved AS (
    UPDATE stock_level AS level SET reserved = level.reserved - locked.quantity,
        allocated = level.allocated + locked.quantity, updated_at = $2
    FROM locked WHERE level.id = locked.id
)
SELECT count(*) FROM turned
"""


async def allocate(order_id: UUID) -> bool:
    """The order was paid: what was held belongs to it now. False when nothing was held."""
    return bool(await tenants.connection().fetchval(ALLOCATE, order_id, now()))


def allocate_at_commit(order_id: UUID) -> None:
    """The same in one message with COMMIT."""
    tenants.commit_with((ALLOCATE, (order_id, now())))


async def hold_until(order_id: UUID, until: datetime) -> None:
    """The order has longer to pay, and its goods wait as long."""
    await tenants.connection().execute(
        "UPDATE reservation SET expires_at = $2 WHERE order_id = $1 AND status = 'held'", order_id, until
    )


RELEASE = """
WITH before AS (
    SELECT id, status, loan, variant, warehouse, quantity - shipped_quantity AS units FROM reservation
    WHERE order_id = $1 AND status IN ('held', 'allocated') FOR UPDATE
), turned AS (
    UPDATE reservation SET expires_at = NULL,
        status = CASE WHEN reservation.shipped_quantity = 0 THEN 'released' ELSE 'shipped' END
    FROM before WHERE reservation.id = before.id
), owed AS (
    SELECT loan.id, before.units FROM stock_loan AS loan JOIN before ON before.loan = loan.id
    WHERE loan.status = 'open' ORDER BY loan.source_id FOR UPDATE OF loan
), lent AS (
    UPDATE stock_loan AS loan SET left_over = loan.left_over + back.units
    FROM (SELECT id, sum(units) AS units FROM owed GROUP BY id) AS back
    WHERE loan.id = back.id RETURNING loan.id
), moved AS (
    SELECT variant, warehouse, sum(units) FILTER (WHERE status = 'held') AS held,
        sum(units) FILTER (WHERE status = 'allocated') AS owned,
        sum(units) FILTER (WHERE loan IN (SELECT id FROM lent)) AS kept
    FROM before GROUP BY variant, warehouse
), locked AS (
    SELECT level.id, moved.* FROM stock_level AS level JOIN moved USING (variant, warehouse)
    ORDER BY level.variant, level.warehouse FOR UPDATE OF level
), counted AS (
    UPDATE stock_level AS level SET updated_at = $2, allocated = level.allocated - coalesce(locked.owned, 0),
        reserved = level.reserved - coalesce(locked.held, 0) + coalesce(locked.kept, 0)
    FROM locked WHERE level.id = locked.id
)
SELECT count(*) FROM before
"""


async def release(order_id: UUID) -> bool:
    """Give back what the order held or owned and what has not left the warehouse. False when there was nothing.

    What was taken from a loan that is still open is the borrower's again.
    """
    return bool(await tenants.connection().fetchval(RELEASE, order_id, now()))


FEWER = """
WITH parts AS (
    SELECT id, quantity FROM reservation WHERE order_line = $1 AND status = 'held' ORDER BY id FOR UPDATE
), before AS (
    SELECT id, quantity, greatest(0, least(quantity, $2 - (sum(quantity) OVER (ORDER BY quantity DESC, id) - quantity)))
        AS kept
    FROM parts
)
UPDATE reservation SET quantity = CASE WHEN before.kept = 0 THEN reservation.quantity ELSE before.kept END,
    status = CASE WHEN before.kept = 0 THEN 'released' ELSE 'held' END
FROM before WHERE reservation.id = before.id AND before.kept < before.quantity
RETURNING reservation.variant, reservation.warehouse, before.quantity - before.kept AS quantity
"""


async def hold_fewer(wanted: Mapping[UUID, int]) -> None:
    """Lines of an unpaid order need so many units now, not more; the rest is for sale again."""
    turned = [each for line, units in wanted.items() for each in await turn(FEWER, line, units)]
    await move_counts(
        "UPDATE stock_level SET reserved = reserved - $3, updated_at = $4 WHERE variant = $1 AND warehouse = $2",
        sorted(turned),
    )


SHIP = """
WITH before AS (
    SELECT held.id, held.shipped_quantity, told.units
    FROM unnest($1::uuid[], $2::integer[]) AS told(line, units) JOIN reservation AS held ON held.order_line = told.line
    WHERE held.warehouse = $3 AND held.status = 'allocated' AND held.shipped_quantity < least(told.units, held.quantity)
    ORDER BY held.id FOR UPDATE OF held
)
UPDATE reservation SET shipped_quantity = least(before.units, reservation.quantity),
    status = CASE WHEN before.units >= reservation.quantity THEN 'shipped' ELSE 'allocated' END
FROM before WHERE reservation.id = before.id
RETURNING reservation.variant, reservation.order_id, reservation.shipped_quantity - before.shipped_quantity AS quantity
"""


async def ship(gone: Mapping[UUID, int], warehouse: UUID, *, actor: str = "warehouse") -> int:
    """Units of lines of an order have left the warehouse, so many in all parcels together; answers how many were new.

    The total instead of a difference makes news that comes twice, or late, harmless.
    """
    left: Counter[UUID] = Counter()
    order: UUID | None = None
    for row in await tenants.connection().fetch(SHIP, list(gone), list(gone.values()), warehouse):
        left[row["variant"]] += row["quantity"]
        order = row["order_id"]
    because = Because("ship", actor, about=order)
    await ship_units(Moved(variant, warehouse, -units, because) for variant, units in left.items())
    return left.total()


Turned = Sequence[tuple[UUID, UUID, int]]


async def turn(statement: str, *values: object) -> Turned:
    rows = await tenants.connection().fetch(statement, *values)
    return sorted((row["variant"], row["warehouse"], row["quantity"]) for row in rows)


async def move_counts(statement: str, turned: Turned) -> None:
    at = now()
    if turned:
        await tenants.connection().executemany(statement, [(*row, at) for row in turned])
