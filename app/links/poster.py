"""The share poster: a picture a promoter sends, with product, price and a QR code of their own link."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

from PIL import Image, ImageDraw

from app.kernel.typeface import BOLD, REGULAR, words
from app.links.poster_parts import (
    CARD,
    HEIGHT,
    WIDTH,
    draw_background,
    draw_code,
    draw_pill,
    draw_price,
    draw_stairs,
    draw_text,
    product_picture,
    rounded,
)

INK, INK_2, INK_3 = "#1b1916", "#544e46", "#6b645b"
PAPER = "#fffdf8"
LEFT, RIGHT = 110, 970
PICTURE_HEIGHT = 820


@dataclass(frozen=True)
class PosterLook:
    """The store's colors, as they stand in its theme."""

    brand: str = "#14603f"
    brand_strong: str = "#0b4029"
    on_brand: str = "#ffffff"
    brand_soft: str = "#e7f2ea"
    deal: str = "#c8280f"
    deal_soft: str = "#fdeee9"


@dataclass(frozen=True)
class Poster:
    """Everything the poster says, already translated and formatted. Empty words leave their place empty.

    `price` is (symbol, whole, fraction), as in ("¥", "39", ".9"); `stairs` are price steps from first to last, of which
    `stair` is the one reached.
    """

    store_name: str
    product_title: str
    price: tuple[str, str, str]
    url: str
    locale: str = "zh_Hans"
    was_price: str = ""
    promoter_name: str = ""
    invitation: str = ""
    tagline: str = ""
    subtitle: str = ""
    badge: str = ""
    deadline: str = ""
    hint: str = ""
    stairs: tuple[str, ...] = ()
    stair: int = 0
    picture: bytes | None = None
    look: PosterLook = field(default_factory=PosterLook)


def draw_poster(poster: Poster) -> bytes:
    """A PNG, 1080 wide. `picture` must be one of our own renditions, not an upload as it came."""
    image = draw_background(poster.look.brand, poster.look.brand_strong)
    _header(image, poster)
    card = Image.new("RGB", (CARD[2] - CARD[0], CARD[3] - CARD[1]), PAPER)
    card.paste(product_picture(poster.picture, card.width, PICTURE_HEIGHT, poster.look.brand_soft))
    image.paste(card, CARD[:2], rounded(card.size, 52))
    bottom = _words(image, poster)
    _footer(image, poster, bottom)
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=3)
    return out.getvalue()


def _header(image: Image.Image, poster: Poster) -> None:
    draw = ImageDraw.Draw(image)
    name = poster.promoter_name or poster.store_name
    draw.ellipse((69, 69, 175, 175), fill="#ffffff")
    draw.text((122, 122), name[:1], fill=poster.look.deal, font=words(54, BOLD, poster.locale), anchor="mm")
    headline = poster.invitation or poster.store_name
    line = " · ".join(filter(None, (poster.store_name if poster.invitation else "", poster.tagline)))
    top = 82 if line else 94
    draw_text(draw, (202, top), headline, words(44, BOLD, poster.locale), poster.look.on_brand, RIGHT - 202)
    draw_text(draw, (202, 138), line, words(34, REGULAR, poster.locale), poster.look.brand_soft, RIGHT - 202)


def _words(image: Image.Image, poster: Poster) -> int:
    """Title, subtitle, price and badge, downwards; returns where the next thing may start."""
    draw = ImageDraw.Draw(image)
    top = CARD[1] + PICTURE_HEIGHT + 36
    most = 1 if poster.subtitle else 2
    top = draw_text(draw, (LEFT, top), poster.product_title, words(54, BOLD, poster.locale), INK, RIGHT - LEFT, most)
    if poster.subtitle:
        top = draw_text(draw, (LEFT, top + 2), poster.subtitle, words(37, REGULAR, poster.locale), INK_2, RIGHT - LEFT)
    top = draw_price(draw, (LEFT, top + 22), poster.price, poster.was_price, poster.look.deal, INK_3, RIGHT - LEFT)
    if poster.badge:
        font = words(35, BOLD, poster.locale)
        top = draw_pill(
            draw, (LEFT, top + 24), poster.badge, font, poster.look.deal, poster.look.deal_soft, RIGHT - LEFT
        )
    return top


def _footer(image: Image.Image, poster: Poster, top: int) -> None:
    """The code stands at the right; steps and deadline share what is left of it."""
    draw = ImageDraw.Draw(image)
    code = draw_code(draw, (RIGHT, CARD[3] - 66), poster.url, INK, PAPER)
    room = code[0] - 40 - LEFT
    bottom = CARD[3] - 66
    if poster.hint:
        draw_text(draw, (LEFT, bottom - 42), poster.hint, words(34, REGULAR, poster.locale), INK_3, room)
    if poster.deadline:
        draw_text(draw, (LEFT, bottom - 98), poster.deadline, words(38, BOLD, poster.locale), INK, room)
    space = bottom - 118 - (top + 36)
    if poster.stairs and space >= 110:
        draw_stairs(draw, (LEFT, top + 36, LEFT + min(room, 430), top + 36 + min(space, 180)), poster)


__all__ = ["HEIGHT", "WIDTH", "Poster", "PosterLook", "draw_poster"]
