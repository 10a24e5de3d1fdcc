"""Every place for files keeps the same promises."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from pathlib import Path

import pytest
from obstore.store import MemoryStore

from infra.storage.obstore import ObstoreStorage, local_storage
from infra.storage.port import BadKey, ObjectMissing, ObjectStorage, object_key

TENANT, OTHER = uuid.uuid4(), uuid.uuid4()


@pytest.fixture(params=["folder", "memory"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStorage:
    return local_storage(tmp_path / "storage") if request.param == "folder" else ObstoreStorage(MemoryStore())


def key_for(data: bytes, tenant: uuid.UUID = TENANT) -> str:
    return object_key(tenant, hashlib.sha256(data).hexdigest(), "webp")


async def test_what_is_put_can_be_read_back_whole_and_in_pieces(place: ObjectStorage) -> None:
    data = bytes(range(256)) * 5_000
    key = key_for(data)

    assert await place.put(key, data)

    assert await place.get(key) == data
    assert b"".join([piece async for piece in place.stream(key)]) == data
    assert await place.exists(key)


async def test_a_taken_key_is_left_as_it_is(place: ObjectStorage) -> None:
    key = key_for(b"first")
    await place.put(key, b"first")

    assert not await place.put(key, b"second")

    assert await place.get(key) == b"first"


async def test_of_many_putting_the_same_key_one_is_first(place: ObjectStorage) -> None:
    key = key_for(b"raced")

    outcomes = await asyncio.gather(*(place.put(key, b"raced") for _ in range(8)))

    assert sorted(outcomes) == [False] * 7 + [True]


async def test_what_is_not_there_is_missing(place: ObjectStorage) -> None:
    key = key_for(b"never")

    with pytest.raises(ObjectMissing):
        await place.get(key)
    with pytest.raises(ObjectMissing):
        [piece async for piece in place.stream(key)]
    assert not await place.exists(key)


async def test_deleting_twice_is_no_error(place: ObjectStorage) -> None:
    key = key_for(b"gone")
    await place.put(key, b"gone")

    await place.delete(key)
    await place.delete(key)

    assert not await place.exists(key)


async def test_keys_of_a_store_are_listed_without_its_neighbor(place: ObjectStorage) -> None:
    mine, theirs = key_for(b"cup"), key_for(b"cup", OTHER)
    await place.put(mine, b"cup")
    await place.put(theirs, b"cup")

    assert [key async for key in place.keys(TENANT)] == [mine]


@pytest.mark.parametrize(
    "key",
    [
        "../../etc/passwd",
        "t/../secret.key",
        f"t/{TENANT}/../{OTHER}/{'a' * 64}.webp",
        f"t/{TENANT}/{'a' * 64}",
        f"t/{TENANT}/{'a' * 64}.webp\n",
        f"/t/{TENANT}/{'a' * 64}.webp",
        "",
    ],
)
async def test_no_key_leads_out_of_the_store(place: ObjectStorage, key: str) -> None:
    with pytest.raises(BadKey):
        await place.get(key)
    with pytest.raises(BadKey):
        await place.put(key, b"x")
    with pytest.raises(BadKey):
        await place.delete(key)
