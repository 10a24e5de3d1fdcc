"""One line per benchmark: ours, the reference measured beside it, the ratio, the goal, and whether it was reached."""

from __future__ import annotations

import os
import statistics
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

# Machines differ, so goals are ratios; only waiting times have a goal of their own.
HEADER = ("name", "ours", "reference", "ratio", "goal", "")
WIDTHS = (46, 26, 30, 8, 12, 5)


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    ours: str
    reference: str = "-"
    ratio: str = "-"
    goal: str = "-"
    verdict: str = ""

    def __str__(self) -> str:
        return _row((self.name, self.ours, self.reference, self.ratio, self.goal, self.verdict))


def compared(name: str, ours: float, reference: float, *, goal: float, of: str, unit: str = "/s") -> Line:
    """A rate beside the reference's, measured in turns. `of` names the reference."""
    ratio = ours / reference if reference else 0.0
    return Line(
        name,
        f"{ours:,.0f}{unit}",
        f"{reference:,.0f}{unit} {of}",
        f"{ratio:.2f}",
        f">= {goal:g}",
        _verdict(ratio >= goal),
    )


def beside(name: str, ours: float, reference: float, *, of: str, unit: str = "/s") -> Line:
    """A rate without a goal, for orientation."""
    return Line(name, f"{ours:,.0f}{unit}", f"{reference:,.0f}{unit} {of}", f"{ours / reference:.2f}")


def limited(name: str, ours: float, most: float, unit: str, *, note: str = "-", decimals: int = 0) -> Line:
    """A figure that must not be larger than a limit."""
    ratio = f"{ours / most:.2f}" if most else "-"
    return Line(name, f"{ours:,.{decimals}f} {unit}", note, ratio, f"<= {most:g} {unit}", _verdict(ours <= most))


def exact(name: str, ours: int, wanted: int, *, note: str = "-") -> Line:
    return Line(name, f"{ours:,}", note, "-", f"= {wanted:,}", _verdict(ours == wanted))


def not_measured(name: str, why: str) -> Line:
    return Line(name, "not measured", why[:160], verdict="short")


def _verdict(reached: bool) -> str:
    return "ok" if reached else "short"


def heading() -> str:
    cores = len(os.sched_getaffinity(0))
    shared = f"{cores} cores, shared by server, database and load generator alike; medians of alternating turns"
    return f"{shared}\n{_row(HEADER)}"


def _row(cells: Sequence[str]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()


async def in_turns(rounds: int, *sides: Callable[[], Awaitable[float]]) -> list[float]:
    """Measure A B A B ... and answer each side's median, so that a noisy neighbor meets all of them."""
    seen: list[list[float]] = [[] for _ in sides]
    for _ in range(rounds):
        for side, figures in zip(sides, seen, strict=True):
            figures.append(await side())
    return [statistics.median(figures) for figures in seen]


def percentile(figures: Sequence[float], share: float) -> float:
    ranked = sorted(figures)
    return ranked[min(len(ranked) - 1, int(len(ranked) * share))]
