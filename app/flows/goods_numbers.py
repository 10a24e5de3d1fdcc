"""Which order lines a warehouse means when it names goods and no lines. Not a journey.

It says its own number where goods have one there; ours is understood too, because what was sent before the mapping was
made went by it.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import tenants

LINES = """
SELECT line.id, coalesce(alias.their_sku, '') AS theirs, coalesce(nullif(line.sku, ''), line.variant::text) AS ours
FROM order_line AS line LEFT JOIN sku_alias AS alias ON alias.variant = line.variant AND alias.warehouse = $1
WHERE line.id = ANY($2::uuid[]) ORDER BY line.line_number
"""


async def lines_by_number(warehouse: UUID, order_lines: Iterable[UUID]) -> dict[str, list[UUID]]:
    """By number, the lines in the order of the order. A number of theirs beats the same letters of ours."""
    rows = await tenants.connection().fetch(LINES, warehouse, list(order_lines))
    theirs, ours = dict[str, list[UUID]](), dict[str, list[UUID]]()
    for row in rows:
        if row["theirs"]:
            theirs.setdefault(row["theirs"], []).append(row["id"])
        ours.setdefault(row["ours"], []).append(row["id"])
    return {**ours, **theirs}
