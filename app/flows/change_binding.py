"""Somebody changes by hand to whom a shopper is bound: the shopper, or the merchant with a reason.

One transaction each. Protection binds sharers among themselves, not the shopper and not the store; every change is a
step of the shopper's history. What the merchant does goes to the audit log first, so there is no move nobody knows of.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import tenants
from app import attribution, promoters
from app.attribution import Approach, Policy, Shopper, Step, Subject
from app.flows import bind_shoppers, who_may_bind
from app.flows.merchant_acts import Actor, record_act
from app.flows.sharers_by_code import sharer_of_code
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, Refusal
from app.kernel.i18n import N_

LONGEST_REASON = 300
MOST_ROWS = 1_000


class NobodyIsBound(Refusal):
    """The store does not bind shoppers to sharers."""

    code = "attribution.nobody_is_bound"
    status = 409
    message = "This store does not bind shoppers to sharers."


class UnknownRow(Refusal):
    """A row of an import that fits nobody; none of the rows was imported."""

    code = "attribution.unknown_row"
    status = 422
    message = "Row %(row)s names no customer or no sharer of this store. Nothing was imported."


async def choose_sharer(shopper: Shopper, code: str) -> str:
    """The shopper's own choice; the sharer's name. Raises UnknownSharer, NotYourOwnSharer, NobodyIsBound."""
    async with tenants.transaction():
        sharer = await sharer_of_code(code, shopper)
        policy = await _binding_policy(now())
        subject = (await attribution.lock_shoppers([shopper]))[shopper]
        await _place(subject, sharer.id, "chosen", policy, "", "")
    return sharer.name


async def drop_sharer(shopper: Shopper) -> None:
    """The shopper lets go. Safe to call again."""
    async with tenants.transaction():
        subject = (await attribution.lock_shoppers([shopper], make=False)).get(shopper)
        if subject is None or subject.open is None:
            return
        at = max(now(), subject.touched_at or now())
        policy = await attribution.policy_at(at)
        step = Step(at=at, kind="dropped", promoter=subject.open.promoter, policy_version=policy.version)
        subject.take(step, attribution.drop(subject.open, at, "dropped"))
        await attribution.save_steps([subject])


async def move_shopper(subject_id: UUID, promoter_id: UUID, *, reason: str, actor: Actor) -> None:
    """The merchant binds a shopper to somebody else. Raises InvalidInput, NotFound, NobodyIsBound."""
    reason = reason.strip()[:LONGEST_REASON]
    if not reason:
        raise InvalidInput({"reason": N_("Say why, in a few words. It stays in the history.")})
    async with tenants.transaction():
        shopper = await attribution.shopper_of(subject_id)
        await _require_sharer(shopper, promoter_id)
    await record_act(actor, "attribution.move_shopper", str(subject_id), reason, {"promoter": str(promoter_id)})
    async with tenants.transaction():
        policy = await _binding_policy(now())
        subject = (await attribution.lock_shoppers([shopper]))[shopper]
        await _place(subject, promoter_id, "admin", policy, actor.name, reason)


async def import_bindings(rows: Sequence[tuple[str, str]], *, actor: Actor) -> int:
    """Pairs of a customer's e-mail and a sharer's code, from another system; all of them, or none. How many it were.

    Raises InvalidInput, UnknownRow, NobodyIsBound.
    """
    if not 0 < len(rows) <= MOST_ROWS:
        raise InvalidInput({"rows": N_("Give between 1 and 1,000 rows.")})
    await record_act(actor, "attribution.import_bindings", "", "", {"rows": len(rows)})
    async with tenants.transaction():
        policy = await _binding_policy(now())
        meant = [await _imported(number, *row) for number, row in enumerate(rows, start=1)]
        locked = await attribution.lock_shoppers(shopper for shopper, _sharer in meant)
        for shopper, sharer in meant:
            await _place(locked[shopper], sharer, "import", policy, actor.name, "")
    return len(meant)


async def _imported(number: int, email: str, code: str) -> tuple[Shopper, UUID]:
    customer = await tenants.connection().fetchval("SELECT id FROM customer WHERE email = $1", email.strip().lower())
    if customer is None:
        raise UnknownRow(row=number)
    try:
        sharer = await sharer_of_code(code, Shopper(customer))
    except Refusal as refusal:
        raise UnknownRow(row=number) from refusal
    return Shopper(customer), sharer.id


async def _place(subject: Subject, promoter: UUID, kind: str, policy: Policy, actor: str, note: str) -> None:
    at = max(now(), subject.touched_at or now())
    one = Approach(at=at, promoter=promoter, kind=kind, lock_days=policy.click_lock_days)
    bind_shoppers.take(subject, one, policy, actor=actor, note=note)
    await attribution.save_steps([subject])


async def _binding_policy(at: datetime) -> Policy:
    policy = await attribution.policy_at(at)
    if not policy.binds:
        raise NobodyIsBound
    return policy


async def _require_sharer(shopper: Shopper, promoter_id: UUID) -> None:
    """Raises InvalidInput, NotFound."""
    await promoters.find(promoter_id)
    bar = (await who_may_bind.facts_about([shopper], [promoter_id])).bar(shopper, promoter_id)
    if bar:
        raise InvalidInput({"promoter": attribution.reason_text(bar)})
