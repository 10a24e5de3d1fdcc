"""What a leader may write: chain orders of allowed goods, not below their price, for the share that was set.

Not a journey of its own. The leader's form comes in as it was typed; a draft comes out, or a refusal that names every
field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from app.flows import chain_terms
from app.group_buying import Campaign, CampaignDraft, ChainTerms, Good, Item, ItemDraft, Shares
from app.kernel.clock import now
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.kernel.money import InvalidAmount, parse_amount
from app.promoters import Promoter

Values = Mapping[str, str]
Wrong = dict[str, str]
MOST_ITEMS = 50
LONGEST = timedelta(days=60)


def read_draft(
    values: Values,
    chosen: Sequence[UUID],
    leader: Promoter,
    goods: Mapping[UUID, Good],
    *,
    currency: str,
    zone: str,
    known: Campaign | None = None,
    shares: Mapping[UUID, Shares] | None = None,
) -> CampaignDraft:
    """`shares` are those of a saved campaign: what was promised for an item stays. Raises InvalidInput."""
    wrong: Wrong = {}
    passed_on = read_percent("help_rate", values, wrong)
    items = [
        _item(goods[variant], values, currency, wrong, leader, passed_on, (shares or {}).get(variant))
        for variant in chosen[:MOST_ITEMS]
        if variant in goods
    ]
    ships_by = known.terms.ships_by if known else None  # the merchant's promise, which this form does not show
    terms = msgspec.structs.replace(chain_terms.read_terms(values, wrong), ships_by=ships_by)
    draft = CampaignDraft(
        kind="chain_campaign", title=values.get("title", ""), terms=terms, items=items,
        share_text=values.get("share_text", ""), story=values.get("story", ""), ends_at=read_end(values, zone, wrong),
        person_limit=read_count("person_limit", values, wrong), leader=leader.id,
        cover_key=known.cover_key if known else None, starts_at=known.starts_at if known else None,
    )  # fmt: skip
    if not draft.title.strip():
        wrong["title"] = N_("Enter a title of up to 80 characters.")
    if not items:
        wrong["items"] = N_("Choose at least one product.")
    if wrong:
        raise InvalidInput(wrong)
    return draft


def read_copy(values: Values, base: CampaignDraft, items: Sequence[Item], *, currency: str, zone: str) -> CampaignDraft:
    """What a helper changes in the own copy: words, place, prices and the end. Raises InvalidInput.

    `base` is the copy as it is, `items` what it offers. What the copied list allows is checked when it is saved.
    """
    wrong: Wrong = {}
    terms, place = cast(ChainTerms, base.terms), chain_terms.read_place(values)
    if terms.delivery != "express" and not place:
        wrong["place"] = chain_terms.NO_PLACE
    prices = {item.variant: read_price(f"price_{item.variant}", values, currency, wrong) for item in items}
    draft = replace(
        base, title=values.get("title", ""), share_text=values.get("share_text", ""), story=values.get("story", ""),
        ends_at=read_end(values, zone, wrong), terms=msgspec.structs.replace(terms, place=place),
        items=[ItemDraft(item.variant, prices[item.variant] or item.price_amount, item.quota) for item in items],
    )  # fmt: skip
    if wrong:
        raise InvalidInput(wrong)
    return draft


def _item(
    good: Good, values: Values, currency: str, wrong: Wrong, leader: Promoter, passed_on: int, before: Shares | None
) -> ItemDraft:
    name = f"price_{good.variant}"
    price = read_price(name, values, currency, wrong)
    if price is None and name not in wrong:
        wrong[name] = N_("Enter a price.")
    elif price is not None and price < good.floor_amount:
        wrong[name] = N_("This is below the lowest price the store allows.")
    own = leader.commission_bps if good.leader_bps is None else good.leader_bps
    rate = before.leader_bps if before else own
    if passed_on > rate and values.get("help_sell") == "yes":
        wrong["help_rate"] = N_("Helpers are paid out of your share, so it cannot be more.")
    supply = read_price(f"supply_{good.variant}", values, currency, wrong)
    if supply is not None and supply < good.floor_amount:
        wrong[f"supply_{good.variant}"] = N_("This is below the lowest price the store allows.")
    return ItemDraft(
        good.variant, price or 0, read_count(f"quota_{good.variant}", values, wrong),
        shares=Shares(leader_bps=rate, help_bps=min(passed_on, rate), supply_amount=supply),
    )  # fmt: skip


def read_end(values: Values, zone: str, wrong: Wrong) -> datetime | None:
    text = values.get("ends_at", "").strip()
    try:
        end = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        wrong["ends_at"] = N_("Enter a day and a time like 2026-11-30 20:00.")
        return None
    if not now() < end <= now() + LONGEST:
        wrong["ends_at"] = N_("The end lies ahead, within two months.")
    return end


def read_price(field: str, values: Values, currency: str, wrong: Wrong) -> int | None:
    """An amount, or None for nothing typed."""
    text = values.get(field, "").strip()
    try:
        return parse_amount(text, currency) if text else None
    except InvalidAmount as error:
        wrong[field] = error.message
        return None


def read_count(field: str, values: Values, wrong: Wrong) -> int | None:
    """A whole number from 1 up, or None for nothing typed."""
    text = values.get(field, "").strip()
    if text and not (text.isascii() and text.isdecimal() and len(text) < 9 and int(text) > 0):
        wrong[field] = N_("Enter a whole number.")
        return None
    return int(text) if text else None


def read_percent(field: str, values: Values, wrong: Wrong) -> int:
    """Basis points of what was typed as percent, nothing typed is 0."""
    whole, _dot, part = (values.get(field, "").strip().rstrip("%").strip() or "0").partition(".")
    if not (whole + part).isascii() or not (whole + part).isdecimal() or len(whole) > 3 or len(part) > 2:
        wrong[field] = N_("Enter percent like 12.5.")
        return 0
    return int(whole or "0") * 100 + int(part.ljust(2, "0") or "0")
