"""Saved views of the order list: filters under a name, for oneself or for everybody in the store."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.ids import new_id

LONGEST_NAME, MOST_VIEWS = 40, 20


class View(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    filters: dict[str, str]
    owner: UUID
    shared: bool


async def views_for(login: UUID) -> list[View]:
    """One's own and the shared ones, the oldest first."""
    rows = await tenants.connection().fetch(
        "SELECT id, name, filters, owner, shared FROM order_view WHERE owner = $1 OR shared ORDER BY created_at, id",
        login,
    )
    return [View(**{**row, "filters": msgspec.json.decode(row["filters"])}) for row in rows]


async def save_view(login: UUID, name: str, filters: Mapping[str, str], *, shared: bool) -> None:
    """Under a name of one's own that is used already, the view takes the new filters. Raises InvalidInput."""
    count = await tenants.connection().fetchval(
        "SELECT count(*) FROM order_view WHERE owner = $1 AND name <> $2", login, name
    )
    if count >= MOST_VIEWS:
        raise InvalidInput({"name": "There are enough views; remove one first."})
    await tenants.connection().execute(
        "INSERT INTO order_view (id, name, filters, owner, shared, created_at) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (owner, name) DO UPDATE SET filters = EXCLUDED.filters, shared = EXCLUDED.shared",
        new_id(), name, msgspec.json.encode(filters).decode(), login, shared, now(),
    )  # fmt: skip


async def remove_view(view_id: UUID, login: UUID) -> None:
    """One's own only. Raises NotFound."""
    gone = await tenants.connection().fetchval(
        "DELETE FROM order_view WHERE id = $1 AND owner = $2 RETURNING id", view_id, login
    )
    if gone is None:
        raise NotFound
