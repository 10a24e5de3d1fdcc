"""How one becomes a promoter of the store, rises, falls and counts as away: one row of the store, or the defaults."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.kernel.ids import new_id

Entry = Literal["apply", "everyone", "buyers"]
OnInactive = Literal["skip", "compress", "house"]
FIELDS = (
    "lineage_depth", "on_inactive_upline", "entry", "entry_net_amount", "level_window_days", "levels_fall",
    "most_refund_bps", "dormant_days", "churned_days",
)  # fmt: skip


class PromoterPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """What the store decided once for all its promoters.

    `entry`: everybody's application waits for an answer (apply), nobody's does (everyone), or only of those does who
    have not bought for `entry_net_amount` yet (buyers): they are asked about, never refused for it, because nobody may
    have to buy to earn (domain.md 3.4, CG-2). `on_inactive_upline`: the share of somebody who is away is not paid
    (skip), goes one further up (compress), or to the store (house). Levels count own sales net of refunds of the last
    `level_window_days`; whoever had more than `most_refund_bps` of them back does not rise.
    """

    lineage_depth: int = 2
    on_inactive_upline: OnInactive = "skip"
    entry: Entry = "apply"
    entry_net_amount: int = 0
    level_window_days: int = 90
    levels_fall: bool = True
    most_refund_bps: int = 10_000
    dormant_days: int = 30
    churned_days: int = 90

    def require_sense(self) -> None:
        """Raises InvalidInput."""
        wrong = {
            "lineage_depth": not 0 <= self.lineage_depth <= 3 and N_("Between 0 and 3 steps."),
            "entry_net": self.entry_net_amount < 0 and N_("Sales are not below zero."),
            "level_window_days": not 7 <= self.level_window_days <= 366 and N_("Between 7 and 366 days."),
            "most_refund": not 0 <= self.most_refund_bps <= 10_000 and N_("Enter percent like 12.5."),
            "dormant_days": not 0 < self.dormant_days <= 366 and N_("Between 1 and 366 days."),
            "churned_days": self.churned_days <= self.dormant_days and N_("More days than for quiet."),
        }  # fmt: skip
        if found := {field: text for field, text in wrong.items() if text}:
            raise InvalidInput(found)


READ = f"SELECT {', '.join(FIELDS)} FROM promoter_policy"  # noqa: S608 - constants only
SAVE = f"""
INSERT INTO promoter_policy (id, {", ".join(FIELDS)}, updated_at)
VALUES ($1, {", ".join(f"${number}" for number in range(2, len(FIELDS) + 2))}, ${len(FIELDS) + 2})
ON CONFLICT (only_one) DO UPDATE SET {", ".join(f"{field} = EXCLUDED.{field}" for field in FIELDS)},
    updated_at = EXCLUDED.updated_at
"""  # noqa: S608 - constants only
HOLD = f"""
INSERT INTO promoter_policy (id, updated_at) VALUES ($1, $2)
ON CONFLICT (only_one) DO UPDATE SET updated_at = promoter_policy.updated_at RETURNING {", ".join(FIELDS)}
"""  # noqa: S608 - constants only


async def read_policy() -> PromoterPolicy:
    """The store's, or the defaults."""
    row = await tenants.connection().fetchrow(READ)
    return msgspec.convert(dict(row), PromoterPolicy) if row else PromoterPolicy()


async def hold_policy() -> PromoterPolicy:
    """The same, and nobody else moves people or changes it until COMMIT."""
    row = await tenants.connection().fetchrow(HOLD, new_id(), now())
    return msgspec.convert(dict(row or {}), PromoterPolicy)


async def save_policy(policy: PromoterPolicy) -> None:
    """Who stands deeper than a new depth allows stays there; nobody is moved there any more. Raises InvalidInput."""
    policy.require_sense()
    await tenants.connection().execute(SAVE, new_id(), *(getattr(policy, field) for field in FIELDS), now())


async def reviewed_on() -> date | None:
    """The store's day on which levels were last looked at."""
    found: date | None = await tenants.connection().fetchval("SELECT levels_reviewed_on FROM promoter_policy")
    return found


async def note_review(day: date) -> None:
    await tenants.connection().execute("UPDATE promoter_policy SET levels_reviewed_on = $1", day)
