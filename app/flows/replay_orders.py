"""Decide a past period again under another policy, or pay it by another plan, and say who gains and who loses.

Nothing is written but the answer. Each batch of orders is a transaction, with the sums so far in it, so a job that died
goes on where it was. Under the same policy and the same terms it gives what was decided: the candidates come from the
receipts, and whoever was bound stays bound where the policy binds in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app import attribution, commissions, orders, promoters
from app.attribution import Candidate, Compared, Kept, Policy, Verdict
from app.commissions import Plan
from app.flows import co_hosts, commission_terms, leader_claims, pickup_shares, replay_bindings
from app.flows.leader_claims import Earner
from app.flows.sale_candidates import own_emails
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.kernel.money import floor_share
from tenants import outbox

BATCH = 50
BINDING = (
    "bind_trigger", "eligible", "snatch_policy", "protect_days", "click_lock_days", "order_lock_days",
    "live_click_lock_days", "live_order_lock_days", "product_locks", "max_orders", "binds",
)  # fmt: skip
Shares = Mapping[UUID, int]
_IN = (
    "FROM orders WHERE placed_at >= $1 AND placed_at < $2 AND EXISTS (SELECT 1 FROM attribution_decision"
    " WHERE attribution_decision.order_id = orders.id AND status <> 'void')"
)
_ON_AIR = """
SELECT id FROM live_session WHERE id = ANY($1::uuid[]) AND started_at <= $2 AND (ended_at IS NULL OR ended_at >= $2)
"""


async def ask_for_replay(
    draft: Policy, plan: UUID | None, starts_at: datetime | None, ends_at: datetime | None, *, by: str
) -> UUID:
    """Raises InvalidInput, NotFound."""
    attribution.check_policy(draft)
    if starts_at is None or ends_at is None or ends_at <= starts_at:
        raise InvalidInput({"ends_on": N_("Choose a first and a last day, the first one first.")})
    async with tenants.transaction():
        if plan:
            await commissions.read_plan(plan)
        total = await tenants.connection().fetchval(f"SELECT count(*) {_IN}", starts_at, ends_at)
        made = await attribution.ask_replay(draft, plan, starts_at, ends_at, total=total, by=by)
        await outbox.post("attribution.replay", queue="bulk", key=f"replay:{made}", replay_id=made)
    return made


async def replay_orders(replay_id: UUID) -> None:
    """Safe to run again: what was counted is not counted twice. Raises NotFound."""
    while await _next_batch(replay_id):
        pass


async def _next_batch(replay_id: UUID) -> bool:
    """False when it is over."""
    async with tenants.transaction():
        replay = await attribution.find_replay(replay_id, lock=True)
        if replay.status == "ready":
            return False
        rows = await tenants.connection().fetch(
            f"SELECT id {_IN} AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4",
            replay.starts_at, replay.ends_at, replay.last_order, BATCH,
        )  # fmt: skip
        plan = await commissions.read_plan(replay.plan) if replay.plan else None
        versions, result = await attribution.policies(), dict(replay.result)
        for row in rows:
            await _count(row["id"], replay.policy, plan, versions, result)
        last = rows[-1]["id"] if rows else None
        await attribution.note_replay(replay, result, last=last, orders=len(rows))
    return bool(rows)


async def _count(
    order_id: UUID, policy: Policy, plan: Plan | None, versions: list[Policy], result: dict[str, Compared]
) -> None:
    order, lines = await orders.find(order_id), await attribution.kept_of(order_id)
    for first, kept in enumerate(lines):
        before, after = recorded(kept), await decide_again(order, kept, policy, plan, versions)
        for side, shares, owner in (("before", before, kept.winner), ("after", after[1], after[0].winner)):
            _add(result, side, owner, shares, kept.base_amount, counts_order=first == 0)


def _add(
    result: dict[str, Compared], side: str, owner: Candidate | None, shares: Shares, base: int, *, counts_order: bool
) -> None:
    """The seller has the order and its base; whoever shares has the commission."""
    known = getattr(result.setdefault(str(owner.promoter) if owner else "", Compared()), side)
    known.orders += counts_order
    known.base_amount += base
    for promoter, amount in shares.items():
        getattr(result.setdefault(str(promoter), Compared()), side).commission_amount += amount


def recorded(kept: Kept) -> Shares:
    """What each promoter was to earn of the line when it was decided."""
    shares: dict[UUID, int] = {}
    for share in kept.shares:
        promoter = UUID(str(share["promoter"]))
        amount = share.get("amount", floor_share(kept.base_amount, share["rate_bps"]))
        shares[promoter] = shares.get(promoter, 0) + amount
    return shares


async def decide_again(
    order: orders.Order, kept: Kept, policy: Policy, plan: Plan | None, versions: list[Policy]
) -> tuple[Verdict, Shares]:
    """Whose sale it would be, and what it would earn."""
    then = next((one for one in versions if one.version == kept.policy_version), versions[-1])
    candidates = await _as_of_then(kept)
    if _binding_terms(policy) != _binding_terms(then):
        bound = await replay_bindings.bound_under(kept, policy) if policy.binds else None
        candidates = [one for one in candidates if one.kind != "binding"] + ([bound] if bound else [])
    verdict = attribution.with_leader(attribution.judge(candidates, policy, placed_at=kept.placed_at), kept.claim)
    return verdict, await _shares(order, kept, verdict, plan)


def _binding_terms(policy: Policy) -> tuple[object, ...]:
    return tuple(getattr(policy, name) for name in BINDING) if policy.binds else ()


async def _as_of_then(kept: Kept) -> list[Candidate]:
    """Receipts of old did not keep whether a show still went on."""
    rooms = [one.live_session for one in kept.candidates if one.kind == "live" and one.live_session]
    rows = await tenants.connection().fetch(_ON_AIR, rooms, kept.placed_at) if rooms else []
    on_air = {row["id"] for row in rows}
    return [msgspec.structs.replace(one, on_air=one.live_session in on_air) for one in kept.candidates]


async def _shares(order: orders.Order, kept: Kept, verdict: Verdict, plan: Plan | None) -> Shares:
    winner = verdict.winner
    if winner is None:
        return {}
    same = kept.winner is not None and (winner.promoter, winner.kind == "leader") == (
        kept.winner.promoter, kept.winner.kind == "leader"
    )  # fmt: skip
    if same and (plan is None or not kept.shares):  # nobody earns of an own purchase
        return recorded(kept)
    lines = [line for line in await orders.lines_of(order.id) if line.id == kept.order_line]
    if plan is not None and winner.kind != "leader":
        return await _by_plan(order, kept, lines, winner, plan)
    claim = await leader_claims.claim_of(order, await own_emails(order)) if winner.kind == "leader" else None
    earners = (await commission_terms.earners_of(order, lines, winner, claim))[kept.order_line]
    return _summed([(one.promoter, one.amount_of(kept.base_amount)) for one in earners])


async def _by_plan(
    order: orders.Order, kept: Kept, lines: list[orders.Line], winner: Candidate, plan: Plan
) -> Shares:  # fmt: skip
    sold = (await commission_terms.sold_of(order, lines))[kept.order_line]
    shares = commissions.evaluate(
        plan, sold, await commission_terms.chain_of(winner.promoter, order.placed_at),
        most_bps=await pickup_shares.left_for_promotion(order.id),
        on_inactive=(await promoters.read_policy()).on_inactive_upline,
    )  # fmt: skip
    earners = [
        Earner(one.promoter, one.rate_bps, commission_terms.PLAN, flat_amount=one.flat_amount, units=one.units)
        for one in shares
    ]
    shared = (await co_hosts.share(order, lines, winner, {kept.order_line: earners}))[kept.order_line]
    return _summed([(one.promoter, one.amount_of(kept.base_amount)) for one in shared])


def _summed(pairs: list[tuple[UUID, int]]) -> Shares:
    shares: dict[UUID, int] = {}
    for promoter, amount in pairs:
        shares[promoter] = shares.get(promoter, 0) + amount
    return shares
