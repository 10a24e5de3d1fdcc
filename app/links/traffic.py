"""What the traffic of a link looks like: a score of signs that it may not be people, each with what it rests on.

It is about clicks alone. Nothing is paid for clicks and nothing is taken away for them; somebody of the store who reads
the signs decides whether to look further.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from app.kernel.i18n import N_

FEWEST = 30  # fewer arrivals say nothing
FROM_WORTH, FROM_HIGH = 20, 50


class Traffic(NamedTuple):
    """What arrived through one link lately. `seen` of the `visitors` opened a page of the store."""

    arrivals: int
    screened: int
    repeats: int
    visitors: int
    seen: int
    busiest_minute: int
    from_one_address: int


class Sign(msgspec.Struct, frozen=True):
    """One reason with its share in percent, and what it adds to the score."""

    name: str
    percent: int
    points: int

    @property
    def text(self) -> str:
        """An English msgid that wants `share`."""
        return TEXTS[self.name]


TEXTS = {
    "screened": N_("%(share)s%% of the arrivals were machines, looks ahead or parts of other pages."),
    "repeats": N_("%(share)s%% of the arrivals were the same visitors again within half a minute."),
    "burst": N_("%(share)s%% of the arrivals came within one and the same minute."),
    "one_address": N_("%(share)s%% of the arrivals came from one address."),
    "unseen": N_("%(share)s%% of the visitors never opened a page of the store."),
}
# From which share on a sign counts, and what it adds when it is all there is. An office or a school is one address, and
# a call in a live brings everybody at once: neither alone makes a score high.
WEIGHTS = {
    "screened": (30, 40), "repeats": (30, 20), "burst": (20, 25), "one_address": (50, 15), "unseen": (70, 40),
}  # fmt: skip


def signs_of(traffic: Traffic) -> list[Sign]:
    """The strongest first; none of traffic that is too little to say anything."""
    if traffic.arrivals < FEWEST:
        return []
    shares = {
        "screened": _percent(traffic.screened, traffic.arrivals),
        "repeats": _percent(traffic.repeats, traffic.arrivals),
        "burst": _percent(traffic.busiest_minute, traffic.arrivals),
        "one_address": _percent(traffic.from_one_address, traffic.arrivals),
        "unseen": _percent(traffic.visitors - traffic.seen, traffic.visitors) if traffic.visitors >= FEWEST else 0,
    }
    signs = [Sign(name, share, _points(name, share)) for name, share in shares.items()]
    return sorted((sign for sign in signs if sign.points), key=lambda sign: (-sign.points, sign.name))


def score_of(signs: Iterable[Sign]) -> int:
    return min(100, sum(sign.points for sign in signs))


def level_of(score: int) -> str:
    """`low`, `worth_a_look` or `high`."""
    return "high" if score >= FROM_HIGH else "worth_a_look" if score >= FROM_WORTH else "low"


def _percent(part: int, whole: int) -> int:
    return part * 100 // whole if whole else 0


def _points(name: str, share: int) -> int:
    start, weight = WEIGHTS[name]
    return -(-weight * (share - start) // (100 - start)) if share > start else 0
