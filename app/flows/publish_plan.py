"""A commission plan is published: the compliance gate looks at it, and from a moment on it counts.

One transaction. What the gate refuses stays a draft and nobody's commission changes. Withdrawing a plan is the undo:
from then on everybody earns at their own rate.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import tenants
from app import commissions
from app.commissions import Finding, NotCompliant, refuses, review
from app.flows import plan_facts
from app.kernel.clock import now
from tenants import audit, platform


async def findings_of(plan_id: UUID) -> list[Finding]:
    """What the gate says of a version now. Raises NotFound."""
    async with tenants.transaction():
        return review(await commissions.read_plan(plan_id), await plan_facts.facts())


async def publish_plan(plan_id: UUID, valid_from: datetime | None, *, by: tuple[UUID, str]) -> None:
    """At once when no moment is given. Raises NotFound, NotCompliant, PlanIsFixed, TooLate."""
    async with tenants.transaction():
        findings = review(await commissions.read_plan(plan_id), await plan_facts.facts())
        if refuses(findings):
            raise NotCompliant(findings)
        plan = await commissions.publish_plan(plan_id, valid_from or now(), by=by[1])
    await _write_down("commissions.publish_plan", plan.version, by)


async def withdraw_plan(plan_id: UUID, *, by: tuple[UUID, str]) -> None:
    """Raises NotFound."""
    async with tenants.transaction():
        plan = await commissions.read_plan(plan_id)
        await commissions.retire_plan(plan_id)
    await _write_down("commissions.withdraw_plan", plan.version, by)


async def _write_down(action: str, version: int, by: tuple[UUID, str]) -> None:
    async with platform.transaction() as database:
        await audit.record(
            database, actor_kind="merchant", actor_id=by[0], actor_name=by[1], action=action,
            tenant=tenants.current().id, subject=str(version),
        )  # fmt: skip
