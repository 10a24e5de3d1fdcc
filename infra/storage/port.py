"""What the shop may expect of a place for files."""

from __future__ import annotations

import re
import uuid
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Protocol

_KEY = re.compile(r"t/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/[0-9a-f]{64}\.[a-z0-9]{1,8}")


class StorageError(Exception):
    """Something about a stored object went wrong; the subclasses say what."""


class ObjectMissing(StorageError):
    """No object has this key."""


class BadKey(StorageError):
    """Not a key made by `object_key`; refused before the store is asked."""


class StorageUnavailable(StorageError):
    """The store did not answer or refused us; asking again later may help."""


def object_key(tenant_id: uuid.UUID, sha256: str, extension: str) -> str:
    """A tenant's object by its content; one prefix holds all of a store and nothing else."""
    return check_key(f"t/{tenant_id}/{sha256}.{extension}")


def check_key(key: str) -> str:
    """Keys reach us from addresses: only the exact shape passes, so no path can climb out of the store."""
    if not _KEY.fullmatch(key):
        raise BadKey(key)
    return key


class ObjectStorage(Protocol):
    """Objects are named by their content, so they never change: they are put, read and deleted."""

    async def put(self, key: str, data: bytes) -> bool:
        """Store an object durably. True if it is new; False if the key was taken, and then nothing was changed."""
        ...

    async def get(self, key: str) -> bytes:
        """The whole object. Raises `ObjectMissing`."""
        ...

    def stream(self, key: str) -> AsyncIterator[bytes]:
        """The object in pieces, for large ones. Raises `ObjectMissing` before the first piece."""
        ...

    async def piece(self, key: str, start: int, length: int) -> bytes:
        """So many bytes from there on, fewer at the end. Raises `ObjectMissing`."""
        ...

    async def exists(self, key: str) -> bool: ...

    async def delete(self, key: str) -> None:
        """Remove an object; removing it twice is no error."""
        ...

    def older_than(self, tenant_id: uuid.UUID, extension: str, before: datetime) -> AsyncIterator[str]:
        """Keys of one tenant with this ending that were put before that moment; whoever has enough stops reading."""
        ...

    def keys(self, tenant_id: uuid.UUID) -> AsyncIterator[str]:
        """Every key of one tenant, for export and deletion."""
        ...
