"""A plan tried on past orders: asked for, counted batch by batch, and what it would have changed for whom."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.ids import new_id

COLUMNS = (
    "id, plan, from_at, until_at, status, done_orders, all_orders, last_order, result, failure, asked_by, asked_at,"
    " finished_at"
)


class Tally(msgspec.Struct, kw_only=True):
    """Sums so far, in minor units. `people` are promoters with what they got and would have got."""

    base_amount: int = 0
    cost_amount: int = 0
    before_amount: int = 0
    after_amount: int = 0
    people: dict[str, tuple[int, int]] = {}

    @property
    def margin_amount(self) -> int:
        """What is left of the goods after their cost and the new commission."""
        return self.base_amount - self.cost_amount - self.after_amount

    @property
    def margin_before_amount(self) -> int:
        return self.base_amount - self.cost_amount - self.before_amount

    def add(self, promoter: UUID, before: int, after: int) -> None:
        known = self.people.get(str(promoter), (0, 0))
        self.people[str(promoter)] = (known[0] + before, known[1] + after)
        self.before_amount += before
        self.after_amount += after


class Simulation(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    plan: UUID
    from_at: datetime
    until_at: datetime
    status: str
    done_orders: int
    all_orders: int
    last_order: UUID | None
    result: Tally
    failure: str
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None

    @property
    def is_over(self) -> bool:
        return self.status in ("done", "failed")


async def ask(plan: UUID, from_at: datetime, until_at: datetime, *, all_orders: int, by: str) -> UUID:
    made = new_id()
    await tenants.connection().execute(
        "INSERT INTO plan_simulation (id, plan, from_at, until_at, all_orders, asked_by, asked_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        made, plan, from_at, until_at, all_orders, by, now(),
    )  # fmt: skip
    return made


async def simulation(simulation_id: UUID, *, lock: bool = False) -> Simulation:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(
        f"SELECT {COLUMNS} FROM plan_simulation WHERE id = $1" + (" FOR UPDATE" if lock else ""),  # noqa: S608
        simulation_id,
    )
    if row is None:
        raise NotFound
    return _read(row)


async def simulations_of(plan: UUID) -> list[Simulation]:
    rows = await tenants.connection().fetch(
        f"SELECT {COLUMNS} FROM plan_simulation WHERE plan = $1 ORDER BY asked_at DESC, id DESC LIMIT 10",  # noqa: S608
        plan,
    )
    return [_read(row) for row in rows]


async def note_progress(simulation_id: UUID, tally: Tally, *, last: UUID, orders: int) -> None:
    await tenants.connection().execute(
        "UPDATE plan_simulation SET status = 'running', result = $2, last_order = $3, done_orders = done_orders + $4"
        " WHERE id = $1",
        simulation_id, msgspec.json.encode(tally).decode(), last, orders,
    )  # fmt: skip


async def finish(simulation_id: UUID, *, failure: str = "") -> None:
    await tenants.connection().execute(
        "UPDATE plan_simulation SET status = CASE WHEN $2 = '' THEN 'done' ELSE 'failed' END, failure = $2,"
        " finished_at = $3 WHERE id = $1",
        simulation_id, failure, now(),
    )  # fmt: skip


def _read(row: Any) -> Simulation:
    return Simulation(**{**dict(row), "result": msgspec.json.decode(row["result"], type=Tally)})
