"""Giving the pictures a store waits for their files. Drawing takes long, so it happens between short transactions."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import Mapping

import tenants
from app.catalog.picture_files import ReadFile, find_file
from app.catalog.pictures import Picture, note_picture_failure, pictures_awaited, store_picture
from app.kernel.uploads import ImageRefused, store_picture_file

AT_ONCE = 4  # Bytes of so many pictures are held in memory.


async def store_matching(files: Mapping[str, ReadFile]) -> int:
    """Store every awaited picture whose file is at hand, in short transactions. Returns how many. Safe to repeat."""
    places = asyncio.Semaphore(AT_ONCE)
    found, after = 0, None
    while True:
        async with tenants.transaction():
            awaited = await pictures_awaited(after)
        if not awaited:
            return found
        matched = [(picture, find_file(files, picture.source)) for picture in awaited]
        found += sum(await asyncio.gather(*(_store(picture, read, places) for picture, read in matched if read)))
        after = awaited[-1].id


async def _store(picture: Picture, read: ReadFile, places: asyncio.Semaphore) -> bool:
    async with places:
        try:
            stored = await store_picture_file(await asyncio.to_thread(read))
        except ImageRefused as refusal:
            async with tenants.transaction():
                await note_picture_failure(picture.id, refusal.message, final=True)
            return False
        except (OSError, zipfile.BadZipFile, NotImplementedError, EOFError) as error:
            async with tenants.transaction():
                await note_picture_failure(picture.id, str(error), final=False)
            return False
        async with tenants.transaction():
            await store_picture(picture.id, stored)
        return True
