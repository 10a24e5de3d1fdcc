"""Color arithmetic: WCAG contrast and perceptual lightness, so that a look can be computed instead of guessed."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)


def normalized(color: str) -> str:
    """`#ABC` becomes `#aabbcc`; anything that is not a plain hex color is refused, because it ends in a style sheet."""
    if not HEX.fullmatch(color):
        raise ValueError(f"not a hex color: {color!r}")
    digits = color[1:].lower()
    return "#" + ("".join(digit * 2 for digit in digits) if len(digits) == 3 else digits)


def channels(color: str) -> tuple[float, float, float]:
    digits = normalized(color)[1:]
    red, green, blue = (int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4))
    return red, green, blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _encoded(channel: float) -> float:
    return channel * 12.92 if channel <= 0.0031308 else float(1.055 * channel ** (1 / 2.4) - 0.055)


def luminance(color: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    red, green, blue = (_linear(channel) for channel in channels(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@dataclass(frozen=True, slots=True)
class Shade:
    """A color in OKLCH: lightness from 0 to 1, chroma, hue in radians. Equal steps look equal."""

    lightness: float
    chroma: float
    hue: float

    def at(self, lightness: float, chroma: float | None = None) -> Shade:
        return Shade(min(max(lightness, 0), 1), self.chroma if chroma is None else chroma, self.hue)

    def hex(self) -> str:
        """The nearest color a screen can show: chroma gives way, lightness and hue stay."""
        chroma = self.chroma
        while chroma > 0 and not all(-0.0005 <= channel <= 1.0005 for channel in self._rgb(chroma)):
            chroma -= 0.004
        digits = (round(255 * _encoded(min(max(channel, 0), 1))) for channel in self._rgb(max(chroma, 0)))
        return "#" + "".join(f"{digit:02x}" for digit in digits)

    def _rgb(self, chroma: float) -> tuple[float, float, float]:
        a, b = chroma * math.cos(self.hue), chroma * math.sin(self.hue)
        long = (self.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
        middle = (self.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
        short = (self.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
        return (
            4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
            -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
            -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
        )


def shade(color: str) -> Shade:
    red, green, blue = (_linear(channel) for channel in channels(color))
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return Shade(lightness, math.hypot(a, b), math.atan2(b, a))


def darkened_until(color: str, backgrounds: tuple[str, ...], ratio: float) -> str:
    """The color itself if it reads well on every background, else the lightest darker one that does."""
    color, now = normalized(color), shade(color)
    while min(contrast(color, background) for background in backgrounds) < ratio and now.lightness > 0:
        now = now.at(now.lightness - 0.005)
        color = now.hex()
    return color
