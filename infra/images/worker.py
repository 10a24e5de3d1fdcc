"""The fenced-off process that decodes strangers' pictures. Runs as a script, isolated, and imports nothing of ours.

It speaks frames over its pipes: a picture comes in as a length and bytes; renditions, or a word of refusal, go out.
Memory, files and CPU are limited by the kernel, so a decoder that is tricked can waste seconds, not the shop.
"""

from __future__ import annotations

import io
import resource
import struct
import sys
import warnings
from typing import BinaryIO

from PIL import Image, ImageCms, ImageFile, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MAX_PIXELS = 25_000_000
MEMORY_BYTES = 1_200 * 1024 * 1024
CPU_SECONDS = 10
WEBP_SIZES = (1600, 720, 240)
SHARE_SIZE = 1200
SRGB = ImageCms.createProfile("sRGB")

Frame = tuple[bytes, int, int]


class Refused(Exception):
    """Carries the reason."""


def fence() -> None:
    """Give away what a picture decoder does not need: memory, writing files, opening many."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.init()


def allow_cpu() -> None:
    """The kernel counts CPU time over the life of the process: move the mark forward for every picture."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(usage.ru_utime + usage.ru_stime) + CPU_SECONDS, hard))


def open_picture(data: bytes) -> Image.Image:
    """Decode the first frame. The decoder decides what the file is; names and content types are not asked."""
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("too_many_pixels") from None
    except MemoryError:
        raise Refused("too_costly") from None
    except Exception:
        raise Refused("not_an_image") from None
    if picture.width * picture.height > MAX_PIXELS:
        raise Refused("too_many_pixels")
    if picture.format == "JPEG":
        picture.draft("RGB", (WEBP_SIZES[0], WEBP_SIZES[0]))  # Decodes large photographs at a half or a quarter.
    try:
        picture.load()
    except MemoryError:
        raise Refused("too_costly") from None
    except Exception:
        raise Refused("broken") from None
    return picture


def normalize(picture: Image.Image) -> Image.Image:
    """Upright, sRGB, RGB or RGBA, and nothing else: location, camera and comments stay behind."""
    profile = picture.info.get("icc_profile")
    picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith("I;16"):
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    transparent = picture.has_transparency_data
    if profile and picture.mode in ("RGB", "CMYK", "L"):
        picture = to_srgb(picture, profile)
    return picture.convert("RGBA" if transparent else "RGB")


def to_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(source):
            return picture
        return ImageCms.profileToProfile(picture, source, SRGB, outputMode="RGB") or picture
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture  # A broken profile only shifts colors.


def fit(picture: Image.Image, size: int) -> Image.Image:
    """Shrink to fit a square; never enlarge."""
    scale = size / max(picture.size)
    if scale >= 1:
        return picture
    width, height = (max(1, round(side * scale)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)


def encode(picture: Image.Image, kind: str) -> Frame:
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)  # A new image carries no metadata along.
    out = io.BytesIO()
    if kind == "WEBP":
        clean.save(out, "WEBP", quality=80, method=2)
    else:
        clean.save(out, "JPEG", quality=84, optimize=False, progressive=False)
    return out.getvalue(), picture.width, picture.height


def flatten(picture: Image.Image) -> Image.Image:
    if picture.mode == "RGB":
        return picture
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def render(data: bytes) -> list[Frame]:
    picture = normalize(open_picture(data))
    frames = []
    current = picture
    for size in WEBP_SIZES:  # Each size is made from the one before: cheaper, and the eye cannot tell.
        current = fit(current, size)
        frames.append(encode(current, "WEBP"))
        if size == WEBP_SIZES[0]:
            share = encode(flatten(fit(current, SHARE_SIZE)), "JPEG")
    return [*frames, share]


def answer(data: bytes, out: BinaryIO) -> None:
    try:
        frames = render(data)
    except Refused as refused:
        word = str(refused).encode()
        out.write(struct.pack(">BI", 0, len(word)) + word)
    except MemoryError:
        out.write(struct.pack(">BI", 0, 10) + b"too_costly")
    else:
        out.write(struct.pack(">B", len(frames)))
        for encoded, width, height in frames:
            out.write(struct.pack(">III", len(encoded), width, height) + encoded)
    out.flush()


def main() -> None:
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    fence()
    source, out = sys.stdin.buffer, sys.stdout.buffer
    while len(head := source.read(4)) == 4:
        data = source.read(struct.unpack(">I", head)[0])
        allow_cpu()
        answer(data, out)


if __name__ == "__main__":
    main()
