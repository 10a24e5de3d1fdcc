"""Commission of the demo stores: one pays by level, the other has a draft with two levels to look at."""

from __future__ import annotations

from datetime import timedelta

import tenants
from app import commissions, promoters
from app.commissions import NOBODY, Guard, Plan, Rule
from app.demo import people
from app.flows.publish_plan import publish_plan
from app.flows.simulate_plan import ask_for_simulation
from app.kernel.clock import now
from app.kernel.ids import new_id

MONTH = timedelta(days=30)
NOBODY_KNOWN = 800  # What somebody without a level gets, in basis points; every level adds two percent.


def _by_level(levels: list[promoters.Level]) -> Plan:
    rates = {str(level.id): NOBODY_KNOWN + 200 * level.rank for level in levels}
    rule = Rule(
        id=new_id(), name="依等級", shape="differential", depth=2, rates=(NOBODY_KNOWN,), by_level=rates
    )  # fmt: skip
    return Plan(
        id=NOBODY, version=0, name="依等級分配", note="等級越高，比例越高；帶新人的人領差額。", cap_bps=2_000,
        guard=Guard(cost_bps=4_000, fee_bps=60), rules=(rule,),
    )  # fmt: skip


def _two_levels() -> Plan:
    return Plan(
        id=NOBODY, version=0, name="两级方案", note="先试算，再决定要不要发布。", cap_bps=2_000,
        guard=Guard(cost_bps=5_000, fee_bps=60), rules=(Rule(id=new_id(), depth=2, rates=(1_200, 300)),),
    )  # fmt: skip


async def write_plans(slug: str) -> None:
    """Once per store, with a trial of it on the last month."""
    async with tenants.transaction():
        if await commissions.read_plans():
            return
        draft = _by_level(await promoters.levels()) if slug == "yizhan" else _two_levels()
        made = await commissions.save_plan(draft, by=people.MERCHANT.name)
    if slug == "yizhan":
        await publish_plan(made, None, by=(NOBODY, people.MERCHANT.name))
    await ask_for_simulation(made, now() - MONTH, now(), by=people.MERCHANT.name)
