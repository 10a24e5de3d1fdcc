"""Campaigns as everybody else sees them, and the moves of their life.

    draft -> scheduled -> open -> closed -> settled
             (scheduled -> draft: taken back before anybody saw it)

Whether one can join is told by status and clock together, so it begins and ends on the second although the jobs that
move the status may be late.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

import tenants
from app.group_buying.kinds import Kind, Terms, read_terms, write_terms
from app.group_buying.refusals import WrongMoment
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.ids import new_id
from infra import crypto

Status = Literal["draft", "scheduled", "open", "closed", "settled"]
MOVES: frozenset[tuple[str, str]] = frozenset({
    ("draft", "scheduled"), ("draft", "open"), ("scheduled", "open"), ("scheduled", "draft"), ("scheduled", "closed"),
    ("open", "closed"), ("closed", "settled"),
})  # fmt: skip


class Campaign(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    code: str
    kind: Kind
    title: str
    share_text: str
    story: str
    cover_key: str | None
    status: Status
    reason: str
    starts_at: datetime | None
    ends_at: datetime | None
    audience: Literal["everyone", "members", "new_customers"]
    person_limit: int | None
    takes_coupons: bool
    terms: Terms
    leader: UUID | None
    supply: UUID | None
    last_sequence: int
    taken_units: int
    taken_people: int
    result: dict[str, Any]
    version: int
    created_at: datetime
    updated_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    settled_at: datetime | None

    def is_running(self, at: datetime | None = None) -> bool:
        """Whether shoppers can join at this moment."""
        at = at or now()
        return (
            self.status in ("scheduled", "open")
            and (self.starts_at is None or self.starts_at <= at)
            and (self.ends_at is None or at < self.ends_at)
        )

    @property
    def is_public(self) -> bool:
        """Whether its page may be seen: everything but a draft."""
        return self.status != "draft"


COLUMNS = """id, code, kind, title, share_text, story, cover_key, status, reason, starts_at, ends_at, audience,
    person_limit, takes_coupons, terms, leader, supply, last_sequence, taken_units, taken_people, result, version,
    created_at, updated_at, opened_at, closed_at, settled_at"""
BY_ID = f"SELECT {COLUMNS} FROM campaign WHERE id = $1"  # noqa: S608 - constants only
LOCKED = f"SELECT {COLUMNS} FROM campaign WHERE id = $1 FOR NO KEY UPDATE"  # noqa: S608 - constants only
BY_CODE = f"SELECT {COLUMNS} FROM campaign WHERE code = $1"  # noqa: S608 - constants only
LISTED = f"""SELECT {COLUMNS} FROM campaign
    WHERE ($1::text IS NULL OR kind = $1) AND ($2::text[] IS NULL OR status = ANY($2))
        AND ($3::uuid IS NULL OR leader = $3) AND ($4::uuid IS NULL OR id < $4)
    ORDER BY id DESC LIMIT $5"""  # noqa: S608 - constants only
RUNNING = f"""SELECT {COLUMNS} FROM campaign
    WHERE status IN ('scheduled', 'open') AND (starts_at IS NULL OR starts_at <= $1)
        AND (ends_at IS NULL OR ends_at > $1) AND terms->>'live_session' IS NULL
    ORDER BY ends_at NULLS LAST, id DESC LIMIT $2"""  # noqa: S608 - constants only


def from_row(row: Mapping[str, Any]) -> Campaign:
    terms, result = read_terms(row["kind"], row["terms"]), msgspec.json.decode(row["result"])
    return Campaign(**{**row, "terms": terms, "result": result})


async def _one(statement: str, value: UUID | str) -> Campaign:
    row = await tenants.connection().fetchrow(statement, value)
    if row is None:
        raise NotFound
    return from_row(row)


async def find(campaign_id: UUID) -> Campaign:
    """Raises NotFound."""
    return await _one(BY_ID, campaign_id)


async def find_by_code(code: str) -> Campaign:
    """Raises NotFound."""
    return await _one(BY_CODE, code)


def preview_key(campaign_id: UUID) -> str:
    """What opens the page of a draft to whoever the merchant gives the address to."""
    return crypto.sign(f"{tenants.current().id}:{campaign_id}", "campaign_preview", size=12)


def opens_preview(campaign_id: UUID, key: str) -> bool:
    return crypto.verify(f"{tenants.current().id}:{campaign_id}", key, "campaign_preview", size=12)


EACH = f"SELECT {COLUMNS} FROM campaign WHERE id = ANY($1::uuid[])"  # noqa: S608 - constants only


async def find_each(campaign_ids: Collection[UUID]) -> dict[UUID, Campaign]:
    """Several at once, by id."""
    rows = await tenants.connection().fetch(EACH, list(campaign_ids)) if campaign_ids else []
    return {row["id"]: from_row(row) for row in rows}


async def lock(campaign_id: UUID) -> Campaign:
    """The campaign, and nobody else moves it until COMMIT. Raises NotFound."""
    return await _one(LOCKED, campaign_id)


async def listed(
    *,
    kind: str | None = None,
    statuses: Sequence[str] | None = None,
    leader: UUID | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> list[Campaign]:
    """The newest first; `after` is the last one of the page before."""
    rows = await tenants.connection().fetch(LISTED, kind, statuses and list(statuses), leader, after, limit)
    return [from_row(row) for row in rows]


async def running(limit: int = 20) -> list[Campaign]:
    """What can be joined now, the one that ends first in front."""
    return [from_row(row) for row in await tenants.connection().fetch(RUNNING, now(), limit)]


RUNNING_WITH = f"""SELECT {COLUMNS} FROM campaign
    WHERE status IN ('scheduled', 'open') AND (starts_at IS NULL OR starts_at <= $1)
        AND (ends_at IS NULL OR ends_at > $1) AND terms->>'live_session' IS NULL
        AND id IN (SELECT item.campaign FROM campaign_item AS item JOIN variant ON variant.id = item.variant
            WHERE variant.product = $2 AND item.active)
    ORDER BY ends_at NULLS LAST, id DESC LIMIT $3"""  # noqa: S608 - constants only


async def running_with(product: UUID, limit: int = 3) -> list[Campaign]:
    """What offers this product now, the one that ends first in front."""
    return [from_row(row) for row in await tenants.connection().fetch(RUNNING_WITH, now(), product, limit)]


MOVE = """
UPDATE campaign SET status = $2, reason = $3, updated_at = $4,
    opened_at = CASE WHEN $2 = 'open' THEN coalesce(opened_at, $4) ELSE opened_at END,
    closed_at = CASE WHEN $2 = 'closed' THEN $4 ELSE closed_at END,
    settled_at = CASE WHEN $2 = 'settled' THEN $4 ELSE settled_at END
