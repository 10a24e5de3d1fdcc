"""Tracked links: who shares what. A link stores objects, never an address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from app.kernel.ids import new_id
from app.links.codes import new_code

_COLUMNS = "id, code, promoter, kind, product, live_session, campaign, team, label, status, created_at"
LONGEST_LABEL = 80


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """One tracked link of one promoter."""

    id: UUID
    code: str
    promoter: UUID
    kind: str
    product: UUID | None
    live_session: UUID | None
    campaign: UUID | None
    team: str
    label: str
    status: str
    created_at: datetime


class UnknownLink(NotFound):
    """No link of this store has that code."""

    code = "links.unknown_link"
    message = "This link is not known here. The store itself is open."


class TooManyLinks(Refusal):
    """One promoter keeps a sensible number of links."""

    code = "links.too_many_links"
    message = "You already have %(most)s links in this store. Use one of them."


MOST_LINKS = 2_000


async def create(
    promoter: UUID,
    *,
    product: UUID | None,
    live_session: UUID | None,
    campaign: UUID | None = None,
    team: str = "",
    label: str = "",
) -> Link:
    """A new link with a code of its own, and its totals at zero. `team` is the code of a team in the campaign."""
    database = tenants.connection()
    if await database.fetchval("SELECT count(*) FROM tracked_link WHERE promoter = $1", promoter) >= MOST_LINKS:
        raise TooManyLinks(most=MOST_LINKS)
    link = Link(
        id=new_id(), code=new_code(), promoter=promoter, kind=_kind(product, campaign), product=product,
        live_session=live_session, campaign=campaign, team=team, label=label[:LONGEST_LABEL], status="active",
        created_at=now(),
    )  # fmt: skip
    await database.execute(
        f"INSERT INTO tracked_link ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",  # noqa: S608 - constant
        *msgspec.structs.astuple(link),
    )
    await database.execute("INSERT INTO link_tally (link, updated_at) VALUES ($1, $2)", link.id, link.created_at)
    return link


def _kind(product: UUID | None, campaign: UUID | None) -> str:
    return "campaign" if campaign else "product" if product else "store"


async def find(link_id: UUID) -> Link:
    row = await tenants.connection().fetchrow(f"SELECT {_COLUMNS} FROM tracked_link WHERE id = $1", link_id)  # noqa: S608 - constant
    if row is None:
        raise NotFound
    return Link(**dict(row))


async def find_same(
    promoter: UUID,
    *,
    product: UUID | None,
    live_session: UUID | None,
    campaign: UUID | None = None,
    team: str = "",
) -> Link | None:
    """The promoter's link for exactly this, if there is one already."""
    row = await tenants.connection().fetchrow(
        f"SELECT {_COLUMNS} FROM tracked_link WHERE promoter = $1 AND product IS NOT DISTINCT FROM $2::uuid"  # noqa: S608 - constant
        " AND live_session IS NOT DISTINCT FROM $3::uuid AND campaign IS NOT DISTINCT FROM $4::uuid AND team = $5"
        " AND status = 'active' ORDER BY created_at LIMIT 1",
        promoter, product, live_session, campaign, team,
    )  # fmt: skip
    return Link(**dict(row)) if row else None


async def links_by_id(link_ids: Sequence[UUID]) -> dict[UUID, Link]:
    rows = await tenants.connection().fetch(
        f"SELECT {_COLUMNS} FROM tracked_link WHERE id = ANY($1::uuid[])",  # noqa: S608 - constant
        list(link_ids),
    )
    return {row["id"]: Link(**dict(row)) for row in rows}


async def pause(link_id: UUID) -> None:
    """Visitors still arrive, but nobody earns from it any more."""
    await tenants.connection().execute("UPDATE tracked_link SET status = 'paused' WHERE id = $1", link_id)


async def resume(link_id: UUID) -> None:
    await tenants.connection().execute("UPDATE tracked_link SET status = 'active' WHERE id = $1", link_id)
