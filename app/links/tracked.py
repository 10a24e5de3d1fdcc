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

_COLUMNS = "id, code, promoter, kind, product, live_session, campaign, team, label, status, created_at, channel"
LONGEST_LABEL = 80


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """One tracked link: of one promoter, or of one channel of the merchant."""

    id: UUID
    code: str
    promoter: UUID | None
    kind: str
    product: UUID | None
    live_session: UUID | None
    campaign: UUID | None
    team: str
    label: str
    status: str
    created_at: datetime
    channel: UUID | None = None

    @property
    def sharer(self) -> UUID:
        """Whose it is, where it is a promoter's. Raises NotFound."""
        if self.promoter is None:
            raise NotFound
        return self.promoter


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """A link somebody would like to have: whose, and what it shows."""

    promoter: UUID | None = None
    channel: UUID | None = None
    product: UUID | None = None
    live_session: UUID | None = None
    campaign: UUID | None = None
    team: str = ""

    @property
    def kind(self) -> str:
        return "campaign" if self.campaign else "product" if self.product else "store"


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
    if (await counts_of([promoter]))[promoter] >= MOST_LINKS:
        raise TooManyLinks(most=MOST_LINKS)
    wish = Wish(promoter=promoter, product=product, live_session=live_session, campaign=campaign, team=team)
    return (await make([wish], label=label))[wish]


async def counts_of(promoters: Sequence[UUID]) -> dict[UUID, int]:
    """How many links each of them has."""
    rows = await tenants.connection().fetch(
        "SELECT promoter, count(*) AS links FROM tracked_link WHERE promoter = ANY($1::uuid[]) GROUP BY promoter",
        list(promoters),
    )
    return dict.fromkeys(promoters, 0) | {row["promoter"]: row["links"] for row in rows}


async def make(wishes: Sequence[Wish], *, label: str = "") -> dict[Wish, Link]:
    """New links with codes of their own and their totals at zero, in two round trips."""
    moment = now()
    made = {
        wish: Link(
            id=new_id(), code=new_code(), kind=wish.kind, label=label[:LONGEST_LABEL], status="active",
            created_at=moment, **msgspec.structs.asdict(wish),
        )
        for wish in wishes
    }  # fmt: skip
    rows = [tuple(getattr(link, column) for column in _COLUMNS.split(", ")) for link in made.values()]
    await tenants.connection().executemany(
        f"INSERT INTO tracked_link ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",  # noqa: S608 - constant
        rows,
    )
    await tenants.connection().executemany(
        "INSERT INTO link_tally (link, updated_at) VALUES ($1, $2)", [(link.id, moment) for link in made.values()]
    )
    return made


_SAME = f"""
SELECT DISTINCT ON (w.place) w.place, {", ".join(f"l.{column}" for column in _COLUMNS.split(", "))}
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[])
    WITH ORDINALITY AS w (promoter, channel, product, live_session, campaign, team, place)
JOIN tracked_link AS l ON (l.promoter = w.promoter OR l.channel = w.channel)
    AND l.product IS NOT DISTINCT FROM w.product AND l.live_session IS NOT DISTINCT FROM w.live_session
    AND l.campaign IS NOT DISTINCT FROM w.campaign AND l.team = w.team AND l.status = 'active'
ORDER BY w.place, l.created_at, l.id
"""  # noqa: S608 - constants only


async def find_each(wishes: Sequence[Wish]) -> dict[Wish, Link]:
    """The links that are there for exactly these wishes already."""
    columns = ([getattr(wish, name) for wish in wishes] for name in Wish.__struct_fields__)
    rows = await tenants.connection().fetch(_SAME, *columns)
    return {wishes[row["place"] - 1]: Link(**{k: v for k, v in row.items() if k != "place"}) for row in rows}


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
    wish = Wish(promoter=promoter, product=product, live_session=live_session, campaign=campaign, team=team)
    return (await find_each([wish])).get(wish)


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
