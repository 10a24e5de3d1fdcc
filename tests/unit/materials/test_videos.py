"""A file is what its first bytes say, whatever it is called."""

from __future__ import annotations

import pytest

from app.kernel.errors import InvalidInput
from app.materials import LARGEST_VIDEO, extension_of, looks_like_a_video

MP4 = b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 40
MOV = b"\x00\x00\x00\x14ftypqt  " + b"\x00" * 40
WEBM = b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm" + b"\x00" * 20
MATROSKA = WEBM.replace(b"webm", b"matr")
HEIC = b"\x00\x00\x00\x18ftypheic" + b"\x00" * 40


@pytest.mark.parametrize(("data", "extension"), [(MP4, "mp4"), (MOV, "mov"), (WEBM, "webm")])
def test_videos_are_known_by_their_content(data: bytes, extension: str) -> None:
    assert looks_like_a_video(data)
    assert extension_of(data) == extension


@pytest.mark.parametrize("data", [b"", b"<html><script>", b"GIF89a", HEIC, MATROSKA, b"MZ\x90" + b"\x00" * 60])
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        extension_of(data)


def test_a_video_that_is_too_large_is_refused() -> None:
    with pytest.raises(InvalidInput):
        extension_of(MP4 + bytes(LARGEST_VIDEO))
