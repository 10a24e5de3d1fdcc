"""Parts of a store's clicks: made before their month begins, taken away when none of it is kept any more.

Only the owner of a schema may do that, as with the steps. A new part is made beside the table and then attached, which
keeps nobody from writing clicks; an old one is detached, looked through once more, and dropped. A click that nobody has
folded keeps its month.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import asyncpg
import structlog

from app.links.keeping import PARTS, Month, months_over, months_wanted
from infra import postgres
from tenants.names import check_schema_name

if TYPE_CHECKING:
    from asyncpg import Connection

log = structlog.get_logger()

PATIENCE = "2s"
# Keeps another worker out, and nobody who writes clicks.
_ONE_AT_A_TIME = "LOCK TABLE click IN SHARE UPDATE EXCLUSIVE MODE"


async def keep_months(schema: str, cluster: str, moment: datetime, keep_from: datetime) -> tuple[list[str], list[str]]:
    """Make what is missing and drop what is over; the names of both. Safe to repeat, also side by side."""
    database = await postgres.connect_owner(cluster)
    try:
        await database.execute(
            f"SET lock_timeout = '{PATIENCE}'; SET search_path TO \"{check_schema_name(schema)}\", extensions"
        )
        parts = [row["relname"] for row in await database.fetch(PARTS)]
        made = [
            month.part for month in months_wanted(moment) if month.part not in parts and await _make(database, month)
        ]
        dropped = [month.part for month in months_over(parts, keep_from) if await _drop(database, month)]
    finally:
        await database.close()
    return made, dropped


async def _make(database: Connection[Any], month: Month) -> bool:
    part, first, last = month.part, month.first_id, month.next.first_id
    try:
        async with database.transaction():
            await database.execute(_ONE_AT_A_TIME)
            if await database.fetchval("SELECT to_regclass($1) IS NOT NULL", part):
                return False
            await database.execute(
                f"CREATE TABLE {part} (LIKE click INCLUDING DEFAULTS, PRIMARY KEY (id),"
                f" CONSTRAINT of_its_month CHECK (id >= '{first}' AND id < '{last}'));"
                f"ALTER TABLE click ATTACH PARTITION {part} FOR VALUES FROM ('{first}') TO ('{last}')"
            )
    except asyncpg.CheckViolationError:  # the default part has clicks of the month already, and keeps them
        return False
    return True


async def _drop(database: Connection[Any], month: Month) -> bool:
    part = month.part
    async with database.transaction():
        await database.execute(_ONE_AT_A_TIME)
        if not await database.fetchval("SELECT to_regclass($1) IS NOT NULL", part):
            return False
        if await database.fetchval(f"SELECT EXISTS (SELECT 1 FROM {part} WHERE folded_at IS NULL)"):  # noqa: S608 - a month
            log.warning("clicks.month_not_folded", part=part)
            return False
        await database.execute(f"ALTER TABLE click DETACH PARTITION {part}; DROP TABLE {part}")
    return True
