"""Promoters of one store: application, decision, suspension."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import Forbidden, InvalidInput, NotFound
from app.kernel.i18n import N_
from app.kernel.ids import new_id

HIGHEST_RATE_BPS = 5000
KINDS = ("sharer", "leader", "agent", "host", "store_clerk")
ASKED_BACK_EVERY = timedelta(days=30)
_COLUMNS = (
    "id, login_id, name, email, kinds, status, commission_bps, note, applied_at, decided_at, decided_by, level,"
    " level_is_fixed, words, asked_back_at"
)


class Promoter(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who earns, or would like to earn, in this store."""

    id: UUID
    login_id: UUID
    name: str
    email: str
    kinds: list[str]
    status: str
    commission_bps: int
    note: str
    applied_at: datetime
    decided_at: datetime | None
    decided_by: str
    level: UUID | None = None
    level_is_fixed: bool = False
    words: str = ""
    asked_back_at: datetime | None = None

    @property
    def leads(self) -> bool:
        """Whether this is a leader the store has said yes to."""
        return self.status == "approved" and "leader" in self.kinds


class NotApproved(Forbidden):
    """The store has not said yes to this promoter."""

    code = "promoters.not_approved"
    message = "The store has not approved you. You can create links once it does."


class NotALeader(Forbidden):
    """Group buys are for leaders; the store has not made this promoter one."""

    code = "promoters.not_a_leader"
    message = "Only leaders of the store run chain orders. Ask the merchant to make you one."


async def apply(
    login_id: UUID, name: str, email: str, *, rate_bps: int, kinds: Sequence[str], note: str = ""
) -> Promoter:
    """Ask to sell for the store; asking again changes nothing, except that a rejected person may ask anew."""
    await tenants.connection().execute(
        "INSERT INTO promoter (id, login_id, name, email, kinds, status, commission_bps, note, applied_at)"
        " VALUES ($1, $2, $3, $4, $5, 'pending', $6, $7, $8) ON CONFLICT (login_id) DO UPDATE"
        " SET status = 'pending', note = excluded.note, applied_at = excluded.applied_at, decided_at = NULL"
        " WHERE promoter.status = 'rejected'",
        new_id(), login_id, name, email, list(kinds), rate_bps, note, now(),
    )  # fmt: skip
    found = await find_by_login(login_id)
    if found is None:
        raise NotFound
    return found


async def decide(promoter_id: UUID, *, approve: bool, rate_bps: int, by: str, words: str = "") -> Promoter:
    """Approve (also anew, with another rate) or reject, with a word to the person. Raises NotFound, InvalidInput."""
    if not 0 <= rate_bps <= HIGHEST_RATE_BPS:
        raise InvalidInput({"rate_bps": N_("The rate is between 0% and 50%.")})
    row = await tenants.connection().fetchrow(
        f"UPDATE promoter SET status = $2, commission_bps = $3, decided_at = $4, decided_by = $5, words = $6"  # noqa: S608 - constant
        f" WHERE id = $1 RETURNING {_COLUMNS}",
        promoter_id, "approved" if approve else "rejected", rate_bps, now(), by, words.strip()[:300],
    )  # fmt: skip
    if row is None:
        raise NotFound
    return Promoter(**dict(row))


async def suspend(promoter_id: UUID, *, by: str, words: str = "") -> None:
    """No new touches count; what was earned stays. The person is shown `words`."""
    await tenants.connection().execute(
        "UPDATE promoter SET status = 'suspended', decided_at = $2, decided_by = $3, words = $4"
        " WHERE id = $1 AND status = 'approved'",
        promoter_id, now(), by, words.strip()[:300],
    )  # fmt: skip


async def set_kinds(promoter_id: UUID, kinds: Iterable[str]) -> None:
    """What the promoter does for the store; only leaders may lead group buys. Raises NotFound."""
    known = [kind for kind in KINDS if kind in set(kinds)]
    if not await tenants.connection().fetchval(
        "UPDATE promoter SET kinds = $2 WHERE id = $1 RETURNING true", promoter_id, known
    ):
        raise NotFound


async def set_leader(promoter_id: UUID, leads: bool) -> None:
    """Whether the promoter may lead group buys of the store, besides sharing links."""
    await tenants.connection().execute(
        "UPDATE promoter SET kinds = CASE WHEN $2 THEN array_append(array_remove(kinds, 'leader'), 'leader')"
        " ELSE array_remove(kinds, 'leader') END WHERE id = $1",
        promoter_id, leads,
    )  # fmt: skip


async def note_asked_back(promoter_id: UUID) -> bool:
    """The store writes to somebody who went quiet; False when it did so within the last 30 days."""
    moment = now()
    return bool(
        await tenants.connection().fetchval(
            "UPDATE promoter SET asked_back_at = $2 WHERE id = $1 AND status = 'approved'"
            " AND (asked_back_at IS NULL OR asked_back_at < $3) RETURNING true",
            promoter_id, moment, moment - ASKED_BACK_EVERY,
        )
    )  # fmt: skip


async def leaders() -> list[Promoter]:
    """Everybody who may lead a group buy now, by name."""
    rows = await tenants.connection().fetch(
        f"SELECT {_COLUMNS} FROM promoter WHERE 'leader' = ANY(kinds) AND status = 'approved'"  # noqa: S608 - constant
        " ORDER BY name, id LIMIT 500"
    )
    return [Promoter(**dict(row)) for row in rows]


async def find(promoter_id: UUID) -> Promoter:
    row = await tenants.connection().fetchrow(f"SELECT {_COLUMNS} FROM promoter WHERE id = $1", promoter_id)  # noqa: S608 - constant
    if row is None:
        raise NotFound
    return Promoter(**dict(row))


async def lock(promoter_ids: Iterable[UUID]) -> None:
    """Nobody else moves the money of these promoters until COMMIT. After the order, before lines, payouts, balances."""
    await tenants.connection().execute(
        "SELECT id FROM promoter WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE", list(set(promoter_ids))
    )


async def find_by_login(login_id: UUID) -> Promoter | None:
    row = await tenants.connection().fetchrow(f"SELECT {_COLUMNS} FROM promoter WHERE login_id = $1", login_id)  # noqa: S608 - constant
    return Promoter(**dict(row)) if row else None


async def find_by_email(email: str) -> Promoter | None:
    row = await tenants.connection().fetchrow(
        f"SELECT {_COLUMNS} FROM promoter WHERE lower(email) = lower($1)"  # noqa: S608 - constant
        " ORDER BY (status = 'approved') DESC, id LIMIT 1",
        email,
    )
    return Promoter(**dict(row)) if row else None


async def everyone(status: str | None = None, *, most: int = 500) -> list[Promoter]:
    """The store's promoters, those who wait for an answer first."""
    rows = await tenants.connection().fetch(
        f"SELECT {_COLUMNS} FROM promoter WHERE $1::text IS NULL OR status = $1"  # noqa: S608 - constant
        " ORDER BY (status = 'pending') DESC, applied_at DESC, id DESC LIMIT $2",
        status, most,
    )  # fmt: skip
    return [Promoter(**dict(row)) for row in rows]
