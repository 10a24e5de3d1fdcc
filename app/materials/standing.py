"""Whether a pack still tells the truth: it expires with the price it speaks of.

Asked anew with every look and every download, in one statement beside the version, so nothing that is told late can
let a wrong price out. A job writes down when a pack went stale, for lists and news; written down, it stays stale until
it is published again, even if the price comes back.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from app.kernel.i18n import N_

SOON = timedelta(days=3)
State = Literal["draft", "fresh", "stale", "retired"]
BECAUSE = {
    "price": N_("The price changed on %(moment)s"),
    "campaign": N_("The campaign ended on %(moment)s"),
    "session": N_("The session ended on %(moment)s"),
    "product": N_("The product left the store on %(moment)s"),
    "ended": N_("It counted until %(moment)s"),
}


class PackIsStale(Refusal):
    """What the pack says is not true any more."""

    code = "materials.stale"
    status = 409
    message = "The price in this pack changed. It cannot be downloaded until the store publishes it anew."


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A pack and the world: `basis` are today's prices, as a version keeps them."""

    id: UUID
    title: str
    status: str
    version: int
    subject: str
    basis: str
    price_amount: int | None
    was_amount: int | None
    ends_at: datetime | None
    published_at: datetime | None
    note: str
    over: str
    because: str
    stale_at: datetime | None
    marked: bool
    product: UUID | None
    campaign: UUID | None
    live_session: UUID | None
    session_host: UUID | None
    image_key: str | None
    updated_at: datetime

    @property
    def state(self) -> State:
        if self.status != "published":
            return "draft" if self.status == "draft" else "retired"
        return "stale" if self.because else "fresh"

    @property
    def ends_soon(self) -> bool:
        return self.state == "fresh" and self.ends_at is not None and self.ends_at < now() + SOON

    def require_fresh(self) -> None:
        """Raises NotFound for what is not out, PackIsStale."""
        if self.status != "published":
            raise NotFound
        if self.because:
            raise PackIsStale


# What each thing costs at this moment. A campaign also speaks of the usual price, and of its rules.
_PRICES = """
CASE WHEN pack.product IS NOT NULL THEN (
    SELECT jsonb_object_agg(variant.id, jsonb_build_array(variant.price_amount, variant.compare_at_amount))
    FROM variant WHERE variant.product = pack.product AND variant.active)
WHEN pack.campaign IS NOT NULL THEN (
    SELECT jsonb_object_agg(item.variant, jsonb_build_array(item.price_amount, variant.price_amount, (
        SELECT jsonb_agg(jsonb_build_array(tier.from_count, tier.price_amount) ORDER BY tier.from_count)
        FROM campaign_tier AS tier WHERE tier.item = item.id)))
    FROM campaign_item AS item JOIN variant ON variant.id = item.variant
    WHERE item.campaign = pack.campaign AND item.active)
ELSE (
    SELECT jsonb_object_agg(slot.id, jsonb_build_array(slot.price_amount, variant.price_amount))
    FROM live_slot AS slot JOIN variant ON variant.id = slot.variant
    WHERE slot.session = pack.live_session AND slot.status <> 'canceled')
END"""
_LOWEST = """
CASE WHEN pack.product IS NOT NULL THEN product.price_from_amount
WHEN pack.campaign IS NOT NULL THEN (SELECT min(item.price_amount) FROM campaign_item AS item
    WHERE item.campaign = pack.campaign AND item.active)
ELSE (SELECT min(coalesce(slot.price_amount, variant.price_amount)) FROM live_slot AS slot
    JOIN variant ON variant.id = slot.variant WHERE slot.session = pack.live_session AND slot.status <> 'canceled')
END"""
_USUAL = """
CASE WHEN pack.product IS NOT NULL THEN product.compare_at_amount
WHEN pack.campaign IS NOT NULL THEN (SELECT min(variant.price_amount) FROM campaign_item AS item
    JOIN variant ON variant.id = item.variant WHERE item.campaign = pack.campaign AND item.active)
ELSE (SELECT min(variant.price_amount) FROM live_slot AS slot JOIN variant ON variant.id = slot.variant
    WHERE slot.session = pack.live_session AND slot.status <> 'canceled') END"""
