"""Commission plans in force, people above each other, and orders of whoever sells."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import tenants
from app import commissions, promoters
from app.commissions import Plan, Rule
from app.kernel.clock import now
from app.kernel.ids import new_id
from tests import builders_earning as earning
from workers.attribution import HANDLERS
from workers.context import JobContext

JOB = JobContext(new_id(), "attribution.decide", 1, 12)


def rule(**facts: Any) -> Rule:
    """Ten percent of everything to whoever sold."""
    return Rule(**{"id": new_id(), "rates": (1000,), **facts})


async def draft(*rules: Rule, **facts: Any) -> Plan:
    """What the merchant wrote and nobody was told."""
    written = Plan(id=new_id(), version=0, rules=rules or (rule(),), **facts)
    async with tenants.transaction():
        return await commissions.read_plan(await commissions.save_plan(written, by="Su He"))


async def in_force(*rules: Rule, days_ago: float = 1, **facts: Any) -> Plan:
    """A plan that has counted for so many days."""
    made = await draft(*rules, **facts)
    async with tenants.transaction():
        await commissions.publish_plan(made.id, now(), by="Su He")
        await tenants.connection().execute(
            "UPDATE commission_plan SET valid_from = $2 WHERE id = $1", made.id, now() - timedelta(days=days_ago)
        )
        return await commissions.read_plan(made.id)


async def line_of_three(*, days_ago: float = 100) -> list[promoters.Promoter]:
    """Who sells, and two above, all of them there for a while."""
    people = [await earning.promoter(name=name) for name in ("Xiaoya", "Ma Jie", "Chen Ge")]
    async with tenants.transaction():
        database = tenants.connection()
        for lower, upper in pairwise(people):
            await promoters.move(lower.id, upper.id, actor="Su He", reason="knows her")
            await database.execute(
                "INSERT INTO promoter_move (id, promoter, parent, actor, reason, at) VALUES ($1, $2, $3, '', '', $4)",
                new_id(), lower.id, upper.id, now() - timedelta(days=days_ago),
            )  # fmt: skip
        await database.execute("UPDATE promoter SET applied_at = $1", now() - timedelta(days=days_ago))
    return people


async def level(name: str, rank: int, *people: promoters.Promoter) -> UUID:
    """A level, and who has had it for ten days."""
    made = promoters.Level(id=new_id(), name=name, rank=rank, from_net_amount=rank * 100_000)
    async with tenants.transaction():
        await promoters.save_level(made)
        for person in people:
            await promoters.set_level(person.id, made.id, actor="Su He")
            await tenants.connection().execute(
                "INSERT INTO promoter_level_change (id, promoter, level, actor, at) VALUES ($1, $2, $3, 'Su He', $4)",
                new_id(), person.id, made.id, now() - timedelta(days=10),
            )  # fmt: skip
    return made.id


async def sold(
    seller: promoters.Promoter, *goods: int, units: int = 1, days_ago: float = 0, paid: bool = True, freight: int = 0
) -> UUID:
    """An order that came through the seller's link, decided as of when it was placed."""
    visitor, placed_at = new_id(), now() - timedelta(days=days_ago)
    await earning.click(await earning.link(seller), visitor=visitor, at=placed_at - timedelta(minutes=5))
    order = await earning.order(
        visitor=visitor, goods=goods or (10_000,), units=units, placed_at=placed_at, freight=freight
    )
    if paid:
        await earning.mark_paid(order)
    await HANDLERS["attribution.finalize" if paid else "attribution.decide"](JOB, order_id=str(order))
    return order


async def shares_of(order: UUID) -> list[tuple[str, str, int, int]]:
    """By whom, for which work, at which rate, and what of it is kept; the seller first."""
    async with tenants.transaction():
        rows = await tenants.connection().fetch(
            "SELECT promoter.name, line.role, line.rate_bps, line.amount - line.reversed_amount AS kept"
            " FROM commission_line AS line JOIN promoter ON promoter.id = line.promoter WHERE line.order_id = $1"
            " ORDER BY line.order_line, line.role, line.id",
            order,
        )
    return [tuple(row.values()) for row in rows]
