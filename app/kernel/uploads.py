"""A picture from outside becomes files of ours: drawn anew in our sizes and stored under the name of its content."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
from litestar.datastructures import UploadFile

import tenants
from infra import crypto, images
from infra.images import ImageRefused
from infra.images.renditions import MAX_BYTES
from infra.storage.obstore import storage
from infra.storage.port import BadKey, ObjectMissing, object_key

__all__ = [
    "LARGEST_FORM", "LARGEST_UPLOAD", "ImageRefused", "PrivatePicture", "StoredPicture", "files_of",
    "read_private_picture", "store_picture_file", "store_private_picture",
]  # fmt: skip

# Bytes of one request: what anybody may send, and what the few routes that take files may be sent.
LARGEST_FORM = 2 * 1024 * 1024
LARGEST_UPLOAD = 60 * 1024 * 1024


class StoredPicture(msgspec.Struct, frozen=True):
    """Storage keys of one picture's sizes (1600, 720, 240, and a JPEG to share), and the size of the largest."""

    full: str
    card: str
    thumb: str
    share: str
    width: int
    height: int


async def files_of(submitted: Any, name: str, most: int) -> list[bytes]:
    """The first `most` files a form brought under this name, each read just far enough to see that it is too long."""
    files = [file for file in submitted.getall(name, []) if isinstance(file, UploadFile) and file.filename]
    return [await file.read(MAX_BYTES + 1) for file in files[:most]]


async def store_picture_file(data: bytes) -> StoredPicture:
    """Draw and store for the bound store; never inside a transaction. Raises ImageRefused."""
    sizes = await images.reencode(data)
    tenant, place = tenants.current().id, storage()
    keys = []
    for size in sizes:
        key = object_key(tenant, size.sha256, size.extension)
        await place.put(key, size.data)
        keys.append(key)
    full, card, thumb, share = keys
    return StoredPicture(full, card, thumb, share, sizes.full.width, sizes.full.height)


# An ending the public address of pictures does not serve, so that a key alone shows nothing to anybody.
PRIVATE = "evidence"


class PrivatePicture(msgspec.Struct, frozen=True):
    """A picture only some people may see: its storage key, which no public address answers to, and its size."""

    key: str
    width: int
    height: int


async def store_private_picture(data: bytes) -> PrivatePicture:
    """Draw anew and store for the bound store; never inside a transaction. Raises ImageRefused.

    The name is a keyed hash of the content: somebody who has the same picture cannot find out that it is here.
    """
    full = (await images.reencode(data)).full
    tenant = tenants.current().id
    name = hashlib.sha256(f"{crypto.sign(full.sha256, 'private-picture')}:{tenant}".encode()).hexdigest()
    key = object_key(tenant, name, PRIVATE)
    await storage().put(key, full.data)
    return PrivatePicture(key, full.width, full.height)


async def read_private_picture(key: str) -> bytes | None:
    """A WebP picture, or None when its file is gone."""
    try:
        return await storage().get(key)
    except (BadKey, ObjectMissing):
        return None
