"""A font file with just the glyphs a paper needs, cut out of the Noto Sans CJK collection.

The collection is one variable font of 32 MB with outlines PDF readers do not all draw; embedding it whole is out of the
question. Each glyph is drawn at the wanted weight, in the forms of the reader's script, with TrueType curves.
"""

from __future__ import annotations

import io
from functools import lru_cache
from threading import Lock
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection

from app.kernel.typeface import FACES, cjk_path

UNITS = 1000
ASCENT, DESCENT = 880, -120
MISSING = "□"
# Reading a font moves through its file; papers are drawn in threads.
_reading = Lock()


@lru_cache(maxsize=2)
def _face(locale: str) -> Any:
    wanted = FACES["zh_Hant" if locale.replace("-", "_") == "zh_Hant" else "zh_Hans"]
    fonts = TTCollection(cjk_path(), lazy=True).fonts
    return next((font for font in fonts if font["name"].getDebugName(1) == wanted), fonts[0])


@lru_cache(maxsize=2)
def _characters(locale: str) -> dict[int, str]:
    found: dict[int, str] = _face(locale).getBestCmap()
    return found


def writable(text: str, locale: str) -> str:
    """The text with what no glyph exists for (pictures, most of all) as empty boxes, and nothing that is no letter."""
    with _reading:
        known = _characters(locale)
    return "".join(
        letter if ord(letter) in known or letter == "\n" else (MISSING if letter.isprintable() else " ")
        for letter in text
    )


def font_file(letters: str, *, weight: int, locale: str) -> bytes:
    """A TrueType font of these letters."""
    with _reading:
        source, characters = _face(locale), _characters(locale)
        drawn = source.getGlyphSet(location={"wght": weight})
        glyphs, metrics = {".notdef": TTGlyphPen(None).glyph()}, {".notdef": (UNITS, 0)}
        names: dict[int, str] = {}
        for letter in sorted({*letters, MISSING}):
            if (known := characters.get(ord(letter))) is None:
                continue
            pen = TTGlyphPen(None)
            drawn[known].draw(Cu2QuPen(pen, 1.0, reverse_direction=True))
            name = names[ord(letter)] = f"u{ord(letter):05X}"
            glyphs[name], metrics[name] = pen.glyph(), (round(drawn[known].width), 0)
    return _built(glyphs, metrics, names, f"Noto Sans CJK {weight}")


def _built(glyphs: dict[str, Any], metrics: dict[str, tuple[int, int]], names: dict[int, str], family: str) -> bytes:
    font = FontBuilder(UNITS, isTTF=True)
    font.setupGlyphOrder(list(glyphs))
    font.setupCharacterMap(names)
    font.setupGlyf(glyphs)
    font.setupHorizontalMetrics(metrics)
    font.setupHorizontalHeader(ascent=ASCENT, descent=DESCENT)
    font.setupOS2(sTypoAscender=ASCENT, sTypoDescender=DESCENT, usWinAscent=UNITS, usWinDescent=200)
    font.setupPost()
    font.setupNameTable({"familyName": family, "styleName": "Regular"})
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()
