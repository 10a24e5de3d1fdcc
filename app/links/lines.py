"""Breaking mixed Chinese and Western text into lines that fit a width."""

from __future__ import annotations

import re
from collections.abc import Callable

# A run of Western letters and digits stays whole; every Chinese character may end a line.
_PIECES = re.compile(r"[A-Za-z0-9.,%+\-'’/&]+|\s+|.", re.DOTALL)
_NOT_FIRST = frozenset("，。、；：！？）」』】》〉％%”’…·—,.;:!?)]}")
_NOT_LAST = frozenset("（「『【《〈“‘([{¥$")

Measure = Callable[[str], float]


def _pieces(text: str, measure: Measure, width: float) -> list[str]:
    """Unbreakable pieces: punctuation sticks to its neighbor, and a word longer than a line is cut by letters."""
    pieces: list[str] = []
    for found in _PIECES.findall(text):
        parts = list(found) if not found.isspace() and measure(found) > width else [found]
        for part in parts:
            if pieces and ((part in _NOT_FIRST and not pieces[-1].isspace()) or pieces[-1] in _NOT_LAST):
                pieces[-1] += part
            else:
                pieces.append(" " if part.isspace() else part)
    return pieces


def break_lines(text: str, measure: Measure, width: float, most: int) -> list[str]:
    """At most `most` lines, none wider than `width`; what does not fit ends in an ellipsis."""
    lines: list[str] = [""]
    for piece in _pieces(text.strip(), measure, width):
        if measure((lines[-1] + piece).rstrip()) <= width:
            lines[-1] += piece
        else:
            lines.append(piece.lstrip())
    lines = [line.strip() for line in lines if line.strip()]
    if len(lines) <= most:
        return [shorten(line, measure, width) for line in lines]
    return [
        *(shorten(line, measure, width) for line in lines[: most - 1]),
        shorten(lines[most - 1] + "…", measure, width),
    ]


def shorten(text: str, measure: Measure, width: float) -> str:
    """Cut the end off until it fits; the ellipsis says so."""
    if measure(text) <= width:
        return text
    text = text.rstrip("…")
    while text and measure(text + "…") > width:
        text = text[:-1].rstrip("，。、 ")
    return text + "…"
