"""Versions of the store's commission plan as they are kept: one draft at most, and what was published never changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.commissions.plans import Guard, Plan, Rule
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from app.kernel.ids import new_id

GUARD = ("guard_refuses", "cost_bps", "freight_amount", "fee_bps", "coupon_bps")
FACTS = (
    "id", "version", "name", "status", "valid_from", "retired_at", "cap_bps", "channel", "declared",
    "note", "created_by", "created_at", "published_by", "published_at",
)  # fmt: skip
RULE = ("id", "name", "scope", "target", "priority", "shape", "depth", "rates", "fees", "by_level", "created_at")
PLANS = f"SELECT {', '.join((*FACTS, *GUARD))} FROM commission_plan"  # noqa: S608 - constants only
RULES = f"SELECT plan, {', '.join(RULE)} FROM commission_rule"  # noqa: S608 - constants only


class PlanIsFixed(Refusal):
    """A version that was published is what promoters were told; it is not rewritten."""

    code = "commissions.plan_is_fixed"
    status = 409
    message = "This version was published and stays as it is. Start a new version instead."


class TooLate(Refusal):
    """Rates are not changed for orders that were placed already."""

    code = "commissions.too_late"
    status = 422
    message = "A plan counts from now or later, never for orders that were placed already."


async def read_plans(*, published: bool = False) -> list[Plan]:
    """Every version, the newest first."""
    where = " WHERE status <> 'draft'" if published else ""
    return await _read(f"{PLANS}{where} ORDER BY version DESC")


async def read_plan(plan_id: UUID) -> Plan:
    """Raises NotFound."""
    found = await _read(f"{PLANS} WHERE id = $1", plan_id)
    if not found:
        raise NotFound
    return found[0]


async def save_plan(draft: Plan, *, by: str) -> UUID:
    """Write the draft, with its rules in the order they are given; there is one, and it gets the next number."""
    database, moment = tenants.connection(), now()
    plan_id = await database.fetchval("SELECT id FROM commission_plan WHERE status = 'draft' FOR UPDATE")
    if plan_id is None:
        plan_id = new_id()
        await database.execute(
            "INSERT INTO commission_plan (id, version, cap_bps, created_by, created_at, updated_at)"
            " SELECT $1, coalesce(max(version), 0) + 1, 0, $2, $3, $3 FROM commission_plan",
            plan_id, by, moment,
        )  # fmt: skip
    guard = draft.guard
    await database.execute(
        "UPDATE commission_plan SET name = $2, note = $3, cap_bps = $4, channel = $5,"
        " guard_refuses = $6, cost_bps = $7, freight_amount = $8, fee_bps = $9, coupon_bps = $10, declared = $11,"
        " updated_at = $12 WHERE id = $1",
        plan_id, draft.name, draft.note, draft.cap_bps, draft.channel, guard.refuses, guard.cost_bps,
        guard.freight_amount, guard.fee_bps, guard.coupon_bps, list(draft.declared), moment,
    )  # fmt: skip
    await database.execute("DELETE FROM commission_rule WHERE plan = $1", plan_id)
    await database.executemany(
        "INSERT INTO commission_rule (plan, position, id, name, scope, target, priority, shape, depth, rates, fees,"
        " by_level, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        [
            (
                plan_id, position, new_id(), rule.name, rule.scope, rule.target, rule.priority, rule.shape, rule.depth,
                list(rule.rates), list(rule.fees), msgspec.json.encode(rule.by_level).decode(), moment,
            )
            for position, rule in enumerate(draft.rules)
        ],
    )  # fmt: skip
    return UUID(str(plan_id))


async def publish_plan(plan_id: UUID, valid_from: datetime, *, by: str) -> Plan:
    """From then on it counts. Raises NotFound, PlanIsFixed, TooLate."""
    moment = now()
    if valid_from < moment.replace(microsecond=0):
        raise TooLate
    done = await tenants.connection().fetchval(
        "UPDATE commission_plan SET status = 'published', valid_from = $2, published_by = $3, published_at = $4,"
        " updated_at = $4 WHERE id = $1 AND status = 'draft' RETURNING id",
        plan_id, max(valid_from, moment), by, moment,
    )  # fmt: skip
    found = await read_plan(plan_id)
    if done is None:
        raise PlanIsFixed
    return found


async def retire_plan(plan_id: UUID) -> None:
    """It ends now, or never begins; everybody earns at their own rate until another version counts."""
    moment = now()
    await tenants.connection().execute(
        "UPDATE commission_plan SET status = 'retired', retired_at = $2, updated_at = $2"
        " WHERE id = $1 AND status = 'published'",
        plan_id, moment,
    )  # fmt: skip


async def discard_plan(plan_id: UUID) -> None:
    await tenants.connection().execute("DELETE FROM commission_plan WHERE id = $1 AND status = 'draft'", plan_id)


async def _read(statement: str, *wanted: Any) -> list[Plan]:
    database = tenants.connection()
    rows = await database.fetch(statement, *wanted)
    rules = await database.fetch(f"{RULES} WHERE plan = ANY($1) ORDER BY plan, position", [row["id"] for row in rows])
    return [_plan(row, [rule for rule in rules if rule["plan"] == row["id"]]) for row in rows]


def _plan(row: Any, rules: Sequence[Any]) -> Plan:
    guard = Guard(
        refuses=row["guard_refuses"], cost_bps=row["cost_bps"], freight_amount=row["freight_amount"],
        fee_bps=row["fee_bps"], coupon_bps=row["coupon_bps"],
    )  # fmt: skip
    facts = {name: row[name] for name in FACTS} | {"declared": tuple(row["declared"])}
    return Plan(**facts, guard=guard, rules=tuple(_rule(rule) for rule in rules))


def _rule(row: Any) -> Rule:
    facts = {name: row[name] for name in RULE}
    facts |= {"rates": tuple(row["rates"]), "fees": tuple(row["fees"])}
    return Rule(**facts | {"by_level": msgspec.json.decode(row["by_level"])})
