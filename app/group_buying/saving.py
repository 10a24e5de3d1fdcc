"""Writing a campaign down: a draft in one piece, and careful changes once people take part."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import tenants
from app.group_buying import campaigns
from app.group_buying.chains import Shares, write_shares
from app.group_buying.items import Item, Tier, items_of
from app.group_buying.kinds import Kind, Terms, write_terms
from app.group_buying.stairs import check_ladder
from app.kernel.clock import now
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.kernel.ids import new_id

LONGEST_TITLE = 80
LONGEST_TEXT = 2_000
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """One variant to offer; `tiers` only for ladders, `shares` only for chains."""

    variant: UUID
    price_amount: int
    quota: int | None = None
    tiers: tuple[Tier, ...] = ()
    shares: Shares | None = None  # who earns how much of it, where the campaign says so itself


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignDraft:
    """Everything a person decides about a campaign."""

    kind: Kind
    title: str
    terms: Terms
    items: Sequence[ItemDraft]
    share_text: str = ""
    story: str = ""
    cover_key: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    audience: Literal["everyone", "members", "new_customers"] = "everyone"
    person_limit: int | None = None
    takes_coupons: bool = False
    leader: UUID | None = None
    supply: UUID | None = None


SAVE = """
INSERT INTO campaign (id, code, kind, title, share_text, story, cover_key, starts_at, ends_at, audience, person_limit,
    takes_coupons, terms, leader, supply, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16)
ON CONFLICT (id) DO UPDATE SET title = EXCLUDED.title, share_text = EXCLUDED.share_text, story = EXCLUDED.story,
    cover_key = EXCLUDED.cover_key, starts_at = EXCLUDED.starts_at, ends_at = EXCLUDED.ends_at,
    audience = EXCLUDED.audience, person_limit = EXCLUDED.person_limit, takes_coupons = EXCLUDED.takes_coupons,
    terms = EXCLUDED.terms, leader = EXCLUDED.leader, version = campaign.version + 1, updated_at = EXCLUDED.updated_at
"""


async def save(draft: CampaignDraft, known: campaigns.Campaign | None, *, actor: str) -> UUID:
    """Write it whole; `known` is the locked campaign it changes. Raises InvalidInput naming the fields.

    What was sold stays sold: a variant that somebody has is only taken off the offer, a quota never falls below what is
    held and taken, and every change of a price is in the history with how it was.
    """
    before = {item.variant: item for item in await items_of(known.id)} if known else {}
    check(draft, before)
    check_ladder(draft.terms, draft.items, known, before)
    campaign_id, moment = known.id if known else new_id(), now()
    await tenants.connection().execute(
        SAVE, campaign_id, known.code if known else _new_code(), draft.kind, draft.title.strip(),
        draft.share_text.strip(), draft.story.strip(), draft.cover_key, draft.starts_at, draft.ends_at, draft.audience,
        draft.person_limit, draft.takes_coupons, write_terms(draft.terms), draft.leader, draft.supply, moment,
    )  # fmt: skip
    await _write_items(campaign_id, draft.items)
    await write_shares(campaign_id, {item.variant: item.shares for item in draft.items if item.shares})
    details = _changes(before, draft.items) if known else {}
    await campaigns.note(campaign_id, "changed" if known else "created", actor=actor, details=details)
    return campaign_id


def check(draft: CampaignDraft, before: dict[UUID, Item]) -> None:
    wrong: dict[str, str] = {}
    if not 0 < len(draft.title.strip()) <= LONGEST_TITLE:
        wrong["title"] = N_("Enter a title of up to 80 characters.")
    if max(len(draft.share_text), len(draft.story)) > LONGEST_TEXT:
        wrong["story"] = N_("A text is too long.")
    if draft.starts_at and draft.ends_at and draft.ends_at <= draft.starts_at:
        wrong["ends_at"] = N_("The end must come after the beginning.")
    if draft.person_limit is not None and draft.person_limit < 1:
        wrong["person_limit"] = N_("Enter a whole number.")
    for item in draft.items:
        sold = before[item.variant].held + before[item.variant].taken if item.variant in before else 0
        if item.quota is not None and item.quota < sold:
            wrong["items"] = N_("A quota cannot be lower than what is already sold.")
    if wrong:
        raise InvalidInput(wrong)


WRITE_ITEMS = """
INSERT INTO campaign_item (id, campaign, variant, position, price_amount, quota)
SELECT id, $1, variant, position, price_amount, quota
FROM unnest($2::uuid[], $3::uuid[], $4::integer[], $5::bigint[], $6::bigint[])
    AS item (id, variant, position, price_amount, quota)
