"""Plans, rules and people with good defaults."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from app.commissions import Guard, Party, Plan, Rule, Sold
from app.kernel.ids import new_id

DAY = datetime(2026, 3, 1, tzinfo=UTC)


def rule(**facts: Any) -> Rule:
    """Ten percent of everything to whoever sold."""
    usual: dict[str, Any] = {"id": new_id(), "rates": (1000,), "created_at": DAY}
    return Rule(**{**usual, **facts})


def plan(*rules: Rule, **facts: Any) -> Plan:
    usual: dict[str, Any] = {
        "id": new_id(), "version": 1, "status": "published", "valid_from": DAY, "cap_bps": 5000, "guard": Guard(),
    }  # fmt: skip
    return Plan(rules=rules or (rule(),), **{**usual, **facts})


def sold(base: int = 10_000, units: int = 1, **facts: Any) -> Sold:
    return Sold(base_amount=base, units=units, **facts)


def party(own_bps: int = 1000, **facts: Any) -> Party:
    return Party(promoter=facts.pop("promoter", None) or new_id(), own_rate_bps=own_bps, **facts)


LEVELS: Sequence[UUID] = (UUID(int=1), UUID(int=2), UUID(int=3))
RATES = st.integers(0, 5_000)
INACTIVE = st.sampled_from(("skip", "compress", "house"))


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """Any rule that a plan can hold, of any shape."""
    shape, depth = draw(st.sampled_from(("parallel", "differential", "cascade", "flat"))), draw(st.integers(1, 3))
    if shape == "flat":
        fees = draw(st.tuples(*[st.integers(0, 3_000)] * depth))
        return rule(shape=shape, depth=depth, rates=(), fees=fees)
    if shape == "differential":
        by_level = {str(level): draw(RATES) for level in LEVELS}
        return rule(shape=shape, depth=depth, rates=(draw(RATES),), by_level=by_level)
    upper = st.integers(0, 10_000) if shape == "cascade" else RATES
    return rule(shape=shape, depth=depth, rates=(draw(RATES), *draw(st.tuples(*[upper] * (depth - 1)))))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    return plan(draw(rules()), cap_bps=draw(RATES))


@st.composite
def chains(draw: st.DrawFn) -> list[Party]:
    """Who sold and up to three above, some of them no longer active."""
    above = draw(st.integers(0, 3))
    level = st.sampled_from((None, *LEVELS))
    seller = party(draw(RATES), level=draw(level))
    return [seller, *(party(draw(RATES), level=draw(level), is_active=draw(st.booleans())) for _ in range(above))]
