"""The store makes a pack of materials: writes it, puts pictures and videos in, publishes and retires it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from uuid import UUID

import tenants
from app import materials
from app.kernel.errors import InvalidInput, Refusal
from app.kernel.i18n import N_
from app.kernel.uploads import ImageRefused
from app.materials import Body, PackDraft
from infra import images
from infra.storage.obstore import storage
from infra.storage.port import object_key

# An ending the public address of pictures does not serve: a pack that expired cannot be had by its keys.
PRIVATE = "material"
IS_THERE = {
    "product": "SELECT true FROM product WHERE id = $1",
    "campaign": "SELECT true FROM campaign WHERE id = $1",
    "live_session": "SELECT true FROM live_session WHERE id = $1",
}


class NothingLasts(Refusal):
    """What the pack is about is over."""

    code = "materials.over"
    status = 409
    message = "What this pack is about is over, so it would expire at once. Nothing was published."


async def save_pack(pack_id: UUID | None, draft: PackDraft, *, by: str, about: tuple[str, UUID] | None = None) -> UUID:
    """A new pack is `about` ("product" | "campaign" | "live_session", its id). Raises InvalidInput, NotFound."""
    async with tenants.transaction():
        if pack_id is not None:
            await materials.change(pack_id, draft)
            return pack_id
        if about is None or not await tenants.connection().fetchval(IS_THERE[about[0]], about[1]):
            raise InvalidInput({"about": N_("Choose what the pack is about.")})
        chosen: dict[str, UUID | None] = dict.fromkeys(IS_THERE)
        chosen[about[0]] = about[1]
        return await materials.create(
            draft, product=chosen["product"], campaign=chosen["campaign"], live_session=chosen["live_session"], by=by
        )  # fmt: skip


async def add_files(pack_id: UUID, uploads: Iterable[bytes]) -> list[str]:
    """Pictures are drawn anew, videos are kept as they are; returns why some were refused. Raises NotFound."""
    async with tenants.transaction():
        await materials.find(pack_id)
    refused = []
    for data in uploads:
        try:
            await _add(pack_id, data)
        except InvalidInput as refusal:
            refused.append(refusal.fields["files"])
        except ImageRefused as refusal:
            refused.append(refusal.message)
    return refused


async def _add(pack_id: UUID, data: bytes) -> None:
    """The bytes are stored before the row, so a row always finds its file."""
    kind, extension = "image", "jpg"
    if materials.looks_like_a_video(data):
        kind, extension = "video", materials.extension_of(data)
    else:
        data = (await images.reencode(data)).share.data
    key = object_key(tenants.current().id, hashlib.sha256(data).hexdigest(), PRIVATE)
    await storage().put(key, data)
    async with tenants.transaction():
        await materials.add_file(pack_id, kind=kind, extension=extension, file_key=key, size_bytes=len(data))


async def remove_file(pack_id: UUID, file_id: UUID) -> None:
    """Out of the next version. Raises NotFound."""
    async with tenants.transaction():
        await materials.remove_file(pack_id, file_id)


async def restore_file(pack_id: UUID, file_id: UUID) -> None:
    """Undo of `remove_file`. Raises NotFound."""
    async with tenants.transaction():
        await materials.restore_file(pack_id, file_id)


async def publish_pack(pack_id: UUID, *, note: str, by: str) -> int:
    """The draft becomes the next version, with today's prices. Raises NotFound, NothingToShare, NothingLasts."""
    async with tenants.transaction():
        pack = await materials.find(pack_id, lock=True)
        standing = await materials.standing_of(pack_id)
        if standing.over:
            raise NothingLasts
        body = Body(
            title=pack.title, subject=standing.subject, copies=pack.copies, templates=pack.templates,
            files=await materials.files_of(pack_id), price_amount=standing.price_amount, was_amount=standing.was_amount,
            ends_at=standing.ends_at,
        )  # fmt: skip
        return await materials.put_out(pack, body, standing.basis, note=note, by=by)


async def retire_pack(pack_id: UUID) -> None:
    """Raises NotFound."""
    async with tenants.transaction():
        await materials.retire(pack_id)
