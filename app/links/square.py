"""The square share picture for a feed: picture on top, what it is and costs below, the code at the right."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from app.kernel.typeface import BOLD, REGULAR, words
from app.links.poster import INK, INK_2, INK_3, PAPER, Poster
from app.links.poster_parts import draw_code, draw_price, draw_text, product_picture

SIDE, PICTURE = 1080, 640
LEFT, RIGHT, BOTTOM = 64, 1016, 1030


def draw_square(poster: Poster) -> bytes:
    """A PNG of 1080 by 1080. It says what a tall poster says, in fewer words."""
    image = Image.new("RGB", (SIDE, SIDE), PAPER)
    image.paste(product_picture(poster.picture, SIDE, PICTURE, poster.look.brand_soft))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, PICTURE, SIDE, PICTURE + 11), fill=poster.look.brand)
    code = draw_code(draw, (RIGHT, BOTTOM - 20), poster.url, INK, PAPER)
    width = code[0] - 48 - LEFT
    line = poster.invitation or poster.store_name
    top = draw_text(draw, (LEFT, PICTURE + 36), line, words(30, REGULAR, poster.locale), INK_2, width)
    top = draw_text(draw, (LEFT, top + 6), poster.product_title, words(46, BOLD, poster.locale), INK, width, 2)
    if any(poster.price):
        draw_price(draw, (LEFT, top + 10), poster.price, poster.was_price, poster.look.deal, INK_3, width)
    foot = poster.deadline or poster.hint
    draw_text(draw, (LEFT, BOTTOM - 46), foot, words(30, REGULAR, poster.locale), INK_3, width)
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=3)
    return out.getvalue()
