"""Pictures find their products: from an upload, a zip, or the address the file named.

Bytes never reach a shopper as they came: every picture is decoded in a fenced-off process and drawn anew, outside of
transactions; only the short note that a picture is there is one.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urljoin
from uuid import UUID

import msgspec

import tenants
from app import catalog, store
from app.kernel.errors import NotFound
from app.kernel.uploads import ImageRefused, store_picture_file
from infra import http
from infra.images.renditions import MAX_BYTES

REDIRECTS = 3


class Unreachable(Exception):
    """The address gave no picture this time; asking again may help."""


async def add_uploads(product_id: UUID, uploads: Iterable[bytes]) -> list[str]:
    """Pictures from a form go to the end, in order; returns why some were refused. Good ones stay. Raises NotFound."""
    async with tenants.transaction():
        await catalog.find_product(product_id)
    refused = []
    for data in uploads:
        try:
            stored = await store_picture_file(data)
        except ImageRefused as refusal:
            refused.append(refusal.message)
            continue
        async with tenants.transaction():
            await catalog.add_picture(product_id, stored)
            await store.touch()
    return refused


async def store_archive(archive: Path) -> int:
    """Match a zip's files to the pictures the store waits for. Raises BadZipFile when it is no zip."""
    with zipfile.ZipFile(archive) as opened:
        found = await catalog.store_matching(catalog.zip_files(opened))
    await show_changes(found)
    return found


async def show_changes(found: int) -> None:
    if found:
        async with tenants.transaction():
            await store.touch()


async def fetch_picture(picture_id: UUID, *, last: bool) -> bool:
    """Fetch one picture from its address. False when it is not there yet: it stays pending with the reason noted.

    A picture that is stored, removed or refused for good is done, whatever the address says now.
    """
    async with tenants.transaction():
        try:
            picture = await catalog.find_picture(picture_id)
        except NotFound:
            return True
    if picture.status != "pending" or not picture.source.startswith(("http://", "https://")):
        return True
    try:
        stored = await store_picture_file(await _get(picture.source))
    except ImageRefused as refusal:
        return await _note(picture_id, refusal.message, final=True)
    except http.AddressRefused:
        return await _note(picture_id, "This address is not on the public internet.", final=True)
    except (Unreachable, http.OutsideUnavailable):
        await _note(picture_id, "The address did not answer.", final=False)
        return last
    async with tenants.transaction():
        await catalog.store_picture(picture_id, stored)
        await store.touch()
    return True


async def _note(picture_id: UUID, reason: str, *, final: bool) -> bool:
    async with tenants.transaction():
        await catalog.note_picture_failure(picture_id, reason, final=final)
    return True


async def _get(url: str) -> bytes:
    """The bytes at an address. Every redirect is checked like the first address, because it may lead anywhere."""
    for _hop in range(REDIRECTS + 1):
        answer = await http.fetch(url, max_bytes=MAX_BYTES)
        location = answer.headers.get("location")
        if answer.status in (301, 302, 303, 307, 308) and location:
            url = urljoin(url, location)
            continue
        if answer.status == 200:
            return answer.body
        raise Unreachable(f"status {answer.status}")
    raise Unreachable("too many redirects")


async def remove(product_id: UUID, picture_id: UUID) -> catalog.Picture:
    """Take a picture off; what is returned is enough to put it back."""
    async with tenants.transaction():
        picture = await catalog.remove_picture(product_id, picture_id)
        await store.touch()
        return picture


async def restore(product_id: UUID, remembered: bytes) -> None:
    """Undo a removal from what `remove` returned and the page kept sealed."""
    picture = msgspec.json.decode(remembered, type=catalog.Picture)
    if picture.product == product_id:
        async with tenants.transaction():
            await catalog.restore_picture(picture)
            await store.touch()


async def arrange(product_id: UUID, order: list[UUID], alts: dict[UUID, str]) -> None:
    """New order and new descriptions of a product's pictures. Raises NotFound."""
    async with tenants.transaction():
        await catalog.find_product(product_id)
        await catalog.order_pictures(product_id, order)
        await catalog.describe_pictures(product_id, alts)
        await store.touch()
