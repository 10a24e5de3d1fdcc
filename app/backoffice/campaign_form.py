"""The form of a campaign: what was typed, and the draft it means.

Goods are rows: each chosen variant is an `item`, with its price and quota in fields named after it. Looking for goods
and adding them happens in the same form, so nothing that was typed is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

import tenants
from app import group_buying
from app.backoffice.campaign_kind import Values, Wrong
from app.backoffice.campaign_kinds import kind_form
from app.backoffice.campaign_rules import rules_of
from app.group_buying import Campaign, CampaignDraft, Item, ItemDraft, Terms
from app.kernel.clock import now
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.kernel.money import InvalidAmount, parse_amount, plain_amount

MOST_ITEMS = 200
MOST_FOUND = 20


def empty(kind: str, zone: str) -> dict[str, str]:
    """What a new campaign's form starts with: it opens at once and ends after its kind's usual time."""
    form = kind_form(kind)
    return {"ends_at": local(now() + timedelta(hours=form.hours), zone), "audience": "everyone", **form.start}


def values_of(campaign: Campaign, items: Sequence[Item], currency: str, zone: str) -> dict[str, str]:
    form = kind_form(campaign.kind)
    values = {
        "title": campaign.title, "share_text": campaign.share_text, "story": campaign.story,
        "starts_at": local(campaign.starts_at, zone), "ends_at": local(campaign.ends_at, zone),
        "audience": campaign.audience, "person_limit": str(campaign.person_limit or ""),
        "takes_coupons": "yes" if campaign.takes_coupons else "",
        "ships_by": campaign.terms.ships_by.isoformat() if campaign.terms.ships_by else "", **form.values(campaign),
    }  # fmt: skip
    for item in items:
        values[f"price_{item.variant}"] = plain_amount(item.price_amount, currency)
        values[f"quota_{item.variant}"] = "" if item.quota is None else str(item.quota)
        values |= form.item_values(item, currency)
    return values


def read_draft(
    kind: str, values: Values, chosen: Sequence[UUID], *, currency: str, zone: str, known: Campaign | None
) -> CampaignDraft:
    """Raises InvalidInput naming every field that cannot be read."""
    wrong: Wrong = {}
    form, audience = kind_form(kind), values.get("audience", "")
    draft = CampaignDraft(
        kind=cast(Any, kind),
        title=values.get("title", ""),
        terms=_terms(kind, values, wrong),
        items=[_item(variant, values, currency, wrong, kind) for variant in chosen],
        share_text=values.get("share_text", ""),
        story=values.get("story", ""),
        cover_key=known.cover_key if known else None,
        starts_at=read_moment("starts_at", values, zone, wrong),
        ends_at=read_moment("ends_at", values, zone, wrong),
        audience=cast(Any, audience if audience in group_buying.words.AUDIENCES else "everyone"),
        person_limit=read_count("person_limit", values, wrong),
        takes_coupons=values.get("takes_coupons") == "yes",
        leader=form.leader(values, known, wrong),
        supply=known.supply if known else None,
    )
    if not draft.title.strip():
        wrong["title"] = N_("Enter a title of up to 80 characters.")
    if not chosen:
        wrong["items"] = N_("Choose at least one product.")
    if wrong:
        raise InvalidInput(wrong)
    return draft


def _terms(kind: str, values: Values, wrong: Wrong) -> Terms:
    """The kind's own rules, and the day by which everything leaves where the kind has none of its own."""
    terms = kind_form(kind).terms(kind, values, wrong)
    text = values.get("ships_by", "").strip() if kind in group_buying.NAMES_DAY else ""
    try:
        return msgspec.structs.replace(terms, ships_by=date.fromisoformat(text) if text else None)
    except ValueError:
        wrong["ships_by"] = N_("Enter a day like 2026-11-30.")
        return terms


def rules_meant(kind: str, values: Values, zone: str) -> list[str]:
    """What the fields typed so far mean, in sentences; nothing while a rule cannot be read."""
    wrong: Wrong = {}
    terms = _terms(kind, values, wrong)
    rules = rules_of(
        kind, terms, audience=values.get("audience", ""),
        starts_at=read_moment("starts_at", values, zone, wrong), ends_at=read_moment("ends_at", values, zone, wrong),
        person_limit=read_count("person_limit", values, wrong),
    )  # fmt: skip
    return [] if wrong else rules


