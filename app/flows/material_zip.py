"""A pack as one file: packed while it is sent, so a large video is never whole in memory. Not a journey of its own.

Names in it are ours: numbers, languages and channels, never what somebody called an upload.
"""

from __future__ import annotations

import time
import zipfile
from collections.abc import AsyncIterator, Sequence
from typing import IO, cast
from zoneinfo import ZoneInfo

import tenants
from app import links
from app.flows import campaign_pictures, material_posters
from app.flows.open_pack import Opened
from app.kernel import formats, i18n
from app.kernel.clock import now
from app.kernel.i18n import gettext as _
from infra.storage.obstore import storage
from infra.storage.port import StorageError


class _Pipe:
    """What the archive writes into; read empty after every piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits anywhere else."""

    def take(self) -> bytes:
        taken, self._pieces = b"".join(self._pieces), []
        return taken


async def zip_of(opened: Opened) -> AsyncIterator[bytes]:
    """Everything that names a price is put together before the first byte leaves. Raises PackIsStale."""
    sheets = [(name, await material_posters.compose(opened, name)) for name in opened.version.body.templates]
    return _packed(opened, sheets)


async def _packed(opened: Opened, sheets: Sequence[tuple[str, campaign_pictures.Sheet]]) -> AsyncIterator[bytes]:
    """Texts first, so that a download that breaks off still has them."""
    pipe = _Pipe()
    with zipfile.ZipFile(cast(IO[bytes], pipe), "w") as archive:  # it needs no more of a file than the pipe has
        for name, text in _texts(opened):
            archive.writestr(_entry(name, zipfile.ZIP_DEFLATED), text.encode("utf-8-sig"))
        archive.writestr(_entry("qr.png"), links.qr_png(opened.url))
        yield pipe.take()
        for template, sheet in sheets:
            drawn = await campaign_pictures.picture(tenants.current().id, sheet)
            archive.writestr(_entry(f"poster-{template}.png"), drawn)
            yield pipe.take()
        for number, file in enumerate(opened.version.body.files, 1):
            with archive.open(_entry(f"{file.kind}-{number:02}.{file.extension}"), "w") as entry:
                async for piece in _pieces(file.file_key):
                    entry.write(piece)
                    yield pipe.take()
    yield pipe.take()


async def _pieces(key: str) -> AsyncIterator[bytes]:
    """A file that is gone costs itself, not the rest of the pack."""
    try:
        async for piece in storage().stream(key):
            yield piece
    except StorageError:
        return


def _entry(name: str, method: int = zipfile.ZIP_STORED) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, time.gmtime()[:6])
    entry.compress_type = method
    return entry


def _texts(opened: Opened) -> list[tuple[str, str]]:
    tenant = tenants.current()
    moment = formats.date_time(now(), i18n.current_locale.get(), ZoneInfo(tenant.time_zone))
    about = [opened.version.body.title, opened.url, _("True on %(moment)s, version %(number)s", moment=moment,
             number=opened.version.number)]  # fmt: skip
    return [("link.txt", "\n".join(about) + "\n")] + [
        (f"text-{number:02}-{copy.language}-{copy.channel}.txt", words + "\n")
        for number, (copy, words) in enumerate(opened.copies, 1)
    ]


def zip_name(opened: Opened) -> str:
    return f"materials-{opened.standing.id.hex[-6:]}-v{opened.version.number}.zip"
