"""Whether a file is a video we hand on, told by its first bytes and never by its name."""

from __future__ import annotations

from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_

LARGEST_VIDEO = 50 * 1024 * 1024
TYPES = {"jpg": "image/jpeg", "mp4": "video/mp4", "webm": "video/webm", "mov": "video/quicktime"}
# Brands of the ISO base media format that phones and browsers play; pictures (heic, avif) and sound are none of them.
_MP4 = (
    b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash", b"3gp4", b"3gp5",
)  # fmt: skip
_EBML, _WEBM = b"\x1a\x45\xdf\xa3", b"webm"


def extension_of(data: bytes) -> str:
    """`mp4`, `mov` or `webm`. Raises InvalidInput for anything else, and for what is too large."""
    if len(data) > LARGEST_VIDEO:
        raise InvalidInput({"files": N_("A video has at most 50 MB.")})
    if data[4:8] == b"ftyp":
        brand = data[8:12]
        if brand == b"qt  ":
            return "mov"
        if brand in _MP4:
            return "mp4"
    if data[:4] == _EBML and _WEBM in data[:64]:
        return "webm"
    raise InvalidInput({"files": N_("This is neither a picture nor an MP4, MOV or WebM video.")})


def looks_like_a_video(data: bytes) -> bool:
    return data[4:8] == b"ftyp" or data[:4] == _EBML
