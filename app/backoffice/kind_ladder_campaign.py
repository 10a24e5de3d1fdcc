"""A ladder in the back office: its steps in the form, and on its page how it climbed and how far its settlement is.

A row of the form is an item with its first price; below it stand four further steps, each a count and a price. Empty
ones are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import tenants
from app import group_buying
from app.backoffice.campaign_kind import KindForm, Values, Wrong, share_of_price
from app.backoffice.ladder_chart import Moved, climb
from app.group_buying import Campaign, Item, LadderTerms, Terms, Tier
from app.kernel.clock import now
from app.kernel.i18n import N_, gettext
from app.kernel.money import InvalidAmount, parse_amount, plain_amount

FURTHER = range(1, group_buying.stairs.MOST_STEPS)
USUAL = ((10, 95), (30, 90), (60, 85))  # what a new row starts with: from this count, percent of the usual price
END = N_("Nobody can join any more. The count becomes final, and everybody pays the step it has reached.")
CHANGE = N_("People have joined already. Steps can only get better, and in the end everybody has the best one.")
NUMBER = N_("Enter a whole number.")


class LadderForm(KindForm):
    start: Mapping[str, str] = {"counts": "units", "ships": "confirmed", "below_min": "refund"}
    hours = 72

    def terms(self, kind: str, values: Values, wrong: Wrong) -> Terms:
        least = values.get("min_count", "").strip()
        if least and not _is_count(least):
            wrong["min_count"] = NUMBER
            least = ""
        chosen = {
            "counts": _one_of(("units", "people"), values.get("counts", "")),
            "ships": _one_of(("confirmed", "at_once"), values.get("ships", "")),
            "below_min": _one_of(("refund", "keep"), values.get("below_min", "")),
            "min_count": int(least or 0),
        }
        if chosen["min_count"] and (chosen["ships"], chosen["below_min"]) == ("at_once", "refund"):
            wrong["ships"] = N_("What was sent cannot be called off: send at the end, or let everybody keep the price.")
        return group_buying.terms_of(kind, chosen)

    def values(self, campaign: Campaign) -> dict[str, str]:
        terms = campaign.terms
        if not isinstance(terms, LadderTerms):
            return {}
        return {
            "counts": terms.counts, "ships": terms.ships, "below_min": terms.below_min,
            "min_count": str(terms.min_count or ""),
        }  # fmt: skip

    def tiers(self, variant: UUID, values: Values, currency: str, wrong: Wrong) -> tuple[Tier, ...]:
        tiers = []
        for place in FURTHER:
            count, price = (values.get(f"{part}_{variant}_{place}", "").strip() for part in ("from", "step"))
            if not count and not price:
                continue
            if not _is_count(count):
                wrong[f"from_{variant}_{place}"] = NUMBER
            try:
                tiers.append(Tier(int(count) if _is_count(count) else 0, parse_amount(price, currency)))
            except InvalidAmount as error:
                wrong[f"step_{variant}_{place}"] = error.message
        return tuple(tiers)

    def item_values(self, item: Item, currency: str) -> dict[str, str]:
        return _typed(item.variant, [(tier.from_count, tier.price_amount) for tier in item.tiers], currency)

    def start_item(self, row: Mapping[str, Any], currency: str) -> dict[str, str]:
        steps = [(count, share_of_price(row["price_amount"], percent, currency)) for count, percent in USUAL]
        return super().start_item(row, currency) | _typed(row["variant"], steps, currency)

    async def page(self, campaign: Campaign, items: Sequence[Item]) -> dict[str, Any]:
        by_people = isinstance(campaign.terms, LadderTerms) and campaign.terms.counts == "people"
        final = await group_buying.ladders.final_of(campaign.id)
        count = final.count if final else campaign.taken_people if by_people else campaign.taken_units
        return {
            "by_people": by_people, "final": final, "count": count,
            "stairs": [(item, group_buying.stairs.stairs_of(item, count)) for item in items if item.active],
            "progress": await group_buying.ladders.progress_of(campaign.id),
            "climbed": await _climbed(campaign, by_people=by_people),
            "end_words": gettext(END),
        }  # fmt: skip

    async def form(self) -> dict[str, Any]:
        return {"further": FURTHER, "change_words": gettext(CHANGE)}


MOVED = """
SELECT taken_at AS at, units, persons FROM participation WHERE campaign = $1 AND taken_at IS NOT NULL
UNION ALL SELECT released_at, -units, persons FROM participation
    WHERE campaign = $1 AND taken_at IS NOT NULL AND released_at IS NOT NULL
ORDER BY at
"""


async def _climbed(campaign: Campaign, *, by_people: bool) -> list[tuple[datetime, int]]:
    rows = await tenants.connection().fetch(MOVED, campaign.id)
    moved = [Moved(row["at"], row["units"], tuple(row["persons"])) for row in rows]
    return climb(moved, campaign.opened_at, campaign.closed_at or now(), by_people=by_people)


def _typed(variant: object, steps: Sequence[tuple[int, int]], currency: str) -> dict[str, str]:
    typed = {f"{part}_{variant}_{place}": "" for place in FURTHER for part in ("from", "step")}
    for place, (count, amount) in zip(FURTHER, steps, strict=False):
        typed |= {f"from_{variant}_{place}": str(count), f"step_{variant}_{place}": plain_amount(amount, currency)}
    return typed


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 8 and int(text) > 0


def _one_of(known: tuple[str, ...], text: str) -> str:
    """The first one for anything else: a form that was not sent by our page means the usual."""
    return text if text in known else known[0]
