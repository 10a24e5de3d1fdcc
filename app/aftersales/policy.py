"""How long everybody has, and where goods go back to: one row of the store, or the defaults."""

from __future__ import annotations

from datetime import timedelta

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id

DISPUTE_DAYS = 7


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """Days and hours as the store set them. `return_days` counts from the day the parcel arrived."""

    return_days: int = 14
    answer_hours: int = 72
    offer_days: int = 3
    ship_back_days: int = 7
    arrival_days: int = 14
    inspect_days: int = 5
    return_address: str = ""
    label_words: str = ""

    @property
    def to_answer(self) -> timedelta:
        return timedelta(hours=self.answer_hours)

    @property
    def to_consider(self) -> timedelta:
        return timedelta(days=self.offer_days)

    @property
    def to_ship_back(self) -> timedelta:
        return timedelta(days=self.ship_back_days)

    @property
    def to_arrive(self) -> timedelta:
        return timedelta(days=self.arrival_days)

    @property
    def to_inspect(self) -> timedelta:
        return timedelta(days=self.inspect_days)


COLUMNS = ", ".join(field.name for field in msgspec.structs.fields(Policy))
READ = f"SELECT {COLUMNS} FROM aftersale_policy"  # noqa: S608 - constants only
SAVE = """
INSERT INTO aftersale_policy (id, return_days, answer_hours, offer_days, ship_back_days, arrival_days, inspect_days,
    return_address, label_words, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (only_one) DO UPDATE SET return_days = EXCLUDED.return_days, answer_hours = EXCLUDED.answer_hours,
    offer_days = EXCLUDED.offer_days, ship_back_days = EXCLUDED.ship_back_days, arrival_days = EXCLUDED.arrival_days,
    inspect_days = EXCLUDED.inspect_days, return_address = EXCLUDED.return_address,
    label_words = EXCLUDED.label_words, updated_at = EXCLUDED.updated_at
"""


async def read_policy() -> Policy:
    row = await tenants.connection().fetchrow(READ)
    return Policy(**row) if row else Policy()


async def save_policy(policy: Policy) -> None:
    """Deadlines that already run keep their date."""
    await tenants.connection().execute(SAVE, new_id(), *msgspec.structs.astuple(policy), now())
