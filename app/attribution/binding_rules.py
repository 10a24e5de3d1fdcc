"""Binding a shopper to a sharer (锁客 / 鎖客): what each event makes of the binding there is.

Rules without a world around them: the open binding and an event come in, an answer comes out. Whether a binding is
live is read from its times, never set by a job. Playing the same events again gives the same bindings.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from app.attribution.policies import Policy
from app.kernel.ids import new_id

BY_HAND = ("admin", "import", "chosen")  # nothing protects the binding before from these


class Binding(msgspec.Struct, frozen=True, kw_only=True):
    """One time that a shopper is, or was, bound to a sharer."""

    id: UUID
    promoter: UUID
    touch: UUID | None
    starts_at: datetime
    valid_until: datetime
    protect_until: datetime | None
    orders: int = 0
    ended_at: datetime | None = None
    ended_because: str = ""
    policy_version: int = 0

    def is_live_at(self, at: datetime) -> bool:
        return self.starts_at <= at < self.valid_until and (self.ended_at is None or at < self.ended_at)


class Approach(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's claim on a shopper. `barred` is why it cannot bind, or empty; `is_new` whether they never bought.

    `until` is given when a binding is carried over from the browser: then it keeps its own end.
    """

    at: datetime
    promoter: UUID
    kind: str
    lock_days: int
    barred: str = ""
    is_new: bool = True
    touch: UUID | None = None
    until: datetime | None = None
    protect_until: datetime | None = None


class Answer(msgspec.Struct, frozen=True):
    """What came of an event. `closed` is the binding that ends with it, `binding` the one that goes on or begins."""

    outcome: str
    reason: str = ""
    closed: Binding | None = None
    binding: Binding | None = None


def approach(before: Binding | None, one: Approach, policy: Policy) -> Answer:
    """Create, extend, snatch, or refuse with the reason. `before` is the shopper's open binding, live or run out."""
    live = before if before and before.is_live_at(one.at) else None
    if one.barred:
        return Answer("refused", one.barred, None, live)
    if live and live.promoter == one.promoter:
        return Answer("extended", "", None, _extend(live, one))
    obstacle = _obstacle(live, one, policy)
    if obstacle:
        return Answer("refused", obstacle, None, live)
    made = _create(one, policy)
    if live:
        because = {"chosen": "changed"}.get(one.kind, "moved" if one.kind in BY_HAND else "snatched")
        return Answer(because, "", _close(live, one.at, because), made)
    return Answer("created", "", _run_out(before), made)


def _obstacle(live: Binding | None, one: Approach, policy: Policy) -> str:
    if one.kind in BY_HAND:
        return ""
    if one.kind not in (policy.bind_trigger, "lock"):
        return "other_trigger"
    if policy.eligible == "new_customers" and not one.is_new:
        return "not_new"
    if live is None:
        return ""
    if policy.snatch_policy == "never":
        return "never_snatched"
    return "protected" if live.protect_until and one.at < live.protect_until else ""


def paid(before: Binding | None, at: datetime, lock_days: int, policy: Policy) -> Answer:
    """A paid order extends the lock and renews its protection; a lock for so many orders ends with the last of them."""
    live = before if before and before.is_live_at(at) else None
    if live is None:
        return Answer("refused", "not_bound")
    until = max(live.valid_until, at + timedelta(days=lock_days))
    kept = msgspec.structs.replace(
        live, valid_until=until, protect_until=_protection(at, policy) or live.protect_until, orders=live.orders + 1
    )
    if policy.max_orders is not None and kept.orders >= policy.max_orders:
        return Answer("closed", "used_up", _close(kept, at, "used_up"), None)
    return Answer("extended", "", None, kept)


def drop(before: Binding | None, at: datetime, because: str) -> Answer:
    """The shopper lets go of the sharer, or the binding moves to the shopper's account."""
    live = before if before and before.is_live_at(at) else None
    if live is None:
        return Answer("refused", "not_bound")
    return Answer("closed", because, _close(live, at, because), None)


def _create(one: Approach, policy: Policy) -> Binding:
    return Binding(
        id=new_id(), promoter=one.promoter, touch=one.touch, starts_at=one.at, valid_until=_until(one),
        protect_until=one.protect_until if one.until else _protection(one.at, policy), policy_version=policy.version,
    )  # fmt: skip


def _extend(live: Binding, one: Approach) -> Binding:
    return msgspec.structs.replace(live, valid_until=max(live.valid_until, _until(one)))


def _until(one: Approach) -> datetime:
    return one.until or one.at + timedelta(days=one.lock_days)


def _protection(at: datetime, policy: Policy) -> datetime | None:
    return at + timedelta(days=policy.protect_days) if policy.snatch_policy == "after_protection" else None


def _close(live: Binding, at: datetime, because: str) -> Binding:
    return msgspec.structs.replace(live, ended_at=at, ended_because=because)


def _run_out(before: Binding | None) -> Binding | None:
    """A binding that ran out ended when it did, not when somebody noticed."""
    return _close(before, before.valid_until, "expired") if before else None
