"""The card a messenger shows of a shared page: picture at the left, what it is and costs at the right."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from app.kernel.typeface import BOLD, REGULAR, words
from app.links.poster import INK, INK_2, INK_3, PAPER, Poster
from app.links.poster_parts import draw_pill, draw_price, draw_text, product_picture

CARD_WIDTH, CARD_HEIGHT = 1200, 630  # what Open Graph readers expect
LEFT, RIGHT = 680, 1150


def draw_card(card: Poster) -> bytes:
    """A PNG of 1200 by 630. It says what a poster says, without the code: the whole card is the link."""
    image = Image.new("RGB", (CARD_WIDTH, CARD_HEIGHT), PAPER)
    image.paste(product_picture(card.picture, CARD_HEIGHT, CARD_HEIGHT, card.look.brand_soft))
    draw = ImageDraw.Draw(image)
    draw.rectangle((CARD_HEIGHT, 0, CARD_HEIGHT + 11, CARD_HEIGHT), fill=card.look.brand)
    width = RIGHT - LEFT
    top = draw_text(draw, (LEFT, 48), card.store_name, words(32, REGULAR, card.locale), INK_2, width)
    top = draw_text(draw, (LEFT, top + 14), card.product_title, words(50, BOLD, card.locale), INK, width, 2)
    if any(card.price):
        top = draw_price(draw, (LEFT, top + 30), card.price, card.was_price, card.look.deal, INK_3, width)
    if card.badge:
        font = words(32, BOLD, card.locale)
        draw_pill(draw, (LEFT, top + 26), card.badge, font, card.look.deal, card.look.deal_soft, width)
    if card.deadline:
        at = (LEFT, CARD_HEIGHT - 86)
        draw_text(draw, at, card.deadline, words(32, REGULAR, card.locale), INK_3, width)
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=6)
    return out.getvalue()
