"""Contests: written as drafts, moved along legal steps, found and listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.contests.states import require_legal
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.ids import new_id

METRICS = ("net_sales", "net_units", "paid_orders", "new_customers")
SCOPES = ("store", "live_session", "campaign", "products")
SPLITS = ("by_score", "equal")
MOST_SIDES, MOST_ENTRANTS, MOST_PRIZES = 50, 500, 10


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """A team, or somebody who stands alone."""

    id: UUID
    position: int
    name: str
    promoters: tuple[UUID, ...] = ()


class ContestDraft(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a merchant says of a contest. `sides` are names with the promoters of each; `declared` names what
    would be rewarded beside sales, which the gate refuses.
    """

    title: str
    metric: str
    starts_at: datetime
    ends_at: datetime
    window_days: int
    sides: Sequence[tuple[str, Sequence[UUID]]]
    prizes: Sequence[int] = ()
    by_team: bool = False
    split: str = "by_score"
    words: str = ""
    scope: str = "store"
    live_session: UUID | None = None
    campaign: UUID | None = None
    products: Sequence[UUID] = ()
    least_score: int = 1
    cap_bps: int | None = None
    is_public: bool = False
    declared: Sequence[str] = ()


class Contest(msgspec.Struct, frozen=True, kw_only=True):
    """One contest. `settles_by` is when the result is final at the latest."""

    id: UUID
    title: str
    words: str
    metric: str
    scope: str
    live_session: UUID | None
    campaign: UUID | None
    by_team: bool
    split: str
    starts_at: datetime
    ends_at: datetime
    window_days: int
    least_score: int
    cap_bps: int | None
    is_public: bool
    currency: str
    status: str
    created_by: str
    created_at: datetime
    closed_at: datetime | None
    settles_by: datetime | None
    finalized_at: datetime | None
    paid_at: datetime | None

    @property
    def is_final(self) -> bool:
        return self.status in ("final", "paid")

    @property
    def counts_money(self) -> bool:
        """Whether the score is an amount of the store's currency."""
        return self.metric == "net_sales"

    def runs_at(self, moment: datetime) -> bool:
        return self.status == "open" and self.starts_at <= moment < self.ends_at


class Event(msgspec.Struct, frozen=True):
    """One step."""

    from_status: str
    to_status: str
    actor: str
    words: str
    at: datetime


COLUMNS = ", ".join(field.name for field in msgspec.structs.fields(Contest))
ONE = f"SELECT {COLUMNS} FROM contest WHERE id = $1"  # noqa: S608 - constants only
RECENT = f"SELECT {COLUMNS} FROM contest ORDER BY created_at DESC, id DESC LIMIT $1"  # noqa: S608 - constants only
OF_PROMOTER = f"""SELECT {COLUMNS} FROM contest WHERE status NOT IN ('draft', 'canceled')
    AND id IN (SELECT contest FROM contest_entrant WHERE promoter = $1)
    ORDER BY (status = 'open') DESC, ends_at DESC, id DESC LIMIT $2"""  # noqa: S608 - constants only
OF_SESSION = f"""SELECT {COLUMNS} FROM contest WHERE (live_session = $1 AND status NOT IN ('draft', 'canceled'))
    OR (status = 'open' AND scope <> 'live_session' AND starts_at <= $3 AND ends_at > $3
        AND id IN (SELECT contest FROM contest_entrant WHERE promoter = ANY($2::uuid[])))
    ORDER BY (status = 'open') DESC, starts_at, id LIMIT 10"""  # noqa: S608 - constants only
SAVE = """
INSERT INTO contest (id, title, words, metric, scope, live_session, campaign, by_team, split, starts_at, ends_at,
    window_days, least_score, cap_bps, is_public, currency, status, created_by, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 'draft', $17, $18, $18)
ON CONFLICT (id) DO UPDATE SET title = excluded.title, words = excluded.words, metric = excluded.metric,
    scope = excluded.scope, live_session = excluded.live_session, campaign = excluded.campaign,
    by_team = excluded.by_team, split = excluded.split, starts_at = excluded.starts_at, ends_at = excluded.ends_at,
    window_days = excluded.window_days, least_score = excluded.least_score, cap_bps = excluded.cap_bps,
    is_public = excluded.is_public, updated_at = excluded.updated_at
"""
SIDES = """
SELECT side.id, side.position, side.name, coalesce(array_agg(entrant.promoter ORDER BY entrant.id)
    FILTER (WHERE entrant.id IS NOT NULL), '{}') AS promoters
FROM contest_side AS side LEFT JOIN contest_entrant AS entrant ON entrant.side = side.id
WHERE side.contest = $1 GROUP BY side.id ORDER BY side.position
"""
MOVE = """UPDATE contest SET status = $2, event_seq = event_seq + 1, updated_at = $3,
        closed_at = CASE WHEN $2 = 'closed' THEN $3 ELSE closed_at END,
        settles_by = CASE WHEN $2 = 'closed' THEN $4 ELSE settles_by END,
        ends_at = CASE WHEN $2 = 'closed' THEN least(ends_at, $3) ELSE ends_at END,
        finalized_at = CASE WHEN $2 = 'final' THEN $3 ELSE finalized_at END,
        paid_at = CASE WHEN $2 = 'paid' THEN $3 ELSE paid_at END
    WHERE id = $1 RETURNING event_seq"""
