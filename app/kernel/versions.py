"""Policies in versions: a new one is a row after the last, written only by whoever has seen the last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from asyncpg.exceptions import UniqueViolationError

import tenants
from app.kernel.errors import Refusal
from app.kernel.ids import new_id


async def add_version(table: str, columns: str, facts: Mapping[str, Any], *, seen: int, changed: type[Refusal]) -> None:
    """Write the version after `seen`, or raise `changed` when somebody else has written one meanwhile.

    `table` and `columns` (by comma, without the id) are constants of the caller; the table has unique versions.
    """
    latest = await tenants.connection().fetchval(
        f"SELECT coalesce(max(version), 0) FROM {table}"  # noqa: S608 - a constant
    )
    if latest != seen:
        raise changed
    try:
        await write_version(table, columns, facts)
    except UniqueViolationError as error:
        raise changed from error


async def write_version(table: str, columns: str, facts: Mapping[str, Any]) -> None:
    """The row as it is given, whichever version it says."""
    names = [name.strip() for name in columns.split(",")]
    places = ", ".join(f"${number}" for number in range(2, len(names) + 2))
    await tenants.connection().execute(
        f"INSERT INTO {table} (id, {columns}) VALUES ($1, {places})",  # noqa: S608 - constants
        new_id(), *(facts[name] for name in names),
    )  # fmt: skip
