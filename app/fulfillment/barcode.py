"""Code 128 as widths of bars and spaces: what every courier's scanner reads.

Source: ISO/IEC 15417. Each sign is three bars and three spaces, eleven modules wide; the stop sign has one bar more.
Pairs of digits are written as one sign (set C), so that a long number stays wide enough to be read.
"""

from __future__ import annotations

import re

WIDTHS = (
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212",
    "221213", "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221",
    "223211", "221132", "221231", "213212", "223112", "312131", "311222", "321122", "321221",
    "312212", "322112", "322211", "212123", "212321", "232121", "111323", "131123", "131321",
    "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331", "132131",
    "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131",
    "311123", "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111",
    "111224", "111422", "121124", "121421", "141122", "141221", "112214", "112412", "122114",
    "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111", "111242",
    "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
)  # fmt: skip
TO_C, TO_B, START_B, START_C, STOP = 99, 100, 104, 105, 106
DIGITS = re.compile(r"\d+")
LONGEST = 48


def signs(text: str) -> list[int]:
    """Start, content, check and stop. Raises ValueError for letters no scanner knows."""
    if not text or len(text) > LONGEST or any(not 32 <= ord(letter) < 127 for letter in text):
        raise ValueError("a bar code has 1 to 48 plain letters and digits")
    found: list[int] = []
    at, in_c = 0, False
    while at < len(text):
        run = DIGITS.match(text, at)
        pairs = len(run[0]) // 2 if run else 0
        worth_it = pairs >= 2 or (in_c and pairs >= 1)
        if worth_it:
            if not in_c:
                found.append(TO_C if found else START_C)
            found += [int(text[at + 2 * pair : at + 2 * pair + 2]) for pair in range(pairs)]
            at, in_c = at + 2 * pairs, True
        else:
            if in_c or not found:
                found.append(TO_B if found else START_B)
            found.append(ord(text[at]) - 32)
            at, in_c = at + 1, False
    check = (found[0] + sum(place * sign for place, sign in enumerate(found[1:], 1))) % 103
    return [*found, check, STOP]


def bars(text: str) -> list[tuple[int, int]]:
    """(from, width) of every bar, in modules."""
    found, at = [], 0
    for sign in signs(text):
        for place, width in enumerate(map(int, WIDTHS[sign])):
            if place % 2 == 0:
                found.append((at, width))
            at += width
    return found


def modules(text: str) -> int:
    """How wide the whole code is."""
    last, width = bars(text)[-1]
    return last + width
