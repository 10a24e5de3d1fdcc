"""What a campaign offers: variants with a price of their own and, if limited, how many are left.

Units are *held* from the moment an order is placed, *taken* when it is paid, and given back when it falls away. One
conditional UPDATE holds, so `held + taken` never exceeds the quota, however many people press the button at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from asyncpg.exceptions import NotNullViolationError

import tenants
from app.group_buying.refusals import NotRunning, QuotaGone


class Tier(msgspec.Struct, frozen=True):
    """From `from_count` on an item costs `price_amount`."""

    from_count: int
    price_amount: int


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One offered variant with what a page needs to show it. `tiers` are in rising order of their counts."""

    id: UUID
    variant: UUID
    product: UUID
    handle: str
    title: str
    variant_title: str
    image_key: str | None
    list_amount: int
    price_amount: int
    quota: int | None
    held: int
    taken: int
    active: bool
    tiers: tuple[Tier, ...] = ()

    @property
    def left(self) -> int | None:
        """Units that can still be had by the quota; None for no limit."""
        return None if self.quota is None else max(self.quota - self.held - self.taken, 0)

    def price_at(self, count: int) -> int:
        """What a unit costs when the campaign has come to this count."""
        reached = [tier.price_amount for tier in self.tiers if tier.from_count <= count]
        return min([self.price_amount, *reached])


OFFERED = """
SELECT item.campaign, item.id, item.variant, item.price_amount, item.quota, item.held, item.taken,
    item.active AND variant.active AND product.status = 'published' AS active,
    variant.price_amount AS list_amount,
    CASE variant.title WHEN 'Default Title' THEN '' ELSE variant.title END AS variant_title,
    product.id AS product, product.handle, product.title,
    coalesce(image.card_key, image.storage_key, product.cover_thumb_key, product.cover_key) AS image_key,
    coalesce((SELECT jsonb_agg(jsonb_build_object('from_count', tier.from_count, 'price_amount', tier.price_amount)
        ORDER BY tier.from_count) FROM campaign_tier AS tier WHERE tier.item = item.id), '[]') AS tiers
FROM campaign_item AS item
JOIN variant ON variant.id = item.variant JOIN product ON product.id = variant.product
LEFT JOIN product_image AS image ON image.id = variant.image AND image.status = 'stored'
"""
OF_EACH = f"{OFFERED} WHERE item.campaign = ANY($1::uuid[]) ORDER BY item.position, item.id"


async def items_of(campaign_id: UUID) -> list[Item]:
    """Everything the campaign has ever offered; `active` says what it offers now."""
    return (await items_of_each([campaign_id]))[campaign_id]


async def items_of_each(campaign_ids: Sequence[UUID]) -> dict[UUID, list[Item]]:
    """The same of several campaigns at once."""
    found: dict[UUID, list[Item]] = {campaign_id: [] for campaign_id in campaign_ids}
    for row in await tenants.connection().fetch(OF_EACH, list(campaign_ids)):
        facts = dict(row)
        tiers = msgspec.json.decode(facts.pop("tiers"), type=tuple[Tier, ...])
        found[facts.pop("campaign")].append(Item(**facts, tiers=tiers))
    return found


HOLD = """
UPDATE campaign_item AS item SET held = item.held + $3 FROM campaign
WHERE item.campaign = $1 AND item.variant = $2 AND item.active AND campaign.id = item.campaign
    AND (item.quota IS NULL OR item.held + item.taken + $3 <= item.quota)
    AND (campaign.status IN ('scheduled', 'open') AND (campaign.starts_at IS NULL OR campaign.starts_at <= $4)
        AND (campaign.ends_at IS NULL OR campaign.ends_at > $4) OR $5 AND campaign.status IN ('open', 'closed'))
RETURNING item.id
"""
LEFT = "SELECT greatest(quota - held - taken, 0) FROM campaign_item WHERE campaign = $1 AND variant = $2 AND active"


