"""The attribution receipt: who has the sale of a line, who does not, and why; shown to merchant and promoter alike."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.attribution.candidates import Candidate, Loser, Verdict
from app.attribution.policies import Policy
from app.attribution.reasons import reason_text
from app.kernel.errors import NotFound

_SELECT = (
    "SELECT id, order_id, order_line, status, promoter, reason, rule_version, receipt, base_amount, refunded_amount,"
    " decided_at, finalized_at FROM attribution_decision"
)


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """A click as the receipt shows it. `why` is an English msgid."""

    promoter: UUID
    promoter_name: str
    code: str
    label: str
    kind: str
    occurred_at: datetime
    reason: str
    why: str
    click: UUID | None
    touch: UUID | None
    rung: str = "last_click"


class Rung(msgspec.Struct, frozen=True):
    """One rung of the ladder as it was considered: `won`, `barred`, `empty`, or `not_needed` below the winner's."""

    name: str
    outcome: str


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """One order line's receipt. `why` is an English msgid."""

    decision: UUID
    order_id: UUID
    order_line: UUID
    line_title: str
    status: str
    promoter: UUID | None
    winner: Party | None
    losers: tuple[Party, ...]
    reason: str
    why: str
    rule: str
    rule_version: str
    window_days: int
    rungs: tuple[Rung, ...]
    policy_version: int
    placed_at: datetime
    base_amount: int
    refunded_amount: int
    rate_bps: int
    commission_amount: int
    currency: str
    decided_at: datetime
    finalized_at: datetime | None


def write_receipt(verdict: Verdict, policy: Policy, leader: Candidate | None, **facts: Any) -> dict[str, Any]:
    """The receipt as it is kept: everything needed to explain the decision and to make it again.

    The claim of a campaign's leader is kept apart too, because it is no candidate where the leader won anyhow.
    """
    candidates = [loser.candidate for loser in verdict.losers] + ([verdict.winner] if verdict.winner else [])
    won = Loser(verdict.winner, verdict.reason, verdict.rung) if verdict.winner else None
    return {
        "rule": policy.rule,
        "rule_version": policy.rule_version,
        "policy_version": policy.version,
        "window_days": policy.click_window_days,
        "reason": verdict.reason,
        "winner": _entry(won) if won else None,
        "losers": [_entry(loser) for loser in verdict.losers],
        "rungs": _considered(verdict, policy),
        "claim": leader,
        "evidence": {
            "clicks": [one.click for one in candidates if one.click],
            "touches": [one.touch for one in candidates if one.touch],
            "bindings": [one.source for one in candidates if one.kind == "binding"],
            "coupons": [one.source for one in candidates if one.kind == "coupon"],
        },
        **facts,
    }


def _entry(one: Loser) -> dict[str, Any]:
    return {**msgspec.structs.asdict(one.candidate), "reason": one.reason, "rung": one.rung}


def _considered(verdict: Verdict, policy: Policy) -> list[Rung]:
    """Every rung of the policy, from the top, with what was found there."""
    met = {loser.rung for loser in verdict.losers}
    found: list[Rung] = []
    for name in policy.rungs:
        done = any(rung.outcome == "won" for rung in found)
        outcome = "won" if name == verdict.rung else "not_needed" if done else "barred" if name in met else "empty"
        found.append(Rung(name, outcome))
    return found


async def receipt_of(order_id: UUID) -> list[Receipt]:
    """The receipts of an order's lines, in line order; empty while nothing is decided."""
    rows = await tenants.connection().fetch(f"{_SELECT} WHERE order_id = $1 ORDER BY id", order_id)
    return [_read(row) for row in rows]


async def receipt_of_line(line_id: UUID) -> Receipt:
    row = await tenants.connection().fetchrow(f"{_SELECT} WHERE order_line = $1", line_id)
    if row is None:
        raise NotFound
    return _read(row)


def _party(entry: dict[str, Any]) -> Party:
    return msgspec.convert({**entry, "why": reason_text(entry["reason"], entry["kind"])}, Party)


def _read(row: Any) -> Receipt:
    kept = msgspec.json.decode(row["receipt"])
    return Receipt(
        decision=row["id"], order_id=row["order_id"], order_line=row["order_line"], line_title=kept["line_title"],
        status=row["status"], promoter=row["promoter"],
        winner=_party(kept["winner"]) if kept["winner"] else None,
        losers=tuple(_party(entry) for entry in kept["losers"]),
        reason=row["reason"], why=reason_text(row["reason"]), rule=kept["rule"], rule_version=row["rule_version"],
        window_days=kept["window_days"], rungs=msgspec.convert(kept.get("rungs", ()), tuple[Rung, ...]),
        policy_version=kept.get("policy_version", 0), placed_at=datetime.fromisoformat(kept["placed_at"]),
        base_amount=row["base_amount"], refunded_amount=row["refunded_amount"], rate_bps=kept["rate_bps"],
        commission_amount=kept["commission_amount"], currency=kept["currency"],
        decided_at=row["decided_at"], finalized_at=row["finalized_at"],
    )  # fmt: skip