_STANDING = f"""
SELECT facts.*, version.published_at, coalesce(version.note, '') AS note,
    CASE WHEN facts.status <> 'published' THEN ''
        WHEN facts.stale_because <> '' THEN facts.stale_because
        WHEN facts.over <> '' THEN facts.over
        WHEN version.basis <> facts.prices THEN 'price' ELSE '' END AS because
FROM (
    SELECT pack.id, pack.title, pack.status, pack.version, pack.product, pack.campaign, pack.live_session,
        pack.updated_at, pack.stale_at, pack.stale_because, pack.stale_at IS NOT NULL AS marked,
        session.promoter AS session_host, coalesce(product.title, campaign.title, session.title) AS subject,
        jsonb_build_object('prices', {_PRICES}, 'rules', campaign.terms, 'ends_at', campaign.ends_at) AS prices,
        ({_LOWEST})::bigint AS price_amount, ({_USUAL})::bigint AS was_amount,
        least(pack.ends_at, campaign.ends_at) AS ends_at,
        coalesce(product.cover_thumb_key, campaign.cover_key) AS image_key,
        greatest(product.updated_at, campaign.updated_at) AS changed_at,
        CASE WHEN product.status <> 'published' THEN 'product'
            WHEN campaign.status IN ('draft', 'closed', 'settled') OR campaign.ends_at <= $1 THEN 'campaign'
            WHEN session.status IN ('ended', 'settled') THEN 'session'
            WHEN pack.ends_at <= $1 THEN 'ended' ELSE '' END AS over,
        coalesce(campaign.closed_at, CASE WHEN campaign.ends_at <= $1 THEN campaign.ends_at END, session.ended_at,
            CASE WHEN pack.ends_at <= $1 THEN pack.ends_at END) AS over_at
    FROM material_pack AS pack LEFT JOIN product ON product.id = pack.product
    LEFT JOIN campaign ON campaign.id = pack.campaign
    LEFT JOIN live_session AS session ON session.id = pack.live_session
    WHERE {{where}}
) AS facts LEFT JOIN material_version AS version ON version.pack = facts.id AND version.number = facts.version
"""  # noqa: S608 - constants only
ONE = _STANDING.format(where="pack.id = $2")
ALL = _STANDING.format(where="pack.status = ANY($2::text[])") + " ORDER BY facts.updated_at DESC, facts.id LIMIT 300"
MARK = """
UPDATE material_pack SET stale_at = x.stale_at, stale_because = x.because
FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::integer[]) AS x (id, stale_at, because, version)
WHERE material_pack.id = x.id AND material_pack.stale_at IS NULL AND material_pack.status = 'published'
    AND material_pack.version = x.version
"""


async def standing_of(pack_id: UUID) -> Standing:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(ONE, now(), pack_id)
    if row is None:
        raise NotFound
    return _standing(row)


async def standings(*statuses: str) -> list[Standing]:
    """Packs with these statuses, what changed last first."""
    rows = await tenants.connection().fetch(ALL, now(), list(statuses))
    return [_standing(row) for row in rows]


async def note_stale() -> int:
    """Write down which packs went stale and when; returns how many did."""
    gone = [each for each in await standings("published") if each.because and not each.marked]
    if gone:
        await tenants.connection().execute(
            MARK, [each.id for each in gone], [each.stale_at for each in gone], [each.because for each in gone],
            [each.version for each in gone],
        )  # fmt: skip
    return len(gone)


def _standing(row: Any) -> Standing:
    facts = {name: row[name] for name in Standing.__struct_fields__ if name not in ("basis", "stale_at")}
    stale_at = row["stale_at"] or (_since(row) if row["because"] else None)
    return Standing(**facts, basis=row["prices"], stale_at=stale_at)


def _since(row: Any) -> datetime:
    """When it stopped being true, as well as the books know it: not before it was published, nor in the future."""
    at = row["over_at"] if row["because"] == row["over"] else row["changed_at"]
    moment: datetime = min(at or now(), now())
    published_at: datetime = row["published_at"]
    return max(moment, published_at)
