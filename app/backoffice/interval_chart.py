"""Where the lines of an interval's chart lie: server-drawn, so that it stands without script."""

from __future__ import annotations

from dataclasses import dataclass

from app.presale import Finding

WIDTH, LEFT, RIGHT = 640, 16, 16


@dataclass(frozen=True, slots=True)
class Drawn:
    """Places along the line, in units of the picture."""

    low: int
    high: int
    dot: int
    goal: int
    ticks: tuple[tuple[int, str], ...]


def draw(finding: Finding) -> Drawn:
    """From nothing to a little beyond the largest thing there is to show."""
    top = max(finding.high, finding.target, 1) * 1.1

    def at(value: float) -> int:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * min(value / top, 1))

    step = _round_step(top / 4)
    ticks = tuple((at(step * n), f"{step * n:g}") for n in range(int(top / step) + 1))
    return Drawn(at(finding.low), at(finding.high), at(finding.estimate), at(finding.target), ticks)


def _round_step(rough: float) -> float:
    """1, 2 or 5 times a power of ten, not less than this."""
    power = 1.0
    while power * 10 <= rough:
        power *= 10
    while power > rough:
        power /= 10
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
