"""Who takes part: one row per order of a campaign.

    held       placed, not paid yet; its units count against quota and limits
    taken      paid, and waits for its group or for the campaign
    confirmed  nothing is in the way any more: it ships
    released   it fell away (not paid in time, called off, group failed); its number stays, struck through

Numbers are given at payment from the campaign's own counter, in the same transaction, so they have no gaps and follow
the order of payment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from asyncpg.exceptions import NotNullViolationError

import tenants
from app.group_buying.refusals import LimitReached
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.ids import new_id
from tenants.steps import Step


class Participation(msgspec.Struct, frozen=True, kw_only=True):
    order_id: UUID
    campaign: UUID
    status: str
    units: int
    persons: list[str]
    nick: str
    leader: UUID | None
    sequence_number: int | None
    supply_sequence: int | None
    fields: dict[str, Any]
    placed_at: datetime
    taken_at: datetime | None
    confirmed_at: datetime | None
    released_at: datetime | None
    release_cause: str

    @property
    def waits(self) -> bool:
        """Paid, but it may not ship yet."""
        return self.status == "taken"


COLUMNS = """order_id, campaign, status, units, persons, nick, leader, sequence_number, supply_sequence, fields,
    placed_at, taken_at, confirmed_at, released_at, release_cause"""
BY_ORDER = f"SELECT {COLUMNS} FROM participation WHERE order_id = $1"  # noqa: S608 - constants only


async def participation_of(order_id: UUID) -> Participation:
    """Raises NotFound for a plain order."""
    row = await tenants.connection().fetchrow(BY_ORDER, order_id)
    if row is None:
        raise NotFound
    return Participation(**{**row, "fields": msgspec.json.decode(row["fields"])})


WRITE = """
takes_part AS (
    INSERT INTO participation (order_id, campaign, units, persons, nick, leader, fields, placed_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
)
"""


def taking_part(
    order_id: UUID,
    campaign_id: UUID,
    *,
    units: int,
    persons: Sequence[str],
    at: datetime,
    nick: str = "",
    leader: UUID | None = None,
    fields: Mapping[str, Any] | None = None,
) -> Step:
    """The place of an order that is being written."""
    told = msgspec.json.encode(fields or {}).decode()
    return Step(WRITE, (order_id, campaign_id, units, list(persons), nick, leader, told, at))


# Marks are locked in the order of their names, as everybody does. Nobody counts what a step changed; so where the limit
# is passed there are no units, and the column refuses the person.
COUNT = """
counted AS (
    INSERT INTO campaign_person AS known (id, campaign, person, units)
    SELECT mark.id, $1, mark.person, $2 FROM unnest($3::uuid[], $4::text[]) AS mark (id, person) ORDER BY mark.person
    ON CONFLICT (campaign, person) DO UPDATE
        SET units = CASE WHEN $5::integer IS NULL OR known.units + $2 <= $5 THEN known.units + $2 END
)
"""


def counting_person(campaign_id: UUID, persons: Sequence[str], units: int, limit: int | None) -> Step:
    """Count units against each mark the person is known by. Take the step inside `within_limit`.

    Raises LimitReached for more than one may have altogether.
    """
    if limit is not None and units > limit:
        raise LimitReached(limit=limit)
    return Step(COUNT, (campaign_id, units, [new_id() for _ in persons], list(persons), limit))


@contextmanager
def within_limit(limit: int | None) -> Iterator[None]:
    """Around what counts a person. Raises LimitReached, also for parallel orders; the transaction is lost then."""
    try:
        yield
    except NotNullViolationError as error:
        if (error.table_name, error.column_name) != ("campaign_person", "units"):
            raise
        raise LimitReached(limit=limit) from error


async def uncount_person(campaign_id: UUID, persons: Iterable[str], units: int) -> None:
    await tenants.connection().execute(
        "UPDATE campaign_person SET units = greatest(units - $3, 0) WHERE campaign = $1 AND person = ANY($2)",
        campaign_id, sorted(persons), units,
    )  # fmt: skip


TAKE = """
WITH newcomer AS (
    SELECT NOT EXISTS (SELECT 1 FROM participation AS other WHERE other.campaign = $2 AND other.order_id <> $1
        AND other.status IN ('taken', 'confirmed') AND other.persons && one.persons) AS is_new
    FROM participation AS one WHERE one.order_id = $1
), numbered AS (
    UPDATE campaign SET taken_units = taken_units + $3, last_sequence = last_sequence + 1,
        taken_people = taken_people + newcomer.is_new::integer
    FROM newcomer WHERE id = $2 RETURNING last_sequence
)
UPDATE participation SET status = CASE WHEN $4 THEN 'confirmed' ELSE 'taken' END, taken_at = $5,
    confirmed_at = CASE WHEN $4 THEN $5::timestamptz END, sequence_number = numbered.last_sequence
FROM numbered WHERE order_id = $1
"""
# Whether a person is new can only be asked once nobody else counts. NO KEY, because orders that are being paid hold a
# share of the row they refer to.
LOCK_COUNTS = "SELECT 1 FROM campaign WHERE id = $1 FOR NO KEY UPDATE"
IS_NEW = """
SELECT NOT EXISTS (SELECT 1 FROM participation AS other WHERE other.campaign = $1 AND other.order_id <> $2
    AND other.status IN ('taken', 'confirmed') AND other.persons && $3)
"""


def take_part(one: Participation, *, ships: bool) -> None:
    """It is paid: the next number, and the campaign's counts, with COMMIT. `ships`: it waits for nobody."""
    tenants.commit_with(
        (LOCK_COUNTS, (one.campaign,)), (TAKE, (one.order_id, one.campaign, one.units, ships, now()))
    )  # fmt: skip


async def confirm(order_id: UUID) -> bool:
    """Nothing is in its way any more. False when it was confirmed or released before."""
    return bool(
        await tenants.connection().fetchval(
            "UPDATE participation SET status = 'confirmed', confirmed_at = $2 WHERE order_id = $1 AND status = 'taken'"
            " RETURNING true",
            order_id, now(),
        )
    )  # fmt: skip


async def release(one: Participation, cause: str) -> None:
    """It fell away. What it counted for in the campaign is taken off; its number stays its own."""
    database, moment = tenants.connection(), now()
    await database.execute(
        "UPDATE participation SET status = 'released', released_at = $2, release_cause = $3 WHERE order_id = $1",
        one.order_id, moment, cause,
    )  # fmt: skip
    if one.status in ("taken", "confirmed"):
        await database.execute(LOCK_COUNTS, one.campaign)
        last = await database.fetchval(IS_NEW, one.campaign, one.order_id, one.persons)
        await database.execute(
            "UPDATE campaign SET taken_units = greatest(taken_units - $2, 0),"
            " taken_people = greatest(taken_people - $3, 0) WHERE id = $1",
            one.campaign, one.units, int(last),
        )  # fmt: skip


async def waiting_orders(campaign_id: UUID) -> list[UUID]:
    """Orders that are paid and wait, in the order of their numbers."""
    rows = await tenants.connection().fetch(
        "SELECT order_id FROM participation WHERE campaign = $1 AND status = 'taken' ORDER BY sequence_number",
        campaign_id,
    )
    return [row["order_id"] for row in rows]


async def has_unpaid(campaign_id: UUID) -> bool:
    """Whether somebody may still pay: then it is too early to settle."""
    return bool(
        await tenants.connection().fetchval(
            "SELECT true FROM participation WHERE campaign = $1 AND status = 'held' LIMIT 1", campaign_id
        )
    )
