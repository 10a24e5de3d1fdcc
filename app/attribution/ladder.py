"""The ladder: of everybody who may have the sale, the one on the highest rung of the store's policy has it.

A rule without a world around it: candidates, policy and times come in, a verdict comes out, so that a decision can be
explained, checked, and made again under another policy. On one rung the newest wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from app.attribution.candidates import Candidate, Loser, Verdict
from app.attribution.policies import Policy

CLICKS = ("live", "link")
HELD = "unbacked_coupon"  # a rung that wins only until somebody has looked


def judge(candidates: Iterable[Candidate], policy: Policy, *, placed_at: datetime) -> Verdict:
    """Two at the same instant are ordered by their id, which is time-ordered too."""
    ranked = sorted(candidates, key=lambda one: (one.occurred_at, str(one.click or one.source)), reverse=True)
    placed = [(one, *_place(one, ranked, policy, placed_at)) for one in ranked]
    winner, rung = _highest(placed, policy)
    losers = [
        Loser(one, obstacle or _beaten(one, own, winner, rung), own)
        for one, own, obstacle in placed
        if one is not winner
    ]
    return Verdict(winner, tuple(losers), rung or ("nobody_qualified" if losers else "no_click"), rung)


def _highest(placed: Sequence[tuple[Candidate, str, str]], policy: Policy) -> tuple[Candidate | None, str]:
    for rung in policy.rungs:
        for one, own, obstacle in placed:
            if own == rung and not obstacle:
                return one, rung
    return None, ""


def _place(one: Candidate, everyone: Sequence[Candidate], policy: Policy, placed_at: datetime) -> tuple[str, str]:
    """On which rung the candidate stands, and what keeps it from winning there."""
    rung, obstacle = one.kind, one.barred
    if one.kind in CLICKS:
        in_room = "live" in policy.rungs and _in_the_room(one, everyone, policy, placed_at)
        rung = "live" if in_room else "last_click"
        obstacle = obstacle or ("" if in_room else _out_of_time(one, policy, placed_at))
    elif one.kind == "coupon" and not _is_backed(one, everyone, policy, placed_at):
        rung = HELD
    return rung, obstacle or ("" if rung in policy.rungs else "rung_off")


def _out_of_time(one: Candidate, policy: Policy, placed_at: datetime) -> str:
    if one.occurred_at > placed_at:
        return "after_the_order"
    return "too_old" if one.occurred_at < placed_at - timedelta(days=policy.click_window_days) else ""


def _in_the_room(one: Candidate, everyone: Sequence[Candidate], policy: Policy, placed_at: datetime) -> bool:
    """Soon after the last touch in the room; or the show goes on, and the shopper followed nobody else since."""
    if one.kind != "live" or one.barred or one.occurred_at > placed_at:
        return False
    if placed_at - one.occurred_at <= timedelta(minutes=policy.live_minutes):
        return True
    newest = next(each for each in everyone if _counts(each, placed_at))
    return one.on_air and newest is one


def _counts(one: Candidate, placed_at: datetime) -> bool:
    return one.kind in CLICKS and not one.barred and one.occurred_at <= placed_at


def _is_backed(coupon: Candidate, everyone: Sequence[Candidate], policy: Policy, placed_at: datetime) -> bool:
    """The shopper also came through a link of the coupon's owner, within the window."""
    return any(
        one.promoter == coupon.promoter and _counts(one, placed_at) and not _out_of_time(one, policy, placed_at)
        for one in everyone
    )


def _beaten(one: Candidate, own: str, winner: Candidate | None, rung: str) -> str:
    """Why somebody who could have won did not."""
    if winner is None or own != rung:
        return "higher_rung_won"
    return "earlier_click" if one.promoter == winner.promoter else "later_click_won"


LEADER = "leader_campaign"


def with_leader(verdict: Verdict, leader: Candidate | None) -> Verdict:
    """The leader of a campaign has its order, unless somebody else's claim is better than a coupon that nothing backs.

    That holds in a copy too, against the helper and against the leader behind: whoever brought the shopper by a link
    earns alone, by the own rate. A claim of the leader's own needs no second one: then it stays the winner, and the
    shares of the list are paid.
    """
    found = verdict.winner
    if leader is None or (found and found.promoter == leader.promoter and verdict.rung != HELD):
        return verdict
    rival = found if verdict.rung != HELD else None
    obstacle = leader.barred or ("" if rival is None else "link_won" if rival.kind in CLICKS else "higher_rung_won")
    if obstacle:
        return Verdict(found, (*verdict.losers, Loser(leader, obstacle, LEADER)), verdict.reason, verdict.rung)
    beaten = (Loser(found, "higher_rung_won", verdict.rung),) if found else ()
    return Verdict(leader, (*beaten, *verdict.losers), LEADER, LEADER)