def rules_of_saved(campaign: Campaign) -> list[str]:
    """The same of a campaign as it is kept."""
    return rules_of(
        campaign.kind, campaign.terms, audience=campaign.audience, starts_at=campaign.starts_at or campaign.opened_at,
        ends_at=campaign.ends_at, person_limit=campaign.person_limit,
    )  # fmt: skip


def read_count(field: str, values: Values, wrong: Wrong) -> int | None:
    """A whole number from 1 up, or None for nothing typed."""
    text = values.get(field, "").strip()
    if text and not (text.isascii() and text.isdecimal() and len(text) < 9 and int(text) > 0):
        wrong[field] = N_("Enter a whole number.")
        return None
    return int(text) if text else None


def read_price(field: str, values: Values, currency: str, wrong: Wrong) -> int | None:
    """An amount, or None for nothing typed."""
    text = values.get(field, "").strip()
    try:
        return parse_amount(text, currency) if text else None
    except InvalidAmount as error:
        wrong[field] = error.message
        return None


def read_moment(field: str, values: Values, zone: str, wrong: Wrong) -> datetime | None:
    """A moment by the store's clock, as a browser's `datetime-local` field writes it."""
    text = values.get(field, "").strip()
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)) if text else None
    except ValueError:
        wrong[field] = N_("Enter a day and a time like 2026-11-30 20:00.")
        return None


def ids_of(texts: Sequence[Any]) -> list[UUID]:
    """Each id once, in order; what is no id is left out."""
    ids = []
    for text in texts:
        try:
            ids.append(UUID(str(text)))
        except ValueError:
            continue
    return list(dict.fromkeys(ids))[:MOST_ITEMS]


def _item(variant: UUID, values: Values, currency: str, wrong: Wrong, kind: str) -> ItemDraft:
    price = read_price(f"price_{variant}", values, currency, wrong)
    if price is None and f"price_{variant}" not in wrong:
        wrong[f"price_{variant}"] = N_("Enter a price.")
    return ItemDraft(
        variant, price or 0, read_count(f"quota_{variant}", values, wrong),
        kind_form(kind).tiers(variant, values, currency, wrong),
        kind_form(kind).shares(variant, values, currency, wrong),
    )  # fmt: skip


def local(moment: datetime | None, zone: str) -> str:
    """A moment as a browser's `datetime-local` field writes it, by this clock."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M") if moment else ""


FOUND = """
SELECT product.id, product.title, product.cover_thumb_key, min(variant.price_amount) AS price_amount,
    array_agg(variant.id ORDER BY variant.position) AS variants
FROM product JOIN variant ON variant.product = product.id AND variant.active
WHERE product.status = 'published' AND NOT product.gift_card
    AND ($1 = '' OR product.search_text LIKE '%' || $1 || '%')
GROUP BY product.id ORDER BY product.position, product.id LIMIT $2
"""
ROWS = """
SELECT variant.id AS variant, variant.price_amount, variant.cost_amount, product.title, product.cover_thumb_key,
    CASE variant.title WHEN 'Default Title' THEN '' ELSE variant.title END AS variant_title,
    coalesce(stock.available, 0)::bigint AS available, coalesce(stock.endless, false) AS endless
FROM unnest($1::uuid[]) WITH ORDINALITY AS wanted (id, place)
JOIN variant ON variant.id = wanted.id JOIN product ON product.id = variant.product
LEFT JOIN LATERAL (
    SELECT sum(on_hand - reserved - allocated) AS available, bool_or(oversell OR NOT tracked) AS endless
    FROM stock_level WHERE stock_level.variant = variant.id
) AS stock ON true
ORDER BY wanted.place
"""


async def find_goods(words_: str) -> list[dict[str, Any]]:
    """Published products whose text has these words."""
    rows = await tenants.connection().fetch(FOUND, words_.strip().lower(), MOST_FOUND)
    return [dict(row) for row in rows]


async def rows_of(chosen: Sequence[UUID]) -> list[dict[str, Any]]:
    """What the form shows of chosen variants, in their order."""
    return [dict(row) for row in await tenants.connection().fetch(ROWS, list(chosen))]


VARIANTS = """
SELECT variant.id FROM variant WHERE variant.product = ANY($1::uuid[]) AND variant.active
ORDER BY array_position($1::uuid[], variant.product), variant.position
"""


async def variants_of(products: Sequence[UUID]) -> list[UUID]:
    return [row["id"] for row in await tenants.connection().fetch(VARIANTS, list(products))]
