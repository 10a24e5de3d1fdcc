"""The store's rules of routing and holding: versions that are never changed, each from its own moment on.

A store that saved none sends every order in as few parcels as it can, from near and cheap, and holds nothing back.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from asyncpg import Record

import tenants
from app.fulfillment.routing_facts import CRITERIA, Reason, Rules
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, Refusal
from app.kernel.i18n import N_
from app.kernel.versions import add_version

SHORTS = ("wait", "reroute")
MOST_PARCELS, MOST_PREFERENCES, MOST_PINS, MOST_BLOCKED, MOST_MINUTES = 5, 100, 200, 100, 7 * 24 * 60
_COLUMNS = "version, valid_from, rules, holds, shorts, note, changed_by, created_at"


class Area(msgspec.Struct, frozen=True):
    """A country, or a region of it."""

    country: str
    region: str = ""


class HoldRules(msgspec.Struct, frozen=True, kw_only=True):
    """Which paid orders wait for a person, or for the clock. Amounts are minor units; None holds nothing."""

    bad_address: bool = False
    fraud: bool = False
    blocked: tuple[Area, ...] = ()
    from_amount: int | None = None
    first_from_amount: int | None = None
    cooling_minutes: int = 0

    @property
    def hold_anything(self) -> bool:
        return self != HoldRules()


class RoutingPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """One version. Version 0 is that of a store that never saved one. `shorts` is what follows a short pick."""

    version: int = 0
    valid_from: datetime | None = None
    rules: Rules = Rules()
    holds: HoldRules = HoldRules()
    shorts: str = "wait"
    note: str = ""
    changed_by: str = ""
    created_at: datetime | None = None


class _Kept(msgspec.Struct, frozen=True):
    """What a work order remembers of its route."""

    reasons: tuple[Reason, ...] = ()


class RoutingChanged(Refusal):
    """Somebody saved another version in the meantime."""

    code = "fulfillment.routing_changed"
    status = 409
    message = "Somebody else saved these rules a moment ago. Look at them and save again."


async def routing_policies() -> list[RoutingPolicy]:
    """Every saved version, the newest first, and the one of code as the last."""
    rows = await tenants.connection().fetch(f"SELECT {_COLUMNS} FROM routing_policy ORDER BY version DESC")  # noqa: S608 - constant
    return [*map(_policy, rows), RoutingPolicy()]


async def routing_policy() -> RoutingPolicy:
    """The one that counts now."""
    row = await tenants.connection().fetchrow(f"SELECT {_COLUMNS} FROM routing_policy ORDER BY version DESC LIMIT 1")  # noqa: S608 - constant
    return _policy(row) if row else RoutingPolicy()


def _policy(row: Record) -> RoutingPolicy:
    facts = {
        "rules": msgspec.json.decode(row["rules"], type=Rules),
        "holds": msgspec.json.decode(row["holds"], type=HoldRules),
    }
    return RoutingPolicy(**{**row, **facts})


async def reasons_of(order_id: UUID) -> dict[UUID, tuple[Reason, ...]]:
    """By work order, why its warehouse was chosen; nothing where there was no choice."""
    rows = await tenants.connection().fetch("SELECT id, route FROM fulfillment_order WHERE order_id = $1", order_id)
    kept = {row["id"]: msgspec.json.decode(row["route"], type=_Kept).reasons for row in rows}
    return {work_order: reasons for work_order, reasons in kept.items() if reasons}


async def save_routing(draft: RoutingPolicy, *, seen: int, by: str) -> RoutingPolicy:
    """A new version for what is planned from now on. Raises InvalidInput, RoutingChanged."""
    check_routing(draft)
    moment = now()
    saved = msgspec.structs.replace(draft, version=seen + 1, valid_from=moment, changed_by=by, created_at=moment)
    facts: dict[str, Any] = msgspec.structs.asdict(saved)
    facts |= {name: msgspec.json.encode(facts[name]).decode() for name in ("rules", "holds")}
    await add_version("routing_policy", _COLUMNS, facts, seen=seen, changed=RoutingChanged)
    return saved


def check_routing(draft: RoutingPolicy) -> None:
    """Raises InvalidInput naming everything that cannot be."""
    wrong: dict[str, str] = {}
    rules, holds = draft.rules, draft.holds
    if sorted(rules.criteria) != sorted(CRITERIA):
        wrong["criteria"] = N_("Give every rule a place of its own.")
    if not 1 <= rules.most_parcels <= MOST_PARCELS:
        wrong["most_parcels"] = N_("Between 1 and 5 parcels.")
    if len(rules.preferences) > MOST_PREFERENCES:
        wrong["preferences"] = N_("These are too many.")
    if len(rules.pins) > MOST_PINS or len({pin.product for pin in rules.pins}) < len(rules.pins):
        wrong["pins"] = N_("A product leaves from one warehouse.")
    if len(holds.blocked) > MOST_BLOCKED:
        wrong["blocked"] = N_("These are too many.")
    for name in ("from_amount", "first_from_amount"):
        if (amount := getattr(holds, name)) is not None and amount <= 0:
            wrong[name] = N_("Enter an amount above zero.")
    if not 0 <= holds.cooling_minutes <= MOST_MINUTES:
        wrong["cooling_minutes"] = N_("Between 0 minutes and 7 days.")
    if draft.shorts not in SHORTS:
        wrong["shorts"] = N_("Choose one of the offered values.")
    if wrong:
        raise InvalidInput(wrong)
