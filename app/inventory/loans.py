"""Stock set apart for one seller: what a live session may sell of a product, and nobody else.

    lend -> (orders of the borrower take from it, and give back to it) -> call_in

What is left of an open loan counts as reserved on its level, so whatever sells from the level does not see it. Loans'
rows are locked before all levels, in the order of their sources.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec

import tenants
from app.inventory.promises import FREE, MOST_LEFT, PROMISING, NotEnoughStock
from app.kernel.clock import now
from app.kernel.ids import new_id

LEND = f"""
WITH taken AS (
    UPDATE stock_level SET reserved = reserved + $3, updated_at = $4
    WHERE id = (
        SELECT id FROM stock_level
        WHERE variant = $2 AND ({FREE} >= $3 OR oversell OR NOT tracked) AND {PROMISING}
        ORDER BY {FREE} DESC, id LIMIT 1
    ) AND ({FREE} >= $3 OR oversell OR NOT tracked)
    RETURNING warehouse
)
INSERT INTO stock_loan (id, source_id, variant, warehouse, quantity, left_over, lent_at)
SELECT $5, $1, $2, taken.warehouse, $3, $3, $4 FROM taken RETURNING id
"""  # noqa: S608 - constants
CALL_IN = """
WITH before AS (
    SELECT id, left_over FROM stock_loan WHERE source_id = ANY($1::uuid[]) AND status = 'open'
    ORDER BY source_id FOR UPDATE
), turned AS (
    UPDATE stock_loan AS loan SET status = 'returned', left_over = 0, returned_at = $2
    FROM before WHERE loan.id = before.id RETURNING loan.variant, loan.warehouse, before.left_over
), unsold AS (
    SELECT variant, warehouse, sum(left_over) AS units FROM turned GROUP BY variant, warehouse
), locked AS (
    SELECT level.id, unsold.units FROM stock_level AS level JOIN unsold USING (variant, warehouse)
    ORDER BY level.variant, level.warehouse FOR UPDATE OF level
)
UPDATE stock_level AS level SET reserved = level.reserved - locked.units, updated_at = $2
FROM locked WHERE level.id = locked.id
"""


class Loan(msgspec.Struct, frozen=True):
    """What was lent to `source_id`, and what is left of it."""

    source_id: UUID
    variant: UUID
    quantity: int
    left_over: int
    status: str


async def lend(source_id: UUID, variant: UUID, quantity: int, *, title: str) -> None:
    """Set so many apart, all from one warehouse. Raises NotEnoughStock. Last before COMMIT, like all of stock."""
    while not await tenants.connection().fetchval(LEND, source_id, variant, quantity, now(), new_id()):
        left = await tenants.connection().fetchval(MOST_LEFT, variant)
        if left < quantity:
            raise NotEnoughStock(variant=variant, title=title, asked=quantity, left=max(left, 0))


async def call_in(source_ids: Iterable[UUID]) -> None:
    """Whatever is left of these loans is everybody's again. Twice is once. Last before COMMIT."""
    wanted = list(source_ids)
    if wanted:
        await tenants.connection().execute(CALL_IN, wanted, now())


async def loans_of(source_ids: Sequence[UUID]) -> dict[UUID, Loan]:
    rows = await tenants.connection().fetch(
        "SELECT source_id, variant, quantity, left_over, status FROM stock_loan WHERE source_id = ANY($1::uuid[])",
        list(source_ids),
    )
    return {row["source_id"]: Loan(**row) for row in rows}
