"""Whether enough people want something: an interval around what was counted, held against the target.

Counts (views, people who want it, paid orders) are taken as Poisson: the exact 95 % interval of Garwood, which is the
smallest and the largest mean under which so many, or so few, still happen in 2.5 % of all tests. Above 1000 it is
computed by Byar's approximation, which is right to four digits there. A conversion is paid orders of views: the 95 %
interval of Wilson, which holds for few views and for rates near nothing.

    go      the whole interval lies at or above the target
    no_go   the whole interval lies below it
    extend  the target lies inside: nobody can tell yet

A target of a count is meant for the planned time. A test that was extended has to keep the pace: its target grows in
proportion to the time.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import msgspec

Verdict = Literal["go", "no_go", "extend"]
Metric = Literal["views", "intents", "deposits", "conversion"]
Z = 1.959964  # of a normal distribution, 2.5 % lie above this
TAIL = 0.025
EXACT_UP_TO = 1000
PERCENT = 100


class Finding(msgspec.Struct, frozen=True):
    """Estimate, interval and target: counts, or percent for a conversion."""

    estimate: float
    low: float
    high: float
    target: float

    @property
    def verdict(self) -> Verdict:
        if self.low >= self.target:
            return "go"
        return "no_go" if self.high < self.target else "extend"

    @property
    def likelier(self) -> Verdict:
        """Which of both the estimate itself speaks for, when there is no more time."""
        return "go" if self.estimate >= self.target else "no_go"


def of_count(counted: int, target: int, *, planned: float = 1, lasted: float = 1) -> Finding:
    """`planned` and `lasted` are how long the test should take and how long it did, in the same unit."""
    low, high = poisson_interval(counted)
    return Finding(counted, low, high, target * lasted / planned if planned > 0 else target)


def of_share(hits: int, tries: int, target_bps: int) -> Finding:
    low, high = wilson_interval(hits, tries)
    share = hits / tries if tries else 0.0
    return Finding(share * PERCENT, low * PERCENT, high * PERCENT, target_bps / PERCENT)


def wilson_interval(hits: int, tries: int) -> tuple[float, float]:
    """Everything is possible while nobody has looked."""
    if tries <= 0:
        return 0.0, 1.0
    share, square = min(hits, tries) / tries, Z * Z
    scale = 1 + square / tries
    middle = (share + square / (2 * tries)) / scale
    half = Z * math.sqrt(share * (1 - share) / tries + square / (4 * tries * tries)) / scale
    return max(middle - half, 0.0), min(middle + half, 1.0)


def poisson_interval(counted: int) -> tuple[float, float]:
    if counted > EXACT_UP_TO:
        return _byar(counted, -Z), _byar(counted + 1, Z)
    low = _mean_where(lambda mean: 1 - at_most(counted - 1, mean) < TAIL, counted) if counted else 0.0
    return low, _mean_where(lambda mean: at_most(counted, mean) > TAIL, counted + 8 * math.sqrt(counted + 1) + 10)


def at_most(count: int, mean: float) -> float:
    """How likely a Poisson count of this mean is `count` or fewer."""
    if count < 0:
        return 0.0
    if mean <= 0:
        return 1.0
    return math.fsum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count + 1))


def _mean_where(is_below: Callable[[float], bool], most: float) -> float:
    """The mean between 0 and `most` at which this stops to be true."""
    low, high = 0.0, most
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if is_below(middle) else (low, middle)
    return (low + high) / 2


def _byar(count: int, z: float) -> float:
    return count * math.pow(1 - 1 / (9 * count) + z / (3 * math.sqrt(count)), 3)
