"""The geometry of server-drawn charts: values in, SVG coordinates out. Axes start at zero."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

NICE_STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Tick:
    value: float
    y: float


@dataclass(frozen=True, slots=True)
class Block:
    """One rectangle; `series` counts from 1 and chooses the colour."""

    series: int
    x: float
    y: float
    width: float
    height: float
    value: float


@dataclass(frozen=True, slots=True)
class Column:
    """One stacked bar and where its label stands; an empty label is not printed."""

    blocks: tuple[Block, ...]
    middle: float
    label: str


@dataclass(frozen=True, slots=True)
class Stack:
    ticks: tuple[Tick, ...]
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    ticks: tuple[Tick, ...]
    paths: tuple[str, ...]
    labels: tuple[tuple[float, str], ...]
    dots: tuple[tuple[tuple[float, float], ...], ...]


def _round(value: float) -> float:
    return round(value, 1)


def axis(largest: float, steps: int = 4) -> tuple[float, ...]:
    """Round numbers from zero to at least `largest`."""
    rough = max(largest, 1) / steps
    power = 10 ** math.floor(math.log10(rough))
    step = next(nice * power for nice in NICE_STEPS if nice * power >= rough)
    return tuple(step * place for place in range(math.ceil(max(largest, 1) / step) + 1))


def _ticks(values: tuple[float, ...], top: float, bottom: float) -> tuple[Tick, ...]:
    return tuple(Tick(value, _round(bottom - (bottom - top) * value / values[-1])) for value in values)


def _printed(place: int, last: int, every: int) -> bool:
    """The last label always, and every n-th that does not run into it."""
    return place == last or (place % every == 0 and last - place >= every / 2)


def stacked(
    series: Sequence[Sequence[float]],
    labels: Sequence[str],
    *,
    left: float = 46,
    right: float = 760,
    top: float = 8,
    bottom: float = 190,
    every: int | None = None,
) -> Stack:
    """Bars of the same days on top of each other; `every` n-th label is printed, and always the last."""
    totals = [sum(column) for column in zip(*series, strict=True)]
    ticks = _ticks(axis(max(totals, default=0)), top, bottom)
    slot = (right - left) / max(len(labels), 1)
    every = every or max(1, math.ceil(len(labels) / 7))
    columns = []
    for place, label in enumerate(labels):
        x, y = left + slot * (place + 0.16), bottom
        blocks = []
        for number, values in enumerate(series, 1):
            height = (bottom - top) * values[place] / ticks[-1].value
            y -= height
            gap = 1 if height > 2 else 0  # a hairline between series, so they differ without colour too
            blocks.append(Block(number, _round(x), _round(y), _round(slot * 0.68), _round(height - gap), values[place]))
        shown = _printed(place, len(labels) - 1, every)
        columns.append(Column(tuple(blocks), _round(x + slot * 0.34), label if shown else ""))
    return Stack(ticks, tuple(columns))


def lines(
    series: Sequence[Sequence[float]],
    labels: Sequence[str],
    *,
    left: float = 46,
    right: float = 748,
    top: float = 8,
    bottom: float = 190,
    every: int | None = None,
) -> Lines:
    """One path per series over a common axis that starts at zero."""
    ticks = _ticks(axis(max((max(values, default=0) for values in series), default=0)), top, bottom)
    step = (right - left) / max(len(labels) - 1, 1)
    every = every or max(1, math.ceil(len(labels) / 7))

    def dots(values: Sequence[float]) -> tuple[tuple[float, float], ...]:
        height = bottom - top
        return tuple(
            (_round(left + step * place), _round(bottom - height * value / ticks[-1].value))
            for place, value in enumerate(values)
        )

    last = len(labels) - 1
    shown = [place for place in range(len(labels)) if _printed(place, last, every)]
    marks = tuple(dots(values) for values in series)
    return Lines(
        ticks,
        tuple(_path(points) for points in marks),
        tuple((_round(left + step * place), labels[place]) for place in shown),
        marks,
    )


def sparkline(values: Sequence[float], width: float = 240, height: float = 38) -> tuple[str, str]:
    """A line and the area below it. It shows a shape, not sizes: it runs between the smallest and the largest value."""
    low, high = min(values, default=0), max(values, default=0)
    span = (high - low) or 1
    step = width / max(len(values) - 1, 1)
    flat = high == low
    points = [
        (_round(step * place), _round(height / 2 if flat else height - 2 - (height - 4) * (value - low) / span))
        for place, value in enumerate(values)
    ]
    line = _path(points)
    return line, f"{line}L{width:g} {height:g}L0 {height:g}Z" if line else ""


def bars(values: Sequence[float], *, width: float = 600, top: float = 8, bottom: float = 132) -> tuple[Block, ...]:
    """One bar per minute for the live board; the newest tenth is series 1, the rest series 2."""
    largest = max(values, default=0) or 1
    slot = width / max(len(values), 1)
    hot = len(values) - max(1, len(values) // 10)
    return tuple(
        Block(
            1 if place >= hot else 2,
            _round(slot * (place + 0.1)),
            _round(bottom - (bottom - top) * value / largest),
            _round(slot * 0.75),
            _round((bottom - top) * value / largest),
            value,
        )
        for place, value in enumerate(values)
    )


def shares(values: Sequence[float], width: float = 100, gap: float = 0.6) -> tuple[tuple[float, float], ...]:
    """Where each share of one horizontal bar starts and how wide it is."""
    total = sum(values)
    room = width - gap * (len(values) - 1)
    place, found = 0.0, []
    for value in values:
        wide = room * value / total if total else room / len(values)
        found.append((round(place, 2), round(wide, 2)))
        place += wide + gap
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Flow:
    """Two stacks of blocks and the ribbons between them; a ribbon has the colour of where it ends."""

    sources: tuple[Block, ...]
    targets: tuple[Block, ...]
    ribbons: tuple[tuple[int, str], ...]


def flow(
    sources: Sequence[int], targets: Sequence[int], *, width: float = 760, height: float = 240, bar: float = 14,
    gap: float = 10,
) -> Flow:  # fmt: skip
    """Where amounts come from and where they go, to one scale. Nothing is drawn for an amount of nothing.

    Each target takes from the sources in turn, so the ribbons never cross.
    """
    room = height - gap * (max(len(sources), len(targets), 1) - 1)
    scale = room / (max(sum(sources), sum(targets)) or 1)
    left = _pile(sources, 0, bar, scale, gap)
    right = _pile(targets, width - bar, bar, scale, gap)
    return Flow(left, right, tuple(_ribbons(sources, targets, left, right, scale)))


def _pile(amounts: Sequence[int], x: float, bar: float, scale: float, gap: float) -> tuple[Block, ...]:
    y, blocks = 0.0, []
    for series, amount in enumerate(amounts, 1):
        blocks.append(Block(series, _round(x), _round(y), bar, _round(amount * scale), amount))
        y += amount * scale + (gap if amount else 0)
    return tuple(blocks)


def _ribbons(
    sources: Sequence[int], targets: Sequence[int], left: Sequence[Block], right: Sequence[Block], scale: float
) -> Iterator[tuple[int, str]]:
    given, source = 0, 0
    for target, amount in enumerate(targets):
        taken = 0
        while taken < amount and source < len(sources):
            share = min(amount - taken, sources[source] - given)
            if share > 0:
                start, end = left[source].y + given * scale, right[target].y + taken * scale
                yield target + 1, _ribbon(left[0].width, start, right[0].x, end, share * scale)
            taken, given = taken + share, given + share
            if given == sources[source]:
                source, given = source + 1, 0


def _ribbon(x: float, start: float, far: float, end: float, thick: float) -> str:
    """A band that leaves and arrives level."""
    middle = _round((x + far) / 2)
    a, b, c, d = (_round(y) for y in (start, end, end + thick, start + thick))
    return (
        f"M{x:g} {a:g}C{middle:g} {a:g} {middle:g} {b:g} {far:g} {b:g}"
        f"L{far:g} {c:g}C{middle:g} {c:g} {middle:g} {d:g} {x:g} {d:g}Z"
    )


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points) if points else ""
