"""What was found about an order: its prints, and one assessment for each promoter concerned. Both are only added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.risk.policies import RiskPolicy
from app.risk.rules import Prints, Reason, score

_COLUMNS = (
    "id, order_id, promoter, moment, outcome, score, hold_from_score, reasons, discounts, policy_version, assessed_at"
)


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """`discounts` are, by order line, what comes off the price in place of commission."""

    id: UUID
    order_id: UUID
    promoter: UUID
    moment: str
    outcome: str
    score: int
    hold_from_score: int
    reasons: list[Reason]
    discounts: dict[UUID, int]
    policy_version: int
    assessed_at: datetime

    @property
    def is_own(self) -> bool:
        return self.outcome in ("off", "discount", "commission")


async def note_prints(order_id: UUID, prints: Prints, *, buyer: bytes, at: datetime) -> None:
    """What the order shows; noting it twice changes nothing."""
    rows = [
        (new_id(), order_id, kind, one, buyer, at)
        for kind in sorted(prints)
        if kind != "building"
        for one in sorted(prints[kind])
    ]
    await tenants.connection().executemany(
        "INSERT INTO risk_print (id, order_id, kind, digest, buyer, seen_at) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (order_id, kind, digest) DO NOTHING",
        rows,
    )


async def prints_of(order_id: UUID) -> dict[str, set[bytes]]:
    """As they were when the order was placed and paid."""
    found: dict[str, set[bytes]] = {}
    for row in await tenants.connection().fetch("SELECT kind, digest FROM risk_print WHERE order_id = $1", order_id):
        found.setdefault(row["kind"], set()).add(row["digest"])
    return found


async def assess(
    order_id: UUID, promoter: UUID, *, moment: str, outcome: str, reasons: Sequence[Reason], policy: RiskPolicy,
    discounts: Mapping[UUID, int] | None = None,
) -> Assessment:  # fmt: skip
    made = Assessment(
        id=new_id(), order_id=order_id, promoter=promoter, moment=moment, outcome=outcome, score=score(reasons),
        hold_from_score=policy.hold_from_score, reasons=list(reasons), discounts=dict(discounts or {}),
        policy_version=policy.version, assessed_at=now(),
    )  # fmt: skip
    facts: dict[str, Any] = msgspec.structs.asdict(made)
    for name in ("reasons", "discounts"):
        facts[name] = msgspec.json.encode(facts[name]).decode()
    await tenants.connection().execute(
        f"INSERT INTO risk_assessment ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",  # noqa: S608 - constant
        *(facts[name.strip()] for name in _COLUMNS.split(",")),
    )
    return made


async def assessments_of(order_id: UUID) -> list[Assessment]:
    """All there ever were, the oldest first."""
    rows = await tenants.connection().fetch(
        f"SELECT {_COLUMNS} FROM risk_assessment WHERE order_id = $1 ORDER BY assessed_at, id",  # noqa: S608 - constant
        order_id,
    )
    return [read_assessment(row) for row in rows]


async def find_assessment(assessment_id: UUID) -> Assessment:
    row = await tenants.connection().fetchrow(
        f"SELECT {_COLUMNS} FROM risk_assessment WHERE id = $1",  # noqa: S608 - constant
        assessment_id,
    )
    return read_assessment(row)


def read_assessment(row: Any) -> Assessment:
    """A row of `risk_assessment`."""
    told = {name: msgspec.json.decode(row[name]) for name in ("reasons", "discounts")}
    return msgspec.convert({**dict(row), **told}, Assessment)
