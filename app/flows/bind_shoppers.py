"""A step inside an open transaction: shoppers are bound to sharers, by the store's policy. Not a journey of its own.

Each shopper's row is locked first, so concurrent touches take turns; after orders and clicks, before the totals of
links. A touch that comes home after a later one was answered binds nobody: what was decided stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import tenants
from app import attribution, links, orders
from app.attribution import Answer, Approach, Policy, Shopper, Step, Subject
from app.flows import who_may_bind

_SIGNED_IN = (
    "SELECT DISTINCT ON (visitor_id) visitor_id, customer FROM shopper_session WHERE visitor_id = ANY($1::uuid[])"
    " AND customer IS NOT NULL ORDER BY visitor_id, created_at DESC"
)
_NEWEST_TOUCH = (
    "SELECT t.id, t.promoter, t.kind, l.product FROM touch t LEFT JOIN tracked_link l ON l.id = t.link"
    " WHERE t.visitor_id = $1 AND t.kind IN ('live', 'link') AND t.occurred_at BETWEEN $2 AND $3"
    " ORDER BY t.occurred_at DESC, t.id DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Pending:
    """Shoppers whose clicks are being folded, locked, with the policies that may apply."""

    policies: Sequence[Policy]
    subjects: Mapping[UUID, tuple[Shopper, Subject]]


async def prepare(visitors: Iterable[UUID], besides: Shopper | None = None) -> Pending:
    """Lock the shoppers behind these browsers, and whoever is asked for besides, before the totals of links are."""
    policies = await attribution.policies()
    browsers = sorted(set(visitors))
    if not browsers or not any(policy.binds for policy in policies):
        return Pending(policies, {})
    signed_in = {row["visitor_id"]: row["customer"] for row in await tenants.connection().fetch(_SIGNED_IN, browsers)}
    shoppers = {browser: Shopper.of(signed_in.get(browser), browser) for browser in browsers}
    makes = besides is not None or any(policy.binds and policy.bind_trigger == "click" for policy in policies)
    locked = await attribution.lock_shoppers({*shoppers.values(), *([besides] if besides else [])}, make=makes)
    return Pending(policies, {browser: (one, locked[one]) for browser, one in shoppers.items() if one in locked})


async def by_clicks(
    pending: Pending, touches: Sequence[attribution.Appended], known: Mapping[UUID, links.Link]
) -> None:
    """Every new touch of a click is an approach to its shopper, oldest first."""
    meant = [touch for touch in touches if touch.visitor_id in pending.subjects]
    if not meant:
        return
    shoppers = {pending.subjects[touch.visitor_id][0] for touch in meant}
    facts = await who_may_bind.facts_about(shoppers, {touch.promoter for touch in meant})
    for touch in meant:
        policy = attribution.policy_of(pending.policies, touch.occurred_at)
        shopper, subject = pending.subjects[touch.visitor_id]
        late = subject.touched_at is not None and touch.occurred_at < subject.touched_at
        one = Approach(
            at=touch.occurred_at, promoter=touch.promoter, kind="click", touch=touch.id,
            lock_days=policy.click_days(known[touch.link].product, live=touch.kind == "live"),
            barred="came_late" if late else facts.bar(shopper, touch.promoter), is_new=facts.is_new(shopper),
        )  # fmt: skip
        if policy.binds and (subject.open or policy.bind_trigger == "click"):
            take(subject, one, policy)
    await attribution.save_steps(subject for _shopper, subject in pending.subjects.values())


async def carry_over(visitor_id: UUID, customer: UUID, at: datetime, *, registered: bool) -> None:
    """A browser turned out to be a customer's: its binding goes with them, by a touch of its own.

    Where registering is what binds, the newest click within the window does.
    """
    policies = await attribution.policies()
    policy = attribution.policy_of(policies, at)
    if not policy.binds:
        return
    browser, account = Shopper(None, visitor_id), Shopper(customer)
    locked = await attribution.lock_shoppers([browser, account])
    before, after = locked[browser], locked[account]
    facts = await who_may_bind.facts_about([account], [before.open.promoter] if before.open else [])
    held = before.open if before.open and before.open.is_live_at(at) else None
    if held:
        touch = await attribution.append_lock(visitor_id, customer, held.promoter, at, held.id)
        one = Approach(
            at=at, promoter=held.promoter, kind="lock", lock_days=0, touch=touch, until=held.valid_until,
            protect_until=held.protect_until, barred=facts.bar(account, held.promoter), is_new=facts.is_new(account),
        )  # fmt: skip
        note = Step(at=at, kind="lock", promoter=held.promoter, touch=touch, policy_version=policy.version)
        before.take(note, attribution.drop(before.open, at, "carried"))
        take(after, one, policy)
    elif registered and policy.bind_trigger == "register":
        await _register(after, account, visitor_id, at, policy)
    await attribution.save_steps([before, after])


async def _register(subject: Subject, account: Shopper, visitor_id: UUID, at: datetime, policy: Policy) -> None:
    oldest = at - timedelta(days=policy.click_window_days)
    newest = await tenants.connection().fetchrow(_NEWEST_TOUCH, visitor_id, oldest, at)
    if newest is None:
        return
    facts = await who_may_bind.facts_about([account], [newest["promoter"]])
    one = Approach(
        at=at, promoter=newest["promoter"], kind="register", touch=newest["id"],
        lock_days=policy.click_days(newest["product"], live=newest["kind"] == "live"),
        barred=facts.bar(account, newest["promoter"]), is_new=facts.is_new(account),
    )  # fmt: skip
    take(subject, one, policy)


async def by_order(order: orders.Order, winner: attribution.Candidate | None, *, kind: str, at: datetime) -> None:
    """A first order, placed or paid, binds the shopper to whoever has the sale, where the policy says so."""
    policy = await attribution.policy_at(at)
    if winner is None or not policy.binds or policy.bind_trigger != kind or winner.kind == "binding":
        return
    shopper = Shopper.of(order.customer, order.visitor_id)
    subject = (await attribution.lock_shoppers([shopper])).get(shopper)
    if subject is None:
        return
    facts = await who_may_bind.facts_about([shopper], [winner.promoter], besides=order.id)
    bar = facts.bar(shopper, winner.promoter) or ("" if facts.is_new(shopper) else "not_first_order")
    at = max(at, subject.touched_at or at)
    one = Approach(
        at=at, promoter=winner.promoter, kind=kind, touch=winner.touch, barred=bar,
        lock_days=policy.order_days(await _products(order.id), live=winner.live_session is not None),
    )  # fmt: skip
    take(subject, one, policy, order_id=order.id)
    await attribution.save_steps([subject])


async def by_payment(order: orders.Order, *, live: bool, at: datetime) -> None:
    """A paid order extends the shopper's binding and renews its protection; once for each order."""
    policy = await attribution.policy_at(at)
    if not policy.binds:
        return
    shopper = Shopper.of(order.customer, order.visitor_id)
    subject = (await attribution.lock_shoppers([shopper], make=False)).get(shopper)
    if subject is None or subject.open is None or await attribution.was_counted(subject.id, order.id):
        return
    at = max(at, subject.touched_at or at)
    days = policy.order_days(await _products(order.id), live=live)
    step = Step(
        at=at, kind="order_paid", promoter=subject.open.promoter, order_id=order.id, policy_version=policy.version
    )
    subject.take(step, attribution.paid(subject.open, at, days, policy))
    await attribution.save_steps([subject])


def take(
    subject: Subject, one: Approach, policy: Policy, *, order_id: UUID | None = None, actor: str = "", note: str = ""
) -> Answer:
    """Let the rules answer an approach, and the shopper's history keep it."""
    step = Step(
        at=one.at, kind=one.kind, promoter=one.promoter, touch=one.touch, order_id=order_id, actor=actor, note=note,
        policy_version=policy.version,
    )  # fmt: skip
    answer = attribution.approach(subject.open, one, policy)
    subject.take(step, answer)
    return answer


async def _products(order_id: UUID) -> list[UUID]:
    rows: list[Any] = await tenants.connection().fetch(
        "SELECT product FROM order_line WHERE order_id = $1 AND product IS NOT NULL", order_id
    )
    return [row["product"] for row in rows]
