"""What the two sides write and show to each other about a request."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.ids import new_id
from app.kernel.uploads import PrivatePicture

MOST_PICTURES = 12


class Said(msgspec.Struct, frozen=True):
    author: str
    name: str
    words: str
    at: datetime


class Picture(msgspec.Struct, frozen=True):
    id: UUID
    added_by: str
    storage_key: str
    width: int
    height: int
    created_at: datetime


async def say(aftersale: UUID, author: str, words: str, *, name: str = "") -> None:
    await tenants.connection().execute(
        "INSERT INTO aftersale_message (id, aftersale, author, name, words, at) VALUES ($1, $2, $3, $4, $5, $6)",
        new_id(), aftersale, author, name, words, now(),
    )  # fmt: skip


async def said_about(aftersale: UUID) -> list[Said]:
    """The whole thread, the first word first."""
    rows = await tenants.connection().fetch(
        "SELECT author, name, words, at FROM aftersale_message WHERE aftersale = $1 ORDER BY at, id", aftersale
    )
    return [Said(**row) for row in rows]


async def show_picture(aftersale: UUID, added_by: str, picture: PrivatePicture) -> bool:
    """False when there are enough of them already."""
    added = await tenants.connection().fetchval(
        "INSERT INTO aftersale_picture (id, aftersale, added_by, storage_key, width, height, created_at)"
        " SELECT $1, $2, $3, $4, $5, $6, $7 FROM aftersale_picture WHERE aftersale = $2 HAVING count(*) < $8"
        " RETURNING id",
        new_id(), aftersale, added_by, picture.key, picture.width, picture.height, now(), MOST_PICTURES,
    )  # fmt: skip
    return added is not None


async def pictures_of(aftersale: UUID) -> list[Picture]:
    rows = await tenants.connection().fetch(
        "SELECT id, added_by, storage_key, width, height, created_at FROM aftersale_picture WHERE aftersale = $1"
        " ORDER BY created_at, id",
        aftersale,
    )
    return [Picture(**row) for row in rows]


async def find_picture(aftersale: UUID, picture: UUID) -> Picture:
    """Raises NotFound, also for a picture of another request."""
    row = await tenants.connection().fetchrow(
        "SELECT id, added_by, storage_key, width, height, created_at FROM aftersale_picture"
        " WHERE aftersale = $1 AND id = $2",
        aftersale,
        picture,
    )
    if row is None:
        raise NotFound
    return Picture(**row)
