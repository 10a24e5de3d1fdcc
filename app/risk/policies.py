"""What the store does about promoters' own purchases and doubtful sales: versions that are never changed.

A store that saved none pays nobody for an own purchase, and holds what scores 60 points.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, Refusal
from app.kernel.i18n import N_
from app.kernel.versions import add_version

SELF_PURCHASE = ("off", "discount", "commission")
LOWEST_SCORE, HIGHEST_SCORE = 20, 200
MOST_DAYS = 30
_COLUMNS = "version, valid_from, self_purchase, hold_from_score, review_days, note, changed_by, created_at"


class RiskPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """One version. Version 0 is that of a store that never saved one."""

    version: int = 0
    valid_from: datetime | None = None
    self_purchase: str = "off"
    hold_from_score: int = 60
    review_days: int = 3
    note: str = ""
    changed_by: str = ""
    created_at: datetime | None = None

    @property
    def review_time(self) -> timedelta:
        return timedelta(days=self.review_days)


class RiskPolicyChanged(Refusal):
    """Somebody saved another version in the meantime."""

    code = "risk.policy_changed"
    status = 409
    message = "Somebody else saved these rules a moment ago. Look at them and save again."


async def risk_policies() -> list[RiskPolicy]:
    """Every saved version, the newest first, and the one of code as the last."""
    rows = await tenants.connection().fetch(f"SELECT {_COLUMNS} FROM risk_policy ORDER BY version DESC")  # noqa: S608 - constant
    return [*(RiskPolicy(**row) for row in rows), RiskPolicy()]


async def risk_policy_at(at: datetime) -> RiskPolicy:
    row = await tenants.connection().fetchrow(
        f"SELECT {_COLUMNS} FROM risk_policy WHERE valid_from <= $1 ORDER BY version DESC LIMIT 1",  # noqa: S608 - constant
        at,
    )
    return RiskPolicy(**row) if row else RiskPolicy()


async def save_risk_policy(draft: RiskPolicy, *, seen: int, by: str) -> RiskPolicy:
    """A new version from now on; orders keep the one they were placed under. Raises InvalidInput, RiskPolicyChanged."""
    check_risk_policy(draft)
    moment = now()
    saved = msgspec.structs.replace(draft, version=seen + 1, valid_from=moment, changed_by=by, created_at=moment)
    facts = msgspec.structs.asdict(saved)
    await add_version("risk_policy", _COLUMNS, facts, seen=seen, changed=RiskPolicyChanged)
    return saved


def check_risk_policy(draft: RiskPolicy) -> None:
    """Raises InvalidInput naming everything that cannot be."""
    wrong: dict[str, str] = {}
    if draft.self_purchase not in SELF_PURCHASE:
        wrong["self_purchase"] = N_("Choose one of the offered values.")
    if not LOWEST_SCORE <= draft.hold_from_score <= HIGHEST_SCORE:
        wrong["hold_from_score"] = N_("Between 20 and 200 points.")
    if not 1 <= draft.review_days <= MOST_DAYS:
        wrong["review_days"] = N_("Between 1 and 30 days.")
    if wrong:
        raise InvalidInput(wrong)
