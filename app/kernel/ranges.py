"""Files in pieces: what a player asks for when somebody jumps ahead in a video."""

from __future__ import annotations

import re
from typing import Any

from litestar import Response
from litestar.response import Stream

from infra.storage.obstore import storage

MOST_AT_ONCE = 4 * 1024 * 1024
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def read_range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte, cut to a bounded piece; None for the whole file. Raises ValueError when it is not there.

    Several ranges, or what is no range at all, mean the whole file, as the protocol allows.
    """
    found = _RANGE.fullmatch(header.strip())
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        start, end = max(0, size - int(last)), size - 1
        if int(last) == 0:
            raise ValueError(header)
    else:
        start, end = int(first), min(int(last), size - 1) if last else size - 1
    if start >= size or end < start:
        raise ValueError(header)
    return start, min(end, start + MOST_AT_ONCE - 1)


async def answer_with_file(
    key: str, size: int, media_type: str, *, asked: str, name: str, save: bool = False
) -> Response[Any] | Stream:
    """The stored file, or the piece that was asked for; private, and never a page whatever its bytes say.

    Raises ObjectMissing for a piece of a file that is gone.
    """
    headers = {
        "Accept-Ranges": "bytes", "Cache-Control": "private, no-store",
        "Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff",
        "Content-Disposition": f'{"attachment" if save else "inline"}; filename="{name}"',
    }  # fmt: skip
    try:
        piece = read_range(asked, size)
    except ValueError:
        return Response(b"", status_code=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    if piece is None:
        return Stream(storage().stream(key), media_type=media_type, headers=headers | {"Content-Length": str(size)})
    start, end = piece
    content = await storage().piece(key, start, end - start + 1)
    headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    return Response(content, status_code=206, media_type=media_type, headers=headers)
