"""A picture from outside becomes files of ours: drawn anew in our sizes and stored under the name of its content."""

from __future__ import annotations

import msgspec

import tenants
from infra import images
from infra.images import ImageRefused
from infra.storage.obstore import storage
from infra.storage.port import object_key

__all__ = ["LARGEST_FORM", "LARGEST_UPLOAD", "ImageRefused", "StoredPicture", "store_picture_file"]

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
