"""Supply batches: what is ordered together at one cut-off, and when the store orders by itself."""

from __future__ import annotations

import re
from datetime import date, datetime
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import N_
from app.kernel.ids import new_id

FIRST_NUMBER = 1001
# One row of the store's counters: whoever takes the next number is alone with the books of ordering until COMMIT.
_NUMBER = """INSERT INTO counter (name, value) VALUES ($1, $2)
    ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value"""
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """`campaign` limits it to the orders of one campaign."""

    id: UUID
    number: str
    campaign: UUID | None
    cut_off_at: datetime
    made_by: str
    made_at: datetime
    computed_at: datetime


class Setting(msgspec.Struct, frozen=True):
    """`daily_at` is a time of the store's own clock, "" when only people make batches."""

    daily_at: str = ""
    last_run_on: date | None = None


_COLUMNS = ", ".join(f"supply_batch.{field.name}" for field in msgspec.structs.fields(Batch))


async def next_number(name: str, letter: str) -> str:
    return f"{letter}{await tenants.connection().fetchval(_NUMBER, name, FIRST_NUMBER)}"


async def order_alone() -> None:
    """Wait until nobody else orders or recomputes, and keep the others waiting until COMMIT."""
    await tenants.connection().execute(
        "INSERT INTO counter (name, value) VALUES ('supply_batch', $1) ON CONFLICT (name) DO UPDATE SET value ="
        " counter.value",
        FIRST_NUMBER - 1,
    )


async def open_batch(campaign: UUID | None, cut_off_at: datetime, *, by: str) -> Batch:
    moment = now()
    batch = Batch(
        id=new_id(), number=await next_number("supply_batch", "S"), campaign=campaign, cut_off_at=cut_off_at,
        made_by=by, made_at=moment, computed_at=moment,
    )  # fmt: skip
    await tenants.connection().execute(
        "INSERT INTO supply_batch (id, number, campaign, cut_off_at, made_by, made_at, computed_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        *msgspec.structs.astuple(batch),
    )
    return batch


async def note_computed(batch: UUID, cut_off_at: datetime) -> None:
    await tenants.connection().execute(
        "UPDATE supply_batch SET cut_off_at = $2, computed_at = $3 WHERE id = $1", batch, cut_off_at, now()
    )


async def find_batch(batch: UUID) -> Batch:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(f"SELECT {_COLUMNS} FROM supply_batch WHERE id = $1", batch)  # noqa: S608 - constants
    if row is None:
        raise NotFound
    return Batch(**row)


async def recent_batches(most: int = 20) -> list[Batch]:
    rows = await tenants.connection().fetch(
        f"SELECT {_COLUMNS} FROM supply_batch ORDER BY made_at DESC, id DESC LIMIT $1",  # noqa: S608 - constants
        most,
    )
    return [Batch(**row) for row in rows]


async def read_setting() -> Setting:
    row = await tenants.connection().fetchrow("SELECT daily_at, last_run_on FROM supply_setting")
    return Setting(**row) if row else Setting()


async def change_setting(daily_at: str) -> None:
    """Raises InvalidInput."""
    if daily_at and not _TIME.fullmatch(daily_at):
        raise InvalidInput({"daily_at": N_("Enter a time like 21:30.")})
    await tenants.connection().execute(
        "INSERT INTO supply_setting (id, daily_at, updated_at) VALUES ($1, $2, $3)"
        " ON CONFLICT (only_one) DO UPDATE SET daily_at = $2, updated_at = $3",
        new_id(), daily_at, now(),
    )  # fmt: skip


async def note_run(day: date) -> bool:
    """False when the day's batch was made already."""
    done = await tenants.connection().fetchval(
        "UPDATE supply_setting SET last_run_on = $1, updated_at = $2 WHERE last_run_on IS NULL OR last_run_on < $1"
        " RETURNING id",
        day, now(),
    )  # fmt: skip
    return done is not None
