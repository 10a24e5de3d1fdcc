"""Local folders and S3-compatible buckets through the obstore library."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError
from obstore.store import LocalStore, from_url
from obstore.store import ObjectStore as Backend

from infra.settings import settings
from infra.storage.port import ObjectMissing, ObjectStorage, StorageUnavailable, check_key

CHUNK = 256 * 1024


@contextlib.contextmanager
def _told_plainly(key: str) -> Iterator[None]:
    """The library's words stop here."""
    try:
        yield
    except (NotFoundError, FileNotFoundError):
        raise ObjectMissing(key) from None
    except (BaseError, OSError) as error:
        raise StorageUnavailable(f"{key}: {type(error).__name__}") from error


class ObstoreStorage:
    """`ObjectStorage` over any store obstore can open."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def put(self, key: str, data: bytes) -> bool:
        with _told_plainly(check_key(key)):
            try:
                await obstore.put_async(self._backend, key, data, mode="create", use_multipart=False)
            except (AlreadyExistsError, FileExistsError):
                return False
            return True

    async def get(self, key: str) -> bytes:
        with _told_plainly(check_key(key)):
            found = await obstore.get_async(self._backend, key)
            return bytes(await found.bytes_async())

    async def stream(self, key: str) -> AsyncIterator[bytes]:
        with _told_plainly(check_key(key)):
            found = await obstore.get_async(self._backend, key)
            async for chunk in found.stream(min_chunk_size=CHUNK):
                yield bytes(chunk)

    async def piece(self, key: str, start: int, length: int) -> bytes:
        with _told_plainly(check_key(key)):
            found = await obstore.get_range_async(self._backend, key, start=start, length=length)
            return bytes(found)

    async def exists(self, key: str) -> bool:
        try:
            with _told_plainly(check_key(key)):
                await obstore.head_async(self._backend, key)
        except ObjectMissing:
            return False
        return True

    async def delete(self, key: str) -> None:
        with contextlib.suppress(ObjectMissing), _told_plainly(check_key(key)):
            await obstore.delete_async(self._backend, key)

    async def keys(self, tenant_id: uuid.UUID) -> AsyncIterator[str]:
        prefix = f"t/{tenant_id}"
        with _told_plainly(prefix):
            async for batch in obstore.list(self._backend, prefix):
                for entry in batch:
                    yield entry["path"]

    async def older_than(self, tenant_id: uuid.UUID, extension: str, before: datetime) -> AsyncIterator[str]:
        prefix = f"t/{tenant_id}"
        with _told_plainly(prefix):
            async for batch in obstore.list(self._backend, prefix):
                for entry in batch:
                    if entry["path"].endswith(f".{extension}") and entry["last_modified"] < before:
                        yield entry["path"]


def local_storage(folder: Path) -> ObstoreStorage:
    folder.mkdir(parents=True, exist_ok=True)
    return ObstoreStorage(LocalStore(prefix=folder))


@cache
def storage() -> ObjectStorage:
    """`S3_URL` (keys and endpoint from the AWS_* variables), else the folder `storage` below var."""
    configured = settings()
    if configured.s3_url:
        return ObstoreStorage(from_url(configured.s3_url))
    return local_storage(configured.var / "storage")
