"""Uploads come out as clean pictures of our own making, or they are refused with a reason."""

from __future__ import annotations

import io
import struct
import time
import zlib
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from PIL import Image, ImageDraw, PngImagePlugin

from infra.images import ImageRefused, Renditions, close, reencode


@pytest_asyncio.fixture(autouse=True)
async def _stop_workers() -> AsyncIterator[None]:
    yield
    await close()


def picture(width: int = 900, height: int = 600, mode: str = "RGB") -> Image.Image:
    image = Image.new(mode, (width, height), "#f08a78")
    ImageDraw.Draw(image).ellipse((width // 4, height // 4, width // 2, height // 2), fill="#14603f")
    return image


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


async def refusal(data: bytes) -> str:
    with pytest.raises(ImageRefused) as refused:
        await reencode(data)
    assert refused.value.message
    return refused.value.reason


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
async def test_every_usual_format_comes_out_in_four_sizes(kind: str) -> None:
    renditions = await reencode(encoded(picture(2000, 1000), kind))

    sizes = [(made.width, made.height, made.extension) for made in renditions]
    assert sizes == [(1600, 800, "webp"), (720, 360, "webp"), (240, 120, "webp"), (1200, 600, "jpg")]
    assert [opened(made.data).format for made in renditions] == ["WEBP", "WEBP", "WEBP", "JPEG"]


async def test_the_same_picture_gets_the_same_name() -> None:
    data = encoded(picture(), "PNG")

    first, second = await reencode(data), await reencode(data)

    assert [made.name for made in first] == [made.name for made in second]


async def test_small_pictures_are_not_enlarged_and_transparency_stays() -> None:
    image = Image.new("RGBA", (100, 50), (0, 0, 0, 0))

    renditions = await reencode(encoded(image, "PNG"))

    assert {(made.width, made.height) for made in renditions} == {(100, 50)}
    assert opened(renditions.full.data).convert("RGBA").getpixel((5, 5))[3] == 0  # type: ignore[index]
    assert opened(renditions.share.data).getpixel((5, 5)) == (255, 255, 255)


async def test_location_and_comments_stay_behind_and_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # Turn by 90 degrees to see it upright.
    exif[0x010E] = "SECRET-NOTE"
    exif.get_ifd(0x8825)[1] = "N"

    renditions = await reencode(encoded(picture(900, 600), "JPEG", exif=exif, comment=b"SECRET-COMMENT"))

    assert (renditions.full.width, renditions.full.height) == (600, 900)
    for made in renditions:
        assert not opened(made.data).getexif()
        assert b"SECRET" not in made.data


async def test_what_hides_behind_or_inside_a_picture_is_gone() -> None:
    chunk = PngImagePlugin.PngInfo()
    chunk.add_text("Comment", "<script>PAYLOAD</script>")

    renditions = await reencode(encoded(picture(), "PNG", pnginfo=chunk) + b"<?php PAYLOAD ?>PK\x03\x04PAYLOAD")

    assert all(b"PAYLOAD" not in made.data for made in renditions)


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"%PDF-1.7 not a picture",
        b"BM" + b"\x00" * 200,
        b"II*\x00" + b"\x00" * 200,
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        bytes(range(256)) * 20,
    ],
    ids=["svg", "html", "pdf", "bmp", "tiff", "png-stub", "gif-stub", "noise"],
)
async def test_anything_else_is_refused_whatever_it_is_called(data: bytes) -> None:
    assert await refusal(data) in ("not_an_image", "broken")


async def test_half_a_picture_is_refused() -> None:
    assert await refusal(encoded(picture(), "PNG")[:1500]) == "broken"


async def test_a_decompression_bomb_is_refused_from_its_header() -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 10_000_000)) + chunk(b"IEND", b"")
    started = time.monotonic()

    assert await refusal(bomb) == "too_many_pixels"
    assert time.monotonic() - started < 60


async def test_a_gif_of_ten_thousand_frames_costs_one_frame() -> None:
    frame = encoded(Image.new("P", (64, 64), 1), "GIF")
    start = frame.index(b"\x2c")
    bomb = frame[:start] + frame[start:-1] * 10_000 + b"\x3b"

    renditions = await reencode(bomb)

    assert (renditions.full.width, renditions.full.height) == (64, 64)


async def test_too_much_and_nothing_are_refused_before_any_work() -> None:
    assert await refusal(b"\xff\xd8\xff" + b"\0" * (50 * 1024 * 1024)) == "too_large"
    assert await refusal(b"") == "empty"


async def test_a_good_picture_is_drawn_after_a_bad_one() -> None:
    await refusal(b"no picture")

    assert isinstance(await reencode(encoded(picture(), "JPEG")), Renditions)


async def test_product_pictures_are_drawn_fast_enough_for_an_import() -> None:
    pictures = [encoded(picture(600, 600 + number), "JPEG") for number in range(16)]
    await reencode(pictures[0])
    took = []

    for data in pictures:
        started = time.monotonic()
        await reencode(data)
        took.append(time.monotonic() - started)

    assert min(took) < 0.25  # measured below a twentieth; on a busy machine one of them has a quiet moment
