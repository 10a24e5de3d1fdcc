"""A store's look: a few choices of the merchant, turned into a theme file whose every text can be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from app.kernel.i18n import N_
from app.store.colors import contrast, darkened_until, normalized, shade

WHITE, INK, SURFACE = "#ffffff", "#1b1916", "#ffffff"
READABLE = 4.5  # WCAG AA for text
DEAL = "#c8280f"

Radius = Literal["round", "soft", "flat"]
Paper = Literal["warm", "fresh", "linen", "plain"]
Letter = Literal["sans", "serif"]

RADII: Mapping[Radius, tuple[int, int, int, int]] = {
    "round": (6, 10, 16, 24),
    "soft": (4, 7, 10, 14),
    "flat": (2, 3, 4, 6),
}
PAPERS: Mapping[Paper, tuple[str, str, str]] = {
    "warm": ("#faf8f5", "#f3f0ea", "#e6e1d8"),
    "fresh": ("#fbfaf4", "#f2f2e6", "#e4e4d6"),
    "linen": ("#f7f4ee", "#eeeae1", "#ddd7ca"),
    "plain": ("#fafafa", "#f1f1f2", "#e3e3e5"),
}


@dataclass(frozen=True, slots=True)
class Look:
    """What the merchant chooses. Colors are hex; the rest are named choices: no free text reaches the file."""

    brand: str
    accent: str = DEAL
    radius: Radius = "round"
    paper: Paper = "warm"
    letter: Letter = "sans"
    pale_hero: bool = False

    def __post_init__(self) -> None:
        for color in (self.brand, self.accent):
            normalized(color)
        if self.radius not in RADII or self.paper not in PAPERS or self.letter not in ("sans", "serif"):
            raise ValueError("not a choice of this look")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the merchant's report: what was looked at, what it reaches, and whether the color had to change."""

    message: str
    ratio: float
    chosen: str
    used: str

    @property
    def corrected(self) -> bool:
        return self.chosen != self.used

    @property
    def details(self) -> dict[str, str]:
        return {"ratio": f"{self.ratio:.1f}:1", "chosen": self.chosen, "used": self.used}


PRESETS: Mapping[str, Look] = {
    "vermilion": Look("#c2311a"),
    "qinghe": Look("#14603f", paper="fresh"),
    "celadon": Look("#2f5f5a", accent="#9c3d22", radius="flat", paper="linen", letter="serif", pale_hero=True),
    "indigo": Look("#24507a", paper="plain"),
    "tea": Look("#8a6212", paper="linen", radius="soft"),
    "violet": Look("#7b4b94", paper="plain", radius="soft"),
    "ink": Look("#1b1916", paper="warm", radius="flat"),
}
PRESET_NAMES = {
    "vermilion": N_("Vermilion"),
    "qinghe": N_("Field green"),
    "celadon": N_("Celadon"),
    "indigo": N_("Indigo"),
    "tea": N_("Tea gold"),
    "violet": N_("Violet"),
    "ink": N_("Ink"),
}


def readable_brand(color: str) -> tuple[str, str]:
    """The brand color and the text on it: white when white reads well, else ink; darkened when neither does."""
    for text in (WHITE, INK):
        if contrast(color, text) >= READABLE:
            return normalized(color), text
    return darkened_until(color, (WHITE,), READABLE), WHITE


def palette(look: Look) -> dict[str, str]:
    """Every key a store may change, as plain values."""
    paper, sunken, line = PAPERS[look.paper]
    brand, on_brand = readable_brand(look.brand)
    tone = shade(brand)
    soft = tone.at(0.955, min(tone.chroma, 0.022)).hex()
    deal = darkened_until(look.accent, (WHITE, paper, sunken), READABLE)
    deal_soft = shade(deal).at(0.958, min(shade(deal).chroma, 0.02)).hex()
    keys = {
        "brand": brand,
        "brand-strong": _strong(brand, on_brand),
        "brand-soft": soft,
        "brand-line": tone.at(0.85, min(tone.chroma, 0.055)).hex(),
        "on-brand": on_brand,
        "brand-text": darkened_until(brand, (paper, SURFACE, soft, sunken), READABLE),
        "deal": darkened_until(deal, (deal_soft,), READABLE),
        "deal-soft": deal_soft,
        "paper": paper,
        "sunken": sunken,
        "line": line,
    }
    return keys | _hero(look, brand) | _shape(look)


def _strong(brand: str, on_brand: str) -> str:
    """The color under the pointer: darker under white text, lighter under ink, so the text only gains."""
    tone = shade(brand)
    return tone.at(tone.lightness - 0.1 if on_brand == WHITE else tone.lightness + 0.06).hex()


def _hero(look: Look, brand: str) -> dict[str, str]:
    """The big card's background: deep and glowing in the brand color, or pale paper with dark letters."""
    tone = shade(brand)
    if look.pale_hero:
        ink = tone.at(0.28, min(tone.chroma, 0.03)).hex()
        return {"hero-a": "#f5f0e8", "hero-b": "#eee6d8", "hero-glow": "#fffaf057", "hero-ink": ink}
    deep = tone.at(min(tone.lightness, 0.5) - 0.06)
    bright = darkened_until(tone.at(min(tone.lightness, 0.5) + 0.06).hex(), (WHITE,), READABLE)
    return {"hero-a": deep.hex(), "hero-b": bright, "hero-glow": "#ffd9a057", "hero-ink": WHITE}


def _shape(look: Look) -> dict[str, str]:
    keys = {f"r-{size}": f"{pixels}px" for size, pixels in zip(("s", "m", "l", "xl"), RADII[look.radius], strict=True)}
    return keys | {"display": "var(--serif)" if look.letter == "serif" else "inherit"}


def theme_css(look: Look) -> str:
    """The store's theme file. Plain values only: browsers need no color arithmetic to read it."""
    declarations = ";".join(f"--{key}:{value}" for key, value in palette(look).items())
    return f"@layer tokens{{:root{{{declarations}}}}}\n"


def review(look: Look) -> tuple[Finding, ...]:
    """What the merchant is told before saving. Messages are msgids with `ratio`, `chosen` and `used` places."""
    keys = palette(look)
    brand, accent = normalized(look.brand), normalized(look.accent)
    white = keys["on-brand"] == WHITE
    on_brand = (
        N_("White text on the brand color reaches %(ratio)s")
        if white
        else N_("Dark text on the brand color reaches %(ratio)s")
    )
    return (
        Finding(on_brand, contrast(keys["brand"], keys["on-brand"]), brand, keys["brand"]),
        Finding(
            N_("The brand color as text reaches %(ratio)s"),
            contrast(keys["brand-text"], keys["paper"]),
            brand,
            keys["brand-text"],
        ),
        Finding(N_("Prices on the page reach %(ratio)s"), contrast(keys["deal"], keys["paper"]), accent, keys["deal"]),
    )