ON CONFLICT (campaign, variant) DO UPDATE SET position = EXCLUDED.position, price_amount = EXCLUDED.price_amount,
    quota = EXCLUDED.quota, active = true
"""
WRITE_TIERS = """
INSERT INTO campaign_tier (id, item, from_count, price_amount)
SELECT tier.id, item.id, tier.from_count, tier.price_amount
FROM unnest($2::uuid[], $3::uuid[], $4::integer[], $5::bigint[]) AS tier (id, variant, from_count, price_amount)
JOIN campaign_item AS item ON item.campaign = $1 AND item.variant = tier.variant
"""


async def _write_items(campaign_id: UUID, items: Sequence[ItemDraft]) -> None:
    database = tenants.connection()
    await database.execute(
        "UPDATE campaign_item SET active = false WHERE campaign = $1 AND NOT variant = ANY($2)",
        campaign_id, [item.variant for item in items],
    )  # fmt: skip
    await database.execute(
        WRITE_ITEMS, campaign_id, [new_id() for _ in items], [item.variant for item in items],
        list(range(len(items))), [item.price_amount for item in items], [item.quota for item in items],
    )  # fmt: skip
    await database.execute(
        "DELETE FROM campaign_tier AS tier USING campaign_item AS item"
        " WHERE tier.item = item.id AND item.campaign = $1",
        campaign_id,
    )
    tiers = [(item.variant, tier) for item in items for tier in item.tiers]
    await database.execute(
        WRITE_TIERS, campaign_id, [new_id() for _ in tiers], [variant for variant, _ in tiers],
        [tier.from_count for _, tier in tiers], [tier.price_amount for _, tier in tiers],
    )  # fmt: skip


def _changes(before: dict[UUID, Item], items: Sequence[ItemDraft]) -> dict[str, Any]:
    return {"prices": _prices_changed(before, items)} | (
        {"steps": steps} if (steps := _steps_changed(before, items)) else {}
    )


def _steps_changed(before: dict[UUID, Item], items: Sequence[ItemDraft]) -> list[dict[str, Any]]:
    def told(tiers: Sequence[Tier]) -> list[list[int]]:
        return [[tier.from_count, tier.price_amount] for tier in tiers]

    return [
        {"title": known.title, "from": told(known.tiers), "to": told(item.tiers)}
        for item in items
        if (known := before.get(item.variant)) and known.tiers != item.tiers
    ]


def _prices_changed(before: dict[UUID, Item], items: Sequence[ItemDraft]) -> list[dict[str, Any]]:
    return [
        {"variant": str(item.variant), "title": known.title, "from": known.price_amount, "to": item.price_amount}
        for item in items
        if (known := before.get(item.variant)) and known.price_amount != item.price_amount
    ]


async def delete_draft(campaign_id: UUID) -> bool:
    """Throw away a draft nobody took part in. False when it is none any more."""
    return bool(
        await tenants.connection().fetchval(
            "DELETE FROM campaign WHERE id = $1 AND status = 'draft' AND last_sequence = 0 RETURNING true", campaign_id
        )
    )


def _new_code() -> str:
    """Forty random bits, without letters that look alike: it is read out loud and typed."""
    return "".join(secrets.choice(ALPHABET) for _ in range(8))
