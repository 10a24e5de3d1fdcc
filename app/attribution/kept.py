"""What a receipt keeps besides its words: the facts to make the decision again, under the same policy or another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.attribution.candidates import Candidate
from app.kernel.errors import NotFound


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """One line's decision with everybody who was considered. `shares` are who earns at which rate, as written then."""

    decision: UUID
    order_id: UUID
    order_line: UUID
    promoter: UUID | None
    link: UUID | None
    rung: str
    policy_version: int
    base_amount: int
    placed_at: datetime
    visitor_ids: tuple[UUID, ...]
    winner: Candidate | None
    candidates: tuple[Candidate, ...]
    claim: Candidate | None
    shares: tuple[Mapping[str, Any], ...]


KEPT = (
    "SELECT id AS decision, order_id, order_line, promoter, link, rung, policy_version, base_amount, receipt"
    " FROM attribution_decision"
)


async def kept_of(order_id: UUID) -> list[Kept]:
    rows = await tenants.connection().fetch(f"{KEPT} WHERE order_id = $1 ORDER BY id", order_id)
    return [read_kept(row) for row in rows]


async def kept_line(line_id: UUID) -> Kept:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(f"{KEPT} WHERE order_line = $1", line_id)
    if row is None:
        raise NotFound
    return read_kept(row)


_SAME = ("decision", "order_id", "order_line", "promoter", "link", "rung", "policy_version")


def read_kept(row: Any) -> Kept:
    """A row of KEPT. Receipts of old kept no claim apart: there the leader is among the others."""
    receipt = msgspec.json.decode(row["receipt"])
    won = [receipt["winner"]] if receipt["winner"] else []
    everyone = [msgspec.convert(entry, Candidate) for entry in (*won, *receipt["losers"])]
    claim = msgspec.convert(receipt["claim"], Candidate) if receipt.get("claim") else None
    return Kept(
        **{name: row[name] for name in _SAME},
        base_amount=row["base_amount"], placed_at=datetime.fromisoformat(receipt["placed_at"]),
        visitor_ids=tuple(UUID(each) for each in receipt.get("visitor_ids", ())), winner=everyone[0] if won else None,
        candidates=tuple(one for one in everyone if one.kind != "leader"),
        claim=claim or next((one for one in everyone if one.kind == "leader"), None),
        shares=tuple(receipt.get("shares", ())),
    )  # fmt: skip
