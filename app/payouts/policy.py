"""When commission becomes due, and from which amount on it is paid: one row of the store, or the defaults."""

from __future__ import annotations

from datetime import timedelta

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.kernel.money import floor_share


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """`received_after_days` counts from shipping, for parcels whose arrival nobody reports.

    Above `step_up_amount` a promoter is asked for the password again. An account other than before is paid to after
    `cooling_hours` only. `reserve_bps` of each commission is kept back for `reserve_days` after it became available, to
    pay refunds from. `withholding_bps` of a payout is kept for the tax office.
    """

    freeze_days: int = 15
    received_after_days: int = 10
    threshold_amount: int = 100
    step_up_amount: int = 100_000
    cooling_hours: int = 24
    reserve_bps: int = 0
    reserve_days: int = 30
    withholding_bps: int = 0

    @property
    def freeze(self) -> timedelta:
        return timedelta(days=self.freeze_days)

    @property
    def cooling(self) -> timedelta:
        return timedelta(hours=self.cooling_hours)

    def withheld_of(self, amount: int) -> int:
        return floor_share(amount, self.withholding_bps)

    def asks_password(self, amount: int) -> bool:
        return amount > self.step_up_amount


NAMES = tuple(field.name for field in msgspec.structs.fields(Policy))
COLUMNS = ", ".join(NAMES)
READ = f"SELECT {COLUMNS} FROM payout_policy"  # noqa: S608 - constants only
SAVE = f"""
INSERT INTO payout_policy (id, {COLUMNS}, updated_at) VALUES ($1, {", ".join(f"${at + 2}" for at in range(len(NAMES)))},
    ${len(NAMES) + 2})
ON CONFLICT (only_one) DO UPDATE SET {", ".join(f"{name} = EXCLUDED.{name}" for name in (*NAMES, "updated_at"))}
"""  # noqa: S608 - constants only


async def read_policy() -> Policy:
    row = await tenants.connection().fetchrow(READ)
    return Policy(**row) if row else Policy()


async def save_policy(policy: Policy) -> None:
    """Commission whose date is set keeps it."""
    await tenants.connection().execute(SAVE, new_id(), *msgspec.structs.astuple(policy), now())
