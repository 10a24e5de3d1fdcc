"""The bindings of shoppers: an append-only history per shopper, moved under a lock on the shopper's own row.

A shopper is a customer account where there is one, else a browser. Every event is a step with its number, also one
that changed nothing, so that the history tells why.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.attribution.binding_rules import Answer, Binding
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.ids import new_id

_COLUMNS = "id, promoter, touch, starts_at, valid_until, protect_until, orders, ended_at, ended_because, policy_version"


class Shopper(msgspec.Struct, frozen=True):
    """Whose binding: an account, or a browser that nobody is known by."""

    customer: UUID | None
    visitor_id: UUID | None = None

    @classmethod
    def of(cls, customer: UUID | None, visitor_id: UUID | None) -> Shopper:
        return cls(customer) if customer else cls(None, visitor_id)


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One event as the history keeps it."""

    at: datetime
    kind: str
    promoter: UUID | None = None
    touch: UUID | None = None
    order_id: UUID | None = None
    actor: str = ""
    note: str = ""
    policy_version: int = 0


@dataclass(slots=True)
class Subject:
    """A shopper's row, locked, with the open binding; steps collect in it until they are saved."""

    id: UUID
    touched_at: datetime | None
    steps: int
    place: int = 0
    free_from: datetime | None = None
    open: Binding | None = None
    changed: dict[UUID, Binding] = field(default_factory=dict)
    made: list[tuple[int, datetime | None, Binding]] = field(default_factory=list)
    taken: list[tuple[int, Step, Answer]] = field(default_factory=list)

    def take(self, step: Step, answer: Answer) -> None:
        """What the rules answered becomes the shopper's state."""
        self.steps += 1
        self.touched_at = max(self.touched_at or step.at, step.at)
        self.taken.append((self.steps, step, answer))
        if answer.closed:
            self._keep(answer.closed)
            self.free_from = answer.closed.ended_at
        if answer.binding and answer.binding != self.open:
            self._keep(answer.binding)
        if answer.outcome != "refused":
            self.open = answer.binding

    def _keep(self, one: Binding) -> None:
        known = next((at for at, (_place, _free, made) in enumerate(self.made) if made.id == one.id), None)
        if known is not None:
            self.made[known] = (*self.made[known][:2], one)
        elif (self.open and self.open.id == one.id) or one.ended_at:
            self.changed[one.id] = one
        else:
            self.place += 1
            self.made.append((self.place, self.free_from if self.place > 1 else None, one))


async def lock_shoppers(shoppers: Iterable[Shopper], *, make: bool = True) -> dict[Shopper, Subject]:
    """Each shopper's row, locked until COMMIT, so that concurrent touches take turns. After orders, before tallies.

    With `make` whoever has no row gets one; else they are not in the answer.
    """
    wanted = list({one for one in shoppers if one.customer or one.visitor_id})
    if not wanted:
        return {}
    customers, visitors = [one.customer for one in wanted], [one.visitor_id for one in wanted]
    if make:
        await tenants.connection().execute(
            "INSERT INTO binding_subject (id, customer, visitor_id) SELECT s.id, s.customer, s.visitor_id"
            " FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS s (id, customer, visitor_id)"
            " ORDER BY coalesce(s.customer, s.visitor_id) ON CONFLICT DO NOTHING",
            [new_id() for _ in wanted], customers, visitors,
        )  # fmt: skip
    rows = await tenants.connection().fetch(
        "SELECT id, customer, visitor_id, touched_at, steps FROM binding_subject WHERE customer = ANY($1::uuid[])"
        " OR visitor_id = ANY($2::uuid[]) ORDER BY id FOR UPDATE",
        [one for one in customers if one], [one for one in visitors if one],
    )  # fmt: skip
    found = {
        Shopper(row["customer"], row["visitor_id"]): Subject(row["id"], row["touched_at"], row["steps"]) for row in rows
    }
    await _fill(found.values())
    return found


