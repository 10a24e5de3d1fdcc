"""When commission becomes due, and from which amount on it is paid: one row of the store, or the defaults."""

from __future__ import annotations

from datetime import timedelta

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """`received_after_days` counts from shipping, for parcels whose arrival nobody reports."""

    freeze_days: int = 15
    received_after_days: int = 10
    threshold_amount: int = 100

    @property
    def freeze(self) -> timedelta:
        return timedelta(days=self.freeze_days)


READ = "SELECT freeze_days, received_after_days, threshold_amount FROM payout_policy"
SAVE = """
INSERT INTO payout_policy (id, freeze_days, received_after_days, threshold_amount, updated_at)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (only_one) DO UPDATE SET freeze_days = EXCLUDED.freeze_days,
    received_after_days = EXCLUDED.received_after_days, threshold_amount = EXCLUDED.threshold_amount,
    updated_at = EXCLUDED.updated_at
"""


async def read_policy() -> Policy:
    row = await tenants.connection().fetchrow(READ)
    return Policy(**row) if row else Policy()


async def save_policy(policy: Policy) -> None:
    """Commission whose date is set keeps it."""
    await tenants.connection().execute(SAVE, new_id(), *msgspec.structs.astuple(policy), now())
