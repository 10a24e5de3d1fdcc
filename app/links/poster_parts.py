"""The pieces a share poster is put together from: ground, picture, price, steps and code."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageOps

from app.kernel.typeface import Font, figures
from app.links.lines import break_lines, shorten
from app.links.qr import qr_modules

if TYPE_CHECKING:
    from app.links.poster import Poster

WIDTH, HEIGHT = 1080, 1920
CARD = (58, 216, 1022, 1858)
CODE_SIDE = 312
MUTED = "#544e46"

Point = tuple[int, int]


@lru_cache(maxsize=32)
def _ground(brand: str, brand_strong: str) -> Image.Image:
    """A soft glow of the brand from the upper right into its darker shade; small first, since it is all blur."""
    glow = ImageOps.invert(Image.radial_gradient("L")).resize((1600, 2200), Image.Resampling.BILINEAR)
    mask = glow.crop((100, 260, 100 + WIDTH, 260 + HEIGHT))
    return Image.composite(
        Image.blend(Image.new("RGB", (WIDTH, HEIGHT), brand), Image.new("RGB", (WIDTH, HEIGHT), "#ffffff"), 0.08),
        Image.new("RGB", (WIDTH, HEIGHT), brand_strong),
        mask,
    )


def draw_background(brand: str, brand_strong: str) -> Image.Image:
    return _ground(brand, brand_strong).copy()


@lru_cache(maxsize=4)
def rounded(size: Point, radius: int) -> Image.Image:
    """A mask with smooth round corners: drawn large, then shrunk."""
    large = Image.new("L", (size[0] * 2, size[1] * 2), 0)
    ImageDraw.Draw(large).rounded_rectangle((0, 0, size[0] * 2 - 1, size[1] * 2 - 1), radius * 2, fill=255)
    return large.resize(size, Image.Resampling.BOX)


def product_picture(data: bytes | None, width: int, height: int, ground: str) -> Image.Image:
    """The picture filling its frame; without one, a calm field in the store's soft color."""
    if not data:
        return Image.new("RGB", (width, height), ground)
    picture: Image.Image = Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP"))
    if picture.has_transparency_data:
        sheet = Image.new("RGBA", picture.size, ground)
        picture = Image.alpha_composite(sheet, picture.convert("RGBA"))
    return ImageOps.fit(picture.convert("RGB"), (width, height), Image.Resampling.BICUBIC)


def draw_text(draw: ImageDraw.ImageDraw, at: Point, text: str, font: Font, fill: str, width: int, most: int = 1) -> int:
    """Write up to `most` lines and return where the text ends."""
    step = round(font.size * 1.3)
    lines = break_lines(text, font.getlength, width, most)
    for number, line in enumerate(lines):
        draw.text((at[0], at[1] + number * step + step // 2), line, fill=fill, font=font, anchor="lm")
    return at[1] + step * len(lines)


def draw_price(
    draw: ImageDraw.ImageDraw, at: Point, price: tuple[str, str, str], was: str, fill: str, muted: str, width: int
) -> int:
    """The hero of the poster: whole units large, symbol and the old price small on the same baseline."""
    symbol, whole, fraction = price
    size = 148
    while size > 60 and figures(size).getlength(whole + fraction) > width * 0.6:
        size -= 8
    baseline = at[1] + round(size * 0.74)
    left = at[0]
    for text, font in ((symbol, figures(round(size * 0.5))), (whole + fraction, figures(size))):
        draw.text((left, baseline), text, fill=fill, font=font, anchor="ls")
        left += round(font.getlength(text)) + 6
    if was:
        font = figures(52, 600)
        left += 18
        was = shorten(was, font.getlength, at[0] + width - left)
        draw.text((left, baseline), was, fill=muted, font=font, anchor="ls")
        box = draw.textbbox((left, baseline), was, font=font, anchor="ls")
        middle = (box[1] + box[3]) // 2
        draw.line((box[0] - 4, middle, box[2] + 4, middle), fill=muted, width=4)
    return baseline + 14


def draw_pill(draw: ImageDraw.ImageDraw, at: Point, text: str, font: Font, fill: str, ground: str, width: int) -> int:
    text = shorten(text, font.getlength, width - 48)
    right, bottom = at[0] + round(font.getlength(text)) + 48, at[1] + 72
    draw.rounded_rectangle((*at, right, bottom), 36, fill=ground)
    draw.text((at[0] + 24, at[1] + 35), text, fill=fill, font=font, anchor="lm")
    return bottom


def draw_stairs(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], poster: Poster) -> None:
    """Falling price steps: the reached one in the brand's color, the last one as the goal."""
    left, top, right, bottom = box
    steps = poster.stairs[:5]
    gap, count = 8, len(steps)
    each = (right - left - gap * (count - 1)) // count
    floor = bottom - 50
    for number, label in enumerate(steps):
        x = left + number * (each + gap)
        height = round((floor - top) * (1 - 0.68 * number / max(count - 1, 1)))
        fill = poster.look.brand_soft
        if number == poster.stair:
            fill = poster.look.brand
        elif number == count - 1:
            fill = poster.look.deal
        draw.rounded_rectangle((x, floor - height, x + each, floor), 12, fill=fill)
        font = figures(34, 600)
        draw.text((x + each // 2, floor + 28), shorten(label, font.getlength, each), fill=MUTED, font=font, anchor="mm")


def draw_code(draw: ImageDraw.ImageDraw, corner: Point, url: str, dark: str, light: str) -> tuple[int, int, int, int]:
    """The QR code, lower right corner at `corner`, whole pixels per module or phones misread it. Returns its box."""
    modules = qr_modules(url)
    scale = max(3, CODE_SIDE // len(modules))
    side = scale * len(modules)
    left, top = corner[0] - side, corner[1] - side
    quiet = scale * 2
    draw.rectangle((left - quiet, top - quiet, left + side + quiet, top + side + quiet), fill=light)
    for y, row in enumerate(modules):
        for x, module in enumerate(row):
            if module:
                at = (left + x * scale, top + y * scale)
                draw.rectangle((*at, at[0] + scale - 1, at[1] + scale - 1), fill=dark)
    return left, top, left + side, top + side