WHERE id = $1
"""


async def move(campaign: Campaign, to: Status, *, cause: str, actor: str = "system", reason: str = "") -> bool:
    """Move a locked campaign. False when it is there already. Raises WrongMoment when no arrow leads there."""
    if campaign.status == to:
        return False
    if (campaign.status, to) not in MOVES:
        raise WrongMoment
    await tenants.connection().execute(MOVE, campaign.id, to, reason, now())
    await note(campaign.id, cause, actor=actor, details={"from": campaign.status, "to": to, "reason": reason})
    return True


async def set_end(campaign_id: UUID, ends_at: datetime) -> None:
    """A locked campaign goes on until then."""
    await tenants.connection().execute(
        "UPDATE campaign SET ends_at = $2, version = version + 1, updated_at = $3 WHERE id = $1",
        campaign_id, ends_at, now(),
    )  # fmt: skip


async def set_terms(campaign_id: UUID, terms: Terms) -> None:
    """Other rules for a locked campaign, for whoever comes from now on."""
    await tenants.connection().execute(
        "UPDATE campaign SET terms = $2, version = version + 1, updated_at = $3 WHERE id = $1",
        campaign_id, write_terms(terms), now(),
    )  # fmt: skip


class Event(msgspec.Struct, frozen=True):
    cause: str
    actor: str
    details: dict[str, Any]
    at: datetime


async def note(campaign_id: UUID, cause: str, *, actor: str = "system", details: dict[str, Any] | None = None) -> None:
    """One line of the campaign's history."""
    await tenants.connection().execute(
        "INSERT INTO campaign_event (id, campaign, cause, actor, details, at) VALUES ($1, $2, $3, $4, $5, $6)",
        new_id(), campaign_id, cause, actor, msgspec.json.encode(details or {}).decode(), now(),
    )  # fmt: skip


async def events_of(campaign_id: UUID) -> list[Event]:
    """The history, newest first."""
    rows = await tenants.connection().fetch(
        "SELECT cause, actor, details, at FROM campaign_event WHERE campaign = $1 ORDER BY at DESC, id DESC LIMIT 200",
        campaign_id,
    )
    return [Event(row["cause"], row["actor"], msgspec.json.decode(row["details"]), row["at"]) for row in rows]


async def write_result(campaign_id: UUID, result: Mapping[str, Any]) -> None:
    """What the campaign came to, net of refunds; written again whenever it is counted again."""
    await tenants.connection().execute(
        "UPDATE campaign SET result = $2, updated_at = $3 WHERE id = $1",
        campaign_id, msgspec.json.encode(result).decode(), now(),
    )  # fmt: skip
