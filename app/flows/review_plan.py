"""Nightly: ask the compliance gate again about the plan in force, for prices, people and terms have moved on.

One transaction. What it refuses becomes a ticket for each rule; what an earlier night refused and this one does not is
right again, so its ticket closes by itself. Nobody's commission changes because of it.
"""

from __future__ import annotations

import structlog

import tenants
from app import commissions, tickets
from app.flows import plan_facts
from app.kernel.clock import now

log = structlog.get_logger()

KIND = "commissions.compliance"


async def review_plan() -> int:
    """How many rules the plan in force breaks today; a store without a plan has nothing to review."""
    async with tenants.transaction():
        plan = commissions.in_force(await commissions.read_plans(published=True), now()).plan
        broken = commissions.compliance.evidence_of(commissions.review(plan, await plan_facts.facts()))
        if not plan.version:
            broken = {}
        for rule, evidence in broken.items():
            details = {"title": rule, "plan": str(plan.id), "version": plan.version, "evidence": evidence}
            await tickets.open(KIND, rule, currency="", amount=len(evidence), details=details)
        await tickets.close_missing(KIND, list(broken))
    log.info("commissions.reviewed", version=plan.version, broken=list(broken))
    return len(broken)
