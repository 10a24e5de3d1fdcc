"""Pictures find their products: from an upload, a folder, a zip, or the address the file named.

Bytes never reach a shopper as they came: every picture is decoded in a fenced-off process and drawn anew. Decoding and
storing happen outside of transactions; only the short note that a picture is there is one.
"""

from __future__ import annotations

import asyncio
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit
from uuid import UUID

import msgspec

import tenants
from app import catalog, store
from infra import images
from infra.images.renditions import MAX_BYTES
from infra.storage.obstore import storage
from infra.storage.port import object_key

MAX_ZIP_ENTRIES = 20_000
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".gif"}
ReadFile = Callable[[], bytes]


async def store_upload(data: bytes) -> catalog.StoredPicture:
    """Draw the picture anew in our sizes and store them. Raises ImageRefused."""
    sizes = await images.reencode(data)
    tenant, place = tenants.current().id, storage()
    keys = []
    for size in sizes:
        key = object_key(tenant, size.sha256, size.extension)
        await place.put(key, size.data)
        keys.append(key)
    full, card, thumb, share = keys
    return catalog.StoredPicture(full, card, thumb, share, sizes.full.width, sizes.full.height)


async def add_uploads(product_id: UUID, uploads: Iterable[bytes]) -> list[str]:
    """Pictures from a form go to the end, in order; returns why some were refused. Good ones stay."""
    refused = []
    for data in uploads:
        try:
            stored = await store_upload(data)
        except images.ImageRefused as refusal:
            refused.append(refusal.message)
            continue
        async with tenants.transaction():
            await catalog.add_picture(product_id, stored)
            await store.touch()
    return refused


async def store_folder(folder: Path) -> int:
    """Give every picture the store still waits for its file from a folder, by file name. Returns how many were found."""
    files = {file_key(path.name): path for path in sorted(folder.rglob("*")) if path.suffix.lower() in SUFFIXES}
    return await store_matching({name: _reader(path) for name, path in files.items()})


async def store_zip(archive: BinaryIO) -> int:
    """The same from a zip. Entries are only ever read into memory, one at a time and never past the size of a picture."""
    with zipfile.ZipFile(archive) as opened:
        return await store_matching(zip_readers(opened))


def zip_readers(opened: zipfile.ZipFile) -> dict[str, ReadFile]:
    """What could be a picture, by its bare file name: folders in the names mean nothing, so none can lead out of here."""
    readers: dict[str, ReadFile] = {}
    for entry in opened.infolist()[:MAX_ZIP_ENTRIES]:
        name = entry.filename.replace("\\", "/").rpartition("/")[2]
        if Path(name).suffix.lower() in SUFFIXES and not name.startswith(".") and not entry.flag_bits & 0x1:
            readers.setdefault(file_key(name), _zip_reader(opened, entry))
    return readers


def _zip_reader(opened: zipfile.ZipFile, entry: zipfile.ZipInfo) -> ReadFile:
    def read() -> bytes:
        # The size in the directory may lie; what is unpacked is counted, so a bomb ends one byte past the limit.
        with opened.open(entry) as file:
            return file.read(MAX_BYTES + 1)

    return read


def _reader(path: Path) -> ReadFile:
    def read() -> bytes:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)

    return read


def file_key(name: str) -> str:
    """How two file names are compared: unescaped, in one Unicode form, whatever their case."""
    return unicodedata.normalize("NFC", unquote(name)).casefold()


def source_key(source: str) -> str:
    """The file name at the end of an address, or the name itself."""
    path = urlsplit(source).path if "//" in source else source
    return file_key(path.rpartition("/")[2])


async def store_matching(readers: Mapping[str, ReadFile]) -> int:
    """Walk the pictures the store waits for and store those whose file is at hand. Safe to run twice."""
    found, after = 0, None
    while True:
        async with tenants.transaction():
            awaited = await catalog.pictures_awaited(after)
        if not awaited:
            return found
        wanted = [(picture, readers[source_key(picture.source)]) for picture in awaited if source_key(picture.source) in readers]
        outcomes = await asyncio.gather(*(_store_one(picture, read) for picture, read in wanted))
        if stored := sum(outcomes):
            found += stored
            async with tenants.transaction():
                await store.touch()
        after = awaited[-1].id


async def _store_one(picture: catalog.Picture, read: ReadFile) -> bool:
    try:
        stored = await store_upload(await asyncio.to_thread(read))
    except images.ImageRefused as refusal:
        async with tenants.transaction():
            await catalog.note_picture_failure(picture.id, refusal.message, final=True)
        return False
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        async with tenants.transaction():
            await catalog.note_picture_failure(picture.id, str(error), final=False)
        return False
    async with tenants.transaction():
        await catalog.store_picture(picture.id, stored)
    return True


async def remove(product_id: UUID, picture_id: UUID) -> catalog.Picture:
    async with tenants.transaction():
        picture = await catalog.remove_picture(product_id, picture_id)
        await store.touch()
        return picture


async def restore(product_id: UUID, text: bytes) -> None:
    """Undo a removal from what `remove` returned, kept (signed) by the page."""
    picture = msgspec.json.decode(text, type=catalog.Picture)
    if picture.product == product_id:
        async with tenants.transaction():
            await catalog.restore_picture(picture)
            await store.touch()