EVENT = """INSERT INTO contest_event (id, contest, seq, from_status, to_status, actor, words, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"""


def _contest(row: Mapping[str, Any] | None) -> Contest:
    if row is None:
        raise NotFound
    return Contest(**row)


async def find(contest_id: UUID, *, lock: bool = False) -> Contest:
    """With `lock` nobody else moves it until COMMIT. Raises NotFound."""
    return _contest(await tenants.connection().fetchrow(ONE + (" FOR NO KEY UPDATE" if lock else ""), contest_id))


async def listed(most: int = 200) -> list[Contest]:
    """The newest first."""
    return [_contest(row) for row in await tenants.connection().fetch(RECENT, most)]


async def contests_of(promoter: UUID, most: int = 100) -> list[Contest]:
    """What a promoter stands in, or stood: those under way first."""
    return [_contest(row) for row in await tenants.connection().fetch(OF_PROMOTER, promoter, most)]


async def of_session(session: UUID, hosts: Sequence[UUID] = ()) -> list[Contest]:
    """Contests about one live session, and those its hosts stand in meanwhile; what is under way first."""
    rows = await tenants.connection().fetch(OF_SESSION, session, list(hosts), now())
    return [_contest(row) for row in rows]


async def save_draft(contest_id: UUID | None, draft: ContestDraft, *, currency: str, by: str) -> UUID:
    """Write a draft, or write it anew. The caller holds the one there is and knows that it is a draft."""
    made, moment, database = contest_id or new_id(), now(), tenants.connection()
    await database.execute(
        SAVE, made, draft.title, draft.words, draft.metric, draft.scope, draft.live_session, draft.campaign,
        draft.by_team, draft.split, draft.starts_at, draft.ends_at, draft.window_days, draft.least_score,
        draft.cap_bps, draft.is_public, currency, by, moment,
    )  # fmt: skip
    if contest_id is None:
        await database.execute(EVENT, new_id(), made, 0, "", "draft", by, "", moment)
    for table in ("contest_entrant", "contest_side", "contest_prize", "contest_product"):
        await database.execute(f"DELETE FROM {table} WHERE contest = $1", made)  # noqa: S608 - our own table names
    for position, (name, people) in enumerate(draft.sides, start=1):
        side = new_id()
        await database.execute(
            "INSERT INTO contest_side (id, contest, position, name) VALUES ($1, $2, $3, $4)", side, made, position, name
        )
        await database.executemany(
            "INSERT INTO contest_entrant (id, contest, side, promoter) VALUES ($1, $2, $3, $4)",
            [(new_id(), made, side, promoter) for promoter in people],
        )
    await database.executemany(
        "INSERT INTO contest_prize (id, contest, place, amount) VALUES ($1, $2, $3, $4)",
        [(new_id(), made, place, amount) for place, amount in enumerate(draft.prizes, start=1) if amount],
    )
    await database.executemany(
        "INSERT INTO contest_product (id, contest, product) VALUES ($1, $2, $3)",
        [(new_id(), made, product) for product in draft.products],
    )
    return made


async def sides_of(contest_id: UUID) -> list[Side]:
    """In the order they were entered."""
    rows = await tenants.connection().fetch(SIDES, contest_id)
    return [Side(id=row["id"], position=row["position"], name=row["name"], promoters=tuple(row["promoters"]))
            for row in rows]  # fmt: skip


async def prizes_of(contest_id: UUID) -> dict[int, int]:
    """By place."""
    rows = await tenants.connection().fetch(
        "SELECT place, amount FROM contest_prize WHERE contest = $1 ORDER BY place", contest_id
    )
    return {row["place"]: row["amount"] for row in rows}


async def products_of(contest_id: UUID) -> list[UUID]:
    rows = await tenants.connection().fetch(
        "SELECT product FROM contest_product WHERE contest = $1 ORDER BY id", contest_id
    )
    return [row["product"] for row in rows]


async def move(contest: Contest, to: str, *, actor: str, words: str = "") -> None:
    """Take one step of a locked contest; one that is closed early ends now. Raises IllegalMove."""
    require_legal(contest.status, to)
    moment = now()
    window = timedelta(days=contest.window_days)
    seq = await tenants.connection().fetchval(MOVE, contest.id, to, moment, moment + window)
    await tenants.connection().execute(EVENT, new_id(), contest.id, seq, contest.status, to, actor, words, moment)


async def events_of(contest_id: UUID) -> list[Event]:
    rows = await tenants.connection().fetch(
        "SELECT from_status, to_status, actor, words, at FROM contest_event WHERE contest = $1 ORDER BY seq", contest_id
    )
    return [Event(**row) for row in rows]


async def waiting(moment: datetime) -> list[Contest]:
    """Those something is to be done about: over and still open, closed, or with prizes to pay."""
    rows = await tenants.connection().fetch(
        f"SELECT {COLUMNS} FROM contest WHERE (status = 'open' AND ends_at <= $1)"  # noqa: S608 - constant
        " OR status IN ('closed', 'final') ORDER BY ends_at, id LIMIT 200",
        moment,
    )
    return [_contest(row) for row in rows]
