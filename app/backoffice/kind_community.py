"""Community group buys in the back office: their rules, and what to bring to which point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import tenants
from app import group_buying, pickups
from app.backoffice.campaign_kind import KindForm, Values, Wrong
from app.backoffice.settings import basis_points, percent
from app.flows.mode_community import ready_on, terms_of
from app.flows.pick_lists import pick_lists
from app.group_buying import Campaign, Item, Terms
from app.kernel.clock import now
from app.kernel.i18n import N_
from app.kernel.i18n import gettext as _

EVENING, TOO_LATE = 23, 20
END = N_("This is the cut-off: what is paid is counted and confirmed, or refunded below the minimum.")
POINT = "at_"  # and the id of a chosen point
# field -> most that makes sense
COUNTS = {"least_orders": 10_000, "point_orders": 1_000, "grace_minutes": 60, "delivery_days": 14, "overdue_days": 30}
MOST_BPS = 5000


class CommunityForm(KindForm):
    usual_percent = 90

    @property
    def start(self) -> Mapping[str, str]:  # type: ignore[override] # it depends on the hour
        """Until tonight, or tomorrow night when that is soon; everything else as most stores have it."""
        local = now().astimezone(ZoneInfo(tenants.current().time_zone))
        day = local if local.hour < TOO_LATE else local + timedelta(days=1)
        ends_at = day.replace(hour=EVENING, minute=0).strftime("%Y-%m-%dT%H:%M")
        return {"ends_at": ends_at, **_values(group_buying.CommunityTerms())}

    def terms(self, kind: str, values: Values, wrong: Wrong) -> Terms:
        facts: dict[str, Any] = {name: _count(name, most, values, wrong) for name, most in COUNTS.items()}
        for name in ("pickup_bps", "cap_bps"):
            facts[name] = basis_points(values.get(name, "") or "0", name, wrong) or 0
            if facts[name] > MOST_BPS:
                wrong[name] = N_("At most 50%.")
        if facts["pickup_bps"] > facts["cap_bps"]:
            wrong["pickup_bps"] = N_("This is more than all shares together may be.")
        facts["freight"] = "usual" if values.get("freight") == "usual" else "free"
        facts["points"] = _points(values)
        if wrong:
            return group_buying.CommunityTerms()
        return group_buying.terms_of(kind, facts)

    def values(self, campaign: Campaign) -> dict[str, str]:
        return _values(terms_of(campaign))

    async def form(self) -> dict[str, Any]:
        return {"points": await pickups.open_points()}

    async def page(self, campaign: Campaign, items: Sequence[Item]) -> dict[str, Any]:
        batches = {batch.point: batch for batch in await pickups.batches_of(campaign.id)}
        return {
            "lists": await pick_lists(campaign.id), "batches": batches, "pickup_words": pickups.words,
            "terms": terms_of(campaign), "percent": percent, "end_words": _(END),
            "ready_on": ready_on(campaign, ZoneInfo(tenants.current().time_zone)),
        }  # fmt: skip


def _values(terms: group_buying.CommunityTerms) -> dict[str, str]:
    values = {name: str(getattr(terms, name)) for name in COUNTS}
    values |= {"pickup_bps": percent(terms.pickup_bps), "cap_bps": percent(terms.cap_bps), "freight": terms.freight}
    return values | {f"{POINT}{point}": "yes" for point in terms.points}


def _points(values: Values) -> list[UUID]:
    """What is no point's name is left out."""
    found = []
    for name in sorted(values):
        try:
            found += [UUID(name.removeprefix(POINT))] if name.startswith(POINT) else []
        except ValueError:
            continue
    return found


def _count(name: str, most: int, values: Values, wrong: Wrong) -> int:
    text = values.get(name, "").strip() or "0"
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and int(text) <= most):
        wrong[name] = N_("Enter a whole number.")
        return 0
    return int(text)
