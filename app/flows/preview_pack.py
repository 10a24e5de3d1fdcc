"""The draft of a pack as a promoter would read it. Reads alone; nothing is counted and no link is made."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import tenants
from app import materials
from app.flows.open_pack import facts_of
from app.kernel.i18n import gettext as _
from app.materials import Body, Copy, File, Pack, Standing

SAMPLE_CODE = "abc234"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    pack: Pack
    standing: Standing
    copies: list[tuple[Copy, str]]
    files: list[File]
    name: str


async def preview_pack(pack_id: UUID) -> Preview:
    """Raises NotFound."""
    async with tenants.transaction():
        pack = await materials.find(pack_id)
        standing, files = await materials.standing_of(pack_id), await materials.files_of(pack_id)
    body = Body(
        title=pack.title, subject=standing.subject, copies=pack.copies, templates=pack.templates, files=files,
        price_amount=standing.price_amount, was_amount=standing.was_amount, ends_at=standing.ends_at,
    )  # fmt: skip
    name = _("Your name")
    copies = [
        (copy, materials.fill_words(copy.words, facts_of(body, name, SAMPLE_CODE, copy.language)))
        for copy in pack.copies
    ]
    return Preview(pack=pack, standing=standing, copies=copies, files=files, name=name)
