"""Pictures of products: expected by their source, stored once their file is there, ordered by the merchant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.catalog.derived import refresh_covers
from app.catalog.records import ImageRecord, as_json
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.ids import new_id
from app.kernel.uploads import StoredPicture

_INSERT = """
INSERT INTO product_image (id, product, position, alt, source, status, created_at)
SELECT x.id, x.product, x.position, x.alt, x.source, 'pending', x.created_at
FROM jsonb_to_recordset($1::jsonb)
    AS x(id uuid, product uuid, position integer, alt text, source text, created_at timestamptz)
ON CONFLICT (id) DO UPDATE SET position = EXCLUDED.position, alt = EXCLUDED.alt
"""


class Picture(msgspec.Struct, frozen=True):
    """A picture as pages show it; a pending or failed one has no keys."""

    id: UUID
    product: UUID
    position: int
    alt: str
    source: str
    status: str
    failure: str
    storage_key: str | None
    card_key: str | None
    thumb_key: str | None
    share_key: str | None
    width: int
    height: int


async def expect_pictures(
    wanted: Mapping[UUID, Sequence[tuple[str, str]]], at: datetime
) -> dict[tuple[UUID, str], UUID]:
    """Pictures by (product, source) -> id. Known sources keep their file; sources a file no longer names are dropped.

    A product for which nothing is wanted keeps what it has, and pictures the merchant uploaded stay behind the others.
    """
    database = tenants.connection()
    products = [product for product, pictures in wanted.items() if pictures]
    if not products:
        return {}
    rows = await database.fetch(
        "SELECT id, product, source FROM product_image WHERE product = ANY($1::uuid[]) AND source <> ''", products
    )
    known = {(row["product"], row["source"]): row["id"] for row in rows}
    records = [
        ImageRecord(
            id=known.get((product, source)) or new_id(), product=product, position=place, alt=alt, source=source,
            created_at=at,
        )
        for product in products
        for place, (source, alt) in enumerate(wanted[product], 1)
    ]  # fmt: skip
    found = {(record.product, record.source): record.id for record in records}
    if gone := [id for key, id in known.items() if key not in found]:
        await database.execute("DELETE FROM product_image WHERE id = ANY($1::uuid[])", gone)
    await database.execute(_INSERT, as_json(records))
    return found


async def store_picture(image_id: UUID, stored: StoredPicture) -> None:
    """The file is there. Storing the same picture twice changes nothing."""
    product = await tenants.connection().fetchval(
        "UPDATE product_image SET status = 'stored', failure = '', storage_key = $2, card_key = $3, thumb_key = $4,"
        " share_key = $5, width = $6, height = $7 WHERE id = $1 RETURNING product",
        image_id, stored.full, stored.card, stored.thumb, stored.share, stored.width, stored.height,
    )  # fmt: skip
    if product:
        await refresh_covers([product])


async def note_picture_failure(image_id: UUID, reason: str, *, final: bool) -> None:
    """Say why a picture is not there yet; `final` when asking again cannot help."""
    await tenants.connection().execute(
        "UPDATE product_image SET failure = $2, status = $3 WHERE id = $1 AND status <> 'stored'",
        image_id, reason[:300], "failed" if final else "pending",
    )  # fmt: skip


async def add_picture(product_id: UUID, stored: StoredPicture, alt: str = "") -> UUID:
    """An uploaded picture goes to the end."""
    image_id = new_id()
    await tenants.connection().execute(
        "INSERT INTO product_image (id, product, position, alt, storage_key, card_key, thumb_key, share_key, width,"
        " height, status, created_at) SELECT $1, $2, coalesce(max(position), 0) + 1, $3, $4, $5, $6, $7, $8, $9,"
        " 'stored', $10 FROM product_image WHERE product = $2",
        image_id, product_id, alt, stored.full, stored.card, stored.thumb, stored.share, stored.width, stored.height,
        now(),
    )  # fmt: skip
    await refresh_covers([product_id])
    return image_id


async def restore_picture(picture: Picture) -> None:
    """Undo a removal. The file was never deleted: it is named by its content and may serve other products."""
    await tenants.connection().execute(
        "INSERT INTO product_image (id, product, position, alt, source, status, failure, storage_key, card_key,"
        " thumb_key, share_key, width, height, created_at)"
        " SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 FROM product WHERE id = $2"
        " ON CONFLICT (id) DO NOTHING",
        *msgspec.structs.astuple(picture), now(),
    )  # fmt: skip
    await refresh_covers([picture.product])


_COLUMNS = (
    "id, product, position, alt, source, status, failure, storage_key, card_key, thumb_key, share_key, width, height"
)


async def pictures_of(product_id: UUID) -> list[Picture]:
    rows = await tenants.connection().fetch(
        f"SELECT {_COLUMNS} FROM product_image WHERE product = $1 ORDER BY position, id",  # noqa: S608 - constant names
        product_id,
    )
    return [_picture(row) for row in rows]


async def find_picture(image_id: UUID) -> Picture:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(
        f"SELECT {_COLUMNS} FROM product_image WHERE id = $1",  # noqa: S608 - constant names
        image_id,
    )
    if row is None:
        raise NotFound
    return _picture(row)


async def pictures_awaited(after: UUID | None = None, *, limit: int = 200) -> list[Picture]:
    """Pictures of the store that have no file yet, in the order of their making."""
    rows = await tenants.connection().fetch(
        f"SELECT {_COLUMNS} FROM product_image"  # noqa: S608 - constant names
        " WHERE status = 'pending' AND source <> '' AND ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT $2",
        after, limit,
    )  # fmt: skip
    return [_picture(row) for row in rows]


async def remove_picture(product_id: UUID, image_id: UUID) -> Picture:
    """Take a picture off its product; returns it, so that the page can offer to undo. Raises NotFound."""
    picture = await find_picture(image_id)
    if picture.product != product_id:
        raise NotFound
    await tenants.connection().execute("DELETE FROM product_image WHERE id = $1", image_id)
    await tenants.connection().execute(
        "UPDATE variant SET image = NULL WHERE product = $1 AND image = $2", product_id, image_id
    )
    await refresh_covers([product_id])
    return picture


async def order_pictures(product_id: UUID, ids: Sequence[UUID]) -> None:
    """Put the pictures into this order; those not named keep their order behind them."""
    order = list(ids) + [picture.id for picture in await pictures_of(product_id) if picture.id not in ids]
    await tenants.connection().execute(
        "UPDATE product_image SET position = x.place FROM unnest($2::uuid[]) WITH ORDINALITY AS x(id, place)"
        " WHERE product_image.id = x.id AND product_image.product = $1",
        product_id, order,
    )  # fmt: skip
    await refresh_covers([product_id])


async def describe_pictures(product_id: UUID, alts: Mapping[UUID, str]) -> None:
    await tenants.connection().execute(
        "UPDATE product_image SET alt = x.alt FROM unnest($2::uuid[], $3::text[]) AS x(id, alt)"
        " WHERE product_image.id = x.id AND product_image.product = $1",
        product_id, list(alts), [alt.strip()[:512] for alt in alts.values()],
    )  # fmt: skip
    await refresh_covers([product_id])


def _picture(row: Any) -> Picture:
    return Picture(**dict(row))