async def _fill(subjects: Iterable[Subject]) -> None:
    """The newest binding of each; read after the lock, so that nobody moves it any more."""
    by_id = {one.id: one for one in subjects}
    rows = await tenants.connection().fetch(
        f"SELECT DISTINCT ON (subject) subject, place, {_COLUMNS} FROM binding WHERE subject = ANY($1::uuid[])"  # noqa: S608 - constant
        " ORDER BY subject, place DESC",
        list(by_id),
    )
    for row in rows:
        subject, newest = by_id[row["subject"]], _binding(row)
        subject.place, subject.free_from = row["place"], newest.ended_at
        subject.open = newest if newest.ended_at is None else None


async def save_steps(subjects: Iterable[Subject]) -> None:
    """Write what the subjects took: ends first, then beginnings, then the history."""
    moved = [one for one in subjects if one.taken]
    if not moved:
        return
    database = tenants.connection()
    await database.executemany(
        "UPDATE binding SET valid_until = $2, protect_until = $3, orders = $4, ended_at = $5, ended_because = $6"
        " WHERE id = $1 AND ended_at IS NULL",
        [
            (one.id, one.valid_until, one.protect_until, one.orders, one.ended_at, one.ended_because)
            for subject in moved
            for one in subject.changed.values()
        ],
    )
    await database.executemany(
        f"INSERT INTO binding (subject, place, follows, free_from, {_COLUMNS})"  # noqa: S608 - constant
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        [
            (subject.id, place, place - 1 if place > 1 else None, free, *msgspec.structs.astuple(made))
            for subject in moved
            for place, free, made in subject.made
        ],
    )
    await database.executemany(
        "INSERT INTO binding_step (id, subject, seq, at, recorded_at, kind, outcome, reason, promoter, binding,"
        " touch, order_id, actor, note, policy_version)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        [_step_row(subject, *taken) for subject in moved for taken in subject.taken],
    )
    await database.executemany(
        "UPDATE binding_subject SET touched_at = $2, steps = $3 WHERE id = $1",
        [(one.id, one.touched_at, one.steps) for one in moved],
    )
    for one in moved:
        one.taken, one.made, one.changed = [], [], {}


def _step_row(subject: Subject, number: int, step: Step, answer: Answer) -> tuple[Any, ...]:
    meant = answer.binding or answer.closed
    return (
        new_id(), subject.id, number, step.at, now(), step.kind, answer.outcome, answer.reason, step.promoter,
        meant and meant.id, step.touch, step.order_id, step.actor, step.note, step.policy_version,
    )  # fmt: skip


_LIVE = (
    f"SELECT {', '.join('b.' + name.strip() for name in _COLUMNS.split(','))} FROM binding b JOIN binding_subject s"  # noqa: S608
    " ON s.id = b.subject WHERE (s.customer = $1 OR s.visitor_id = $2) AND b.starts_at <= $3 AND b.valid_until > $3"
    " AND (b.ended_at IS NULL OR b.ended_at > $3) ORDER BY b.place DESC LIMIT 1"
)


async def binding_at(shopper: Shopper, at: datetime) -> Binding | None:
    """The shopper's live binding at a moment, read from its times."""
    row = await tenants.connection().fetchrow(_LIVE, shopper.customer, shopper.visitor_id, at)
    return _binding(row) if row else None


async def shopper_of(subject: UUID) -> Shopper:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(
        "SELECT customer, visitor_id FROM binding_subject WHERE id = $1", subject
    )  # fmt: skip
    if row is None:
        raise NotFound
    return Shopper(*row.values())


async def was_counted(subject: UUID, order_id: UUID) -> bool:
    """Whether this paid order extended the binding already."""
    counted: bool = await tenants.connection().fetchval(
        "SELECT EXISTS (SELECT 1 FROM binding_step WHERE subject = $1 AND order_id = $2 AND kind = 'order_paid')",
        subject, order_id,
    )  # fmt: skip
    return counted


def _binding(row: Any) -> Binding:
    return Binding(**{name: row[name] for name in Binding.__struct_fields__})
