"""The form of a contest: what was typed, and the draft it means.

Who stands where is one choice for each promoter: not in it, for themselves, or in one of the teams named above.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app import contests
from app.backoffice.campaign_form import ids_of, local, read_count, read_moment, read_price
from app.backoffice.settings import basis_points, percent
from app.contests import ContestDraft
from app.kernel.clock import now
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.kernel.money import plain_amount
from app.promoters import Promoter

MOST_TEAMS, PLACES = 6, 5
ALONE = "alone"
HOUR = timedelta(hours=1)
# What a merchant may say is rewarded beside sales; the gate answers with the rule.
DECLARED = ("recruit_bonus", "headcount_task", "team_bonus", "joining_fee")


def empty(zone: str, window_days: int) -> dict[str, str]:
    """Two hours from the next full hour on."""
    start = now().replace(minute=0, second=0, microsecond=0) + HOUR
    return {
        "metric": "net_sales", "scope": "store", "split": "by_score", "window_days": str(window_days),
        "starts_at": local(start, zone), "ends_at": local(start + 2 * HOUR, zone),
    }  # fmt: skip


def values_of(draft: ContestDraft, currency: str, zone: str) -> dict[str, str]:
    """What the form shows of a draft that was saved."""
    least = plain_amount(draft.least_score, currency) if draft.metric == "net_sales" else str(draft.least_score)
    values = {
        "title": draft.title, "words": draft.words, "metric": draft.metric, "scope": draft.scope,
        "live_session": str(draft.live_session or ""), "campaign": str(draft.campaign or ""),
        "starts_at": local(draft.starts_at, zone), "ends_at": local(draft.ends_at, zone),
        "window_days": str(draft.window_days), "least_score": "" if draft.least_score == 1 else least,
        "cap": percent(draft.cap_bps) if draft.cap_bps else "", "split": draft.split,
        "is_public": "yes" if draft.is_public else "",
    }  # fmt: skip
    for number, (name, members) in enumerate(draft.sides, start=1):
        if draft.by_team:
            values[f"team_{number}"] = name
        values |= {f"side_{promoter}": str(number) if draft.by_team else ALONE for promoter in members}
    return values | {
        f"prize_{place}": plain_amount(amount, currency) for place, amount in enumerate(draft.prizes, start=1)
    }


def read_draft(
    values: Mapping[str, str], products: Sequence[str], people: Sequence[Promoter], declared: Sequence[str], *,
    currency: str, zone: str,
) -> ContestDraft:  # fmt: skip
    """Raises InvalidInput naming every field that cannot be read."""
    wrong: dict[str, str] = {}
    metric = values.get("metric", "")
    starts_at, ends_at = (read_moment(name, values, zone, wrong) for name in ("starts_at", "ends_at"))
    least = read_price("least_score", values, currency, wrong) if metric == "net_sales" else read_count(
        "least_score", values, wrong)  # fmt: skip
    prizes = [read_price(f"prize_{place}", values, currency, wrong) or 0 for place in range(1, PLACES + 1)]
    by_team, sides = _sides(values, people, wrong)
    draft = ContestDraft(
        title=values.get("title", "").strip(), words=values.get("words", "").strip()[:1_000], metric=metric,
        starts_at=_there("starts_at", starts_at, wrong), ends_at=_there("ends_at", ends_at, wrong),
        window_days=_days(values, wrong), sides=sides, prizes=_until_last(prizes), by_team=by_team,
        split=values.get("split", "") if values.get("split") in contests.SPLITS else "by_score",
        least_score=1 if least is None else least, cap_bps=_cap(values, wrong),
        is_public=values.get("is_public") == "yes", declared=declared, **_scope(values, products),
    )  # fmt: skip
    if wrong:
        raise InvalidInput(wrong)
    return draft


def _there(field: str, moment: datetime | None, wrong: dict[str, str]) -> datetime:
    if moment is None:
        wrong.setdefault(field, N_("Enter a day and a time like 2026-11-30 20:00."))
    return moment or now()


def _scope(values: Mapping[str, str], products: Sequence[str]) -> dict[str, Any]:
    """Only what the chosen scope asks for; the rest of the form is left alone."""
    scope = values.get("scope", "store")
    one = next(iter(ids_of([values.get(scope, "")])), None)
    return {
        "scope": scope, "live_session": one if scope == "live_session" else None,
        "campaign": one if scope == "campaign" else None, "products": ids_of(products) if scope == "products" else [],
    }  # fmt: skip


def _sides(
    values: Mapping[str, str], people: Sequence[Promoter], wrong: dict[str, str]
) -> tuple[bool, list[tuple[str, list[UUID]]]]:
    chosen = [(one, values.get(f"side_{one.id}", "")) for one in people]
    alone = [one for one, where in chosen if where == ALONE]
    teams = [
        (values.get(f"team_{number}", "").strip()[:40], [one.id for one, where in chosen if where == str(number)])
        for number in range(1, MOST_TEAMS + 1)
    ]
    teams = [(name, members) for name, members in teams if members or name]
    if alone and any(members for _name, members in teams):
        wrong["sides"] = N_("Either everybody stands alone, or everybody is in a team.")
    if alone:
        return False, [(one.name, [one.id]) for one in alone]
    return True, teams


def _until_last(prizes: Sequence[int]) -> list[int]:
    """A place left empty between two prizes stays, so that it can be named."""
    last = max((place for place, amount in enumerate(prizes, start=1) if amount), default=0)
    return list(prizes[:last])


def _days(values: Mapping[str, str], wrong: dict[str, str]) -> int:
    text = values.get("window_days", "").strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 4):
        wrong["window_days"] = N_("Between 0 and 180 days.")
        return 0
    return int(text)


def _cap(values: Mapping[str, str], wrong: dict[str, str]) -> int | None:
    text = values.get("cap", "").strip()
    return basis_points(text, "cap", wrong) if text else None
