"""The rule "last click": of everybody who brought the shopper within the window, the last one has the sale.

A rule without a world around it: candidates and times come in, a verdict comes out. Replaying the same candidates
gives the same verdict, so a decision can be explained, and checked, long after it was made.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

RULE = "last_click"
RULE_VERSION = "last_click/1"


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One click of the shopper. `barred` is why it can never win, or empty; `touch` is None when it did not qualify.

    The leader of a campaign claims its orders without a click and without a link.
    """

    click: UUID | None
    touch: UUID | None
    promoter: UUID
    promoter_name: str
    link: UUID | None
    code: str
    label: str
    live_session: UUID | None
    kind: str
    occurred_at: datetime
    barred: str = ""


class Loser(msgspec.Struct, frozen=True):
    """A click that did not get the sale, and why."""

    candidate: Candidate
    reason: str


class Verdict(msgspec.Struct, frozen=True):
    """`reason` is the rule's name when somebody won, else why nobody did."""

    winner: Candidate | None
    losers: tuple[Loser, ...]
    reason: str


def judge(candidates: Iterable[Candidate], *, placed_at: datetime, window_days: int) -> Verdict:
    """The newest click that may win does; every other one loses for a reason that can be told.

    Clicks after the order never count. Two at the same instant are ordered by their id, which is time-ordered too.
    """
    ranked = sorted(candidates, key=lambda one: (one.occurred_at, str(one.click)), reverse=True)
    oldest = placed_at - timedelta(days=window_days)
    winner: Candidate | None = None
    losers: list[Loser] = []
    for one in ranked:
        reason = _obstacle(one, placed_at, oldest)
        if reason:
            losers.append(Loser(one, reason))
        elif winner is None:
            winner = one
        else:
            losers.append(Loser(one, "earlier_click" if one.promoter == winner.promoter else "later_click_won"))
    return Verdict(winner, tuple(losers), RULE if winner else ("nobody_qualified" if losers else "no_click"))


LEADER = "leader_campaign"


def with_leader(verdict: Verdict, leader: Candidate | None) -> Verdict:
    """The leader of a campaign has its order, unless somebody else's link brought the shopper.

    A link of the leader's own needs no second claim: then the click stays the winner.
    """
    if leader is None or (verdict.winner and verdict.winner.promoter == leader.promoter):
        return verdict
    obstacle = leader.barred or ("link_won" if verdict.winner else "")
    if obstacle:
        return Verdict(verdict.winner, (*verdict.losers, Loser(leader, obstacle)), verdict.reason)
    return Verdict(leader, verdict.losers, LEADER)


def _obstacle(one: Candidate, placed_at: datetime, oldest: datetime) -> str:
    if one.barred:
        return one.barred
    if one.occurred_at > placed_at:
        return "after_the_order"
    return "too_old" if one.occurred_at < oldest else ""
