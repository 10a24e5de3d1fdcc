"""Fonts for pictures and papers: Noto Sans CJK for words in the forms of the reader's script, Barlow for figures."""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

FACES = {"zh_Hans": "Noto Sans CJK SC", "zh_Hant": "Noto Sans CJK TC"}
FIGURES = Path(__file__).resolve().parent.parent / "static" / "fonts"
REGULAR, MEDIUM, BOLD = 400, 550, 700

Font = ImageFont.FreeTypeFont


@lru_cache(maxsize=1)
def cjk_path() -> Path:
    spec = importlib.util.find_spec("manimgx_fonts_cjk")
    if spec is None or spec.origin is None:
        raise RuntimeError("the font package manimgx-fonts-cjk is not installed")
    return Path(spec.origin).with_name("NotoSansCJK-VF.otf.ttc")


@lru_cache(maxsize=8)
def _face_index(name: str) -> int:
    """Where in the collection a face stands; the order is the packager's affair, so it is looked up."""
    for index in range(16):
        try:
            font = ImageFont.truetype(cjk_path(), 10, index=index)
        except OSError:
            break
        if font.getname()[0] == name:
            return index
    return 0


@lru_cache(maxsize=64)
def words(size: int, weight: int, locale: str) -> Font:
    """A text font. Traditional readers see Taiwan's forms; everyone else the mainland's."""
    index = _face_index(FACES["zh_Hant" if locale.replace("-", "_") == "zh_Hant" else "zh_Hans"])
    font = ImageFont.truetype(cjk_path(), size, index=index)
    font.set_variation_by_axes([weight])
    return font


@lru_cache(maxsize=32)
def figures(size: int, weight: int = BOLD) -> Font:
    """A font for prices. Barlow Semi Condensed where the site carries it, else the text font."""
    for path in sorted(FIGURES.glob(f"*arlow*emi*ondensed*{weight}*")):
        try:
            return ImageFont.truetype(path, size)
        except OSError:
            continue
    return words(size, weight, "zh_Hans")
