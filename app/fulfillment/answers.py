"""How a warehouse answers: a gate that shuts after a few failures in a row, and figures for the merchant.

The gate is a row, so that every worker sees it and the database's clock decides. While it is shut nobody asks; then one
at a time tries, and its answer opens the gate or shuts it for longer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import tenants
from app.kernel.ids import new_id

FAILURES = 5
FIRST_PAUSE_S, LONGEST_PAUSE_S = 5, 20

LEFT = "SELECT extract(epoch FROM shut_until - now())::float8 FROM warehouse_gate WHERE warehouse = $1"
PROBE = """
UPDATE warehouse_gate SET shut_until = now() + make_interval(secs => $2)
WHERE warehouse = $1 AND shut_until <= now() RETURNING id
"""
# Everybody who gets an answer would wait for this row; that all is well is news once a second, or after trouble.
WELL = """
UPDATE warehouse SET last_ok_at = now(), last_error = ''
WHERE id = $1 AND (last_error <> '' OR last_ok_at IS NULL OR last_ok_at < now() - interval '1 second')
"""
OPEN = "UPDATE warehouse_gate SET failures = 0, shut_until = NULL WHERE warehouse = $1 AND failures > 0"
FAILED = """
INSERT INTO warehouse_gate (id, warehouse, failures) VALUES ($1, $2, 1)
ON CONFLICT (warehouse) DO UPDATE SET failures = warehouse_gate.failures + 1, shut_until = CASE
    WHEN warehouse_gate.failures + 1 < $3 THEN warehouse_gate.shut_until
    ELSE now() + make_interval(secs => least($4 * 2 ^ least(warehouse_gate.failures + 1 - $3, 10), $5)) END
RETURNING shut_until IS NOT NULL
"""
COUNT = """
INSERT INTO warehouse_hour (id, warehouse, hour, answered, failed, total_ms)
VALUES ($1, $2, date_trunc('hour', now()), $3, $4, $5) ON CONFLICT (warehouse, hour) DO UPDATE
SET answered = warehouse_hour.answered + EXCLUDED.answered, failed = warehouse_hour.failed + EXCLUDED.failed,
    total_ms = warehouse_hour.total_ms + EXCLUDED.total_ms
"""
DAY = """
SELECT coalesce(sum(answered), 0)::bigint AS answered, coalesce(sum(failed), 0)::bigint AS failed,
    coalesce(sum(total_ms), 0)::bigint AS total_ms FROM warehouse_hour
WHERE warehouse = $1 AND hour > now() - interval '24 hours'
"""


@dataclass(frozen=True, slots=True)
class Answers:
    """The last 24 hours, and whether it is asked at all right now."""

    answered: int
    failed: int
    average_ms: int
    failures_in_a_row: int
    shut_until: datetime | None

    @property
    def is_shut(self) -> bool:
        """It failed too often in a row: nothing is sent there but a try now and then."""
        return self.shut_until is not None


async def gate_left(warehouse: UUID) -> float | None:
    """Seconds until somebody may try the warehouse's shut gate; None while it is open."""
    left: float | None = await tenants.connection().fetchval(LEFT, warehouse)
    return left


async def pass_gate(warehouse: UUID, left: float | None) -> float:
    """0 for whoever may ask now. Of all who come when the time is over, one may; the others get the seconds to wait.

    `left` is what `gate_left` said in this transaction.
    """
    if left is None:
        return 0.0
    if left > 0:
        return left
    if await tenants.connection().fetchval(PROBE, warehouse, FIRST_PAUSE_S):
        return 0.0
    return max(await gate_left(warehouse) or 0.0, 0.0)


async def note_answer(warehouse: UUID, took_ms: int | None = None) -> None:
    """It answered, be it with a no. The rows everybody writes to are touched last, in one message with COMMIT."""
    tenants.commit_with((WELL, (warehouse,)), (OPEN, (warehouse,)))
    if took_ms is not None:
        tenants.commit_with((COUNT, (new_id(), warehouse, 1, 0, took_ms)))


async def note_trouble(warehouse: UUID, error: str, took_ms: int = 0) -> bool:
    """It did not answer, or answered with an error of its own. True when its gate is shut now."""
    await tenants.connection().execute(
        "UPDATE warehouse SET last_error = $2, last_error_at = now() WHERE id = $1", warehouse, error[:500]
    )
    is_shut: bool = await tenants.connection().fetchval(
        FAILED, new_id(), warehouse, FAILURES, FIRST_PAUSE_S, LONGEST_PAUSE_S
    )
    await tenants.connection().execute(COUNT, new_id(), warehouse, 0, 1, took_ms)
    return is_shut


async def answers_of(warehouse: UUID) -> Answers:
    (day,) = await tenants.connection().fetch(DAY, warehouse)
    gate = await tenants.connection().fetchrow(
        "SELECT failures, shut_until FROM warehouse_gate WHERE warehouse = $1", warehouse
    )
    calls = day["answered"] + day["failed"]
    return Answers(
        day["answered"], day["failed"], day["total_ms"] // calls if calls else 0,
        gate["failures"] if gate else 0, gate["shut_until"] if gate else None,
    )  # fmt: skip