async def hold(
    campaign_id: UUID, wanted: Mapping[UUID, int], titles: Mapping[UUID, str], at: datetime, *, late: bool = False
) -> None:
    """Hold units of these variants, all or (the caller's transaction not committed) none.

    `late`: the campaign's own time may be over. Raises NotRunning, QuotaGone. In the order of the variants' ids, as
    everybody does.
    """
    database = tenants.connection()
    for variant, units in sorted(wanted.items()):
        if await database.fetchval(HOLD, campaign_id, variant, units, at, late) is None:
            left = await database.fetchval(LEFT, campaign_id, variant)
            if left is None or left >= units:
                raise NotRunning
            raise QuotaGone(title=titles.get(variant, ""), left=left)


# The same where nobody counts what it changed: what cannot be held has no number, and the column refuses it.
HOLD_OR_FAIL = """
UPDATE campaign_item AS item SET held = CASE WHEN item.active
    AND (item.quota IS NULL OR item.held + item.taken + $3 <= item.quota)
    AND EXISTS (SELECT 1 FROM campaign WHERE campaign.id = $1 AND status IN ('scheduled', 'open')
        AND (starts_at IS NULL OR starts_at <= $4) AND (ends_at IS NULL OR ends_at > $4))
    THEN item.held + $3 END
WHERE item.campaign = $1 AND item.variant = $2
"""


def hold_at_commit(campaign_id: UUID, wanted: Mapping[UUID, int], at: datetime) -> None:
    """The same in one message with COMMIT: what everybody wants is locked for the shortest time there is.

    When something is not there, the end of the transaction raises an error that `is_too_much` knows, and nothing of the
    transaction is kept. Only for variants that the campaign has ever offered.
    """
    tenants.commit_with(
        *((HOLD_OR_FAIL, (campaign_id, variant, units, at)) for variant, units in sorted(wanted.items()))
    )


def is_too_much(error: NotNullViolationError) -> bool:
    return (error.table_name, error.column_name) == ("campaign_item", "held")


async def take(campaign_id: UUID, wanted: Mapping[UUID, int]) -> None:
    """What was held is paid."""
    await _shift(campaign_id, wanted, held=-1, taken=1)


TAKE = "UPDATE campaign_item SET held = held - $3, taken = taken + $3 WHERE campaign = $1 AND variant = $2"


def take_at_commit(campaign_id: UUID, wanted: Mapping[UUID, int]) -> None:
    """The same in one message with COMMIT."""
    tenants.commit_with(*((TAKE, (campaign_id, variant, units)) for variant, units in sorted(wanted.items())))


async def give_back_held(campaign_id: UUID, wanted: Mapping[UUID, int]) -> None:
    """What was held falls away and can be had by others."""
    await _shift(campaign_id, wanted, held=-1, taken=0)


async def give_back_taken(campaign_id: UUID, wanted: Mapping[UUID, int]) -> None:
    """What was paid was called off and can be had by others."""
    await _shift(campaign_id, wanted, held=0, taken=-1)


SHIFT = """
UPDATE campaign_item AS item SET held = item.held + $4 * wanted.units, taken = item.taken + $5 * wanted.units
FROM unnest($2::uuid[], $3::bigint[]) AS wanted (variant, units)
WHERE item.campaign = $1 AND item.variant = wanted.variant
"""


async def _shift(campaign_id: UUID, wanted: Mapping[UUID, int], *, held: int, taken: int) -> None:
    variants: Sequence[UUID] = sorted(wanted)
    await tenants.connection().execute(
        SHIFT, campaign_id, list(variants), [wanted[variant] for variant in variants], held, taken
    )


SOLD_OUT = """
SELECT count(*) > 0 AND bool_and(quota IS NOT NULL AND taken >= quota) FROM campaign_item
WHERE campaign = $1 AND active
"""


async def is_sold_out(campaign_id: UUID) -> bool:
    """Whether every unit there ever was is paid for; what is only held may come back."""
    return bool(await tenants.connection().fetchval(SOLD_OUT, campaign_id))
