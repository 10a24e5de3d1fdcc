"""Builders for packs of materials."""

from __future__ import annotations

from uuid import UUID

import tenants
from app.flows.edit_materials import publish_pack, save_pack
from app.materials import Copy, PackDraft
from tests import builders_earning as build

WORDS = "{name}: {product} {price} {link}"
MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 8


async def pack(
    *, about: tuple[str, UUID] | None = None, words: str = WORDS, templates: tuple[str, ...] = ("classic",),
    published: bool = True,
) -> UUID:  # fmt: skip
    """A pack with one text, about a product of its own unless said otherwise."""
    subject = about or ("product", await build.product())
    draft = PackDraft(title="Peach season", copies=[Copy(language="en", words=words)], templates=templates)
    made = await save_pack(None, draft, by="Su He", about=subject)
    if published:
        await publish_pack(made, note="", by="Su He")
    return made


async def reprice(pack_id: UUID, amount: int) -> None:
    """What the pack is about costs something else, as saving the product would do it."""
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE variant SET price_amount = $2 WHERE product = (SELECT product FROM material_pack WHERE id = $1)",
            pack_id, amount,
        )  # fmt: skip
        await tenants.connection().execute(
            "UPDATE product SET price_from_amount = $2, price_to_amount = $2, updated_at = now()"
            " WHERE id = (SELECT product FROM material_pack WHERE id = $1)",
            pack_id, amount,
        )  # fmt: skip
