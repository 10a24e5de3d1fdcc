"""What comes out of an upload: a few sizes of one picture, named by their content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

MAX_BYTES = 10 * 1024 * 1024

REASONS = {
    "empty": "The file is empty.",
    "too_large": "The picture is larger than 10 MB.",
    "not_an_image": "This is not a JPEG, PNG, WebP or GIF picture.",
    "too_many_pixels": "The picture has more than 25 million pixels.",
    "broken": "The picture is damaged and cannot be read.",
    "too_costly": "The picture takes too much work to read.",
}


class ImageRefused(Exception):
    """The upload is not a picture we show. `reason` is a stable word, `message` an English msgid."""

    code: ClassVar[str] = "image.refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.message = REASONS[reason]


@dataclass(frozen=True)
class Rendition:
    """One encoded size of the picture."""

    data: bytes
    extension: str
    width: int
    height: int

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def name(self) -> str:
        """The same picture always gets the same name, so storing it twice is storing it once."""
        return f"{self.sha256}.{self.extension}"

    @property
    def content_type(self) -> str:
        return {"webp": "image/webp", "jpg": "image/jpeg"}[self.extension]


@dataclass(frozen=True)
class Renditions:
    """`full` fits 1600, `card` 720, `thumb` 240 (WebP); `share` fits 1200 (JPEG, for chat previews and posters)."""

    full: Rendition
    card: Rendition
    thumb: Rendition
    share: Rendition

    def __iter__(self) -> Iterator[Rendition]:
        yield from (self.full, self.card, self.thumb, self.share)
