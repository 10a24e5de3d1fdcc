"""A store's pulse: one beat each for jobs, payments, warehouse and how fresh the facts are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.console.directory import StoreRow
from app.kernel.i18n import N_

LATE = timedelta(minutes=5)
STALE = timedelta(minutes=15)
BACKLOG = 100


@dataclass(frozen=True, slots=True)
class Beat:
    """`state` is ok, slow, bad or none; `label` says of what."""

    label: str
    state: str


def beats(row: StoreRow, moment: datetime) -> list[Beat]:
    """What the last look at the store found; a store nobody has looked at yet has no pulse to show."""
    if row.checked_at is None:
        return [Beat(label, "none") for label in (N_("Jobs"), N_("Payments"), N_("Warehouse"), N_("Last look"))]
    return [
        Beat(N_("Jobs"), _jobs(row, moment)),
        Beat(N_("Payments"), "bad" if row.payment_error else "ok"),
        Beat(N_("Warehouse"), "bad" if row.warehouse_error else "ok"),
        Beat(N_("Last look"), "slow" if moment - row.checked_at > STALE else "ok"),
    ]


def _jobs(row: StoreRow, moment: datetime) -> str:
    if row.jobs_dead:
        return "bad"
    late = row.oldest_due_at is not None and moment - row.oldest_due_at > LATE
    return "slow" if late or row.jobs_due > BACKLOG else "ok"
