"""What happens to materials by the clock: packs that went stale are written down, old drawings are taken away."""

from __future__ import annotations

from datetime import timedelta

import tenants
from app import materials
from app.kernel.clock import now
from infra.storage.obstore import storage

DRAWINGS_KEPT, SWEPT_AT_ONCE = timedelta(days=14), 500


async def note_stale_packs() -> None:
    """For lists and news; whoever opens or takes a pack is told at once, whether this ran or not."""
    async with tenants.transaction():
        await materials.note_stale()


async def sweep_drawings() -> None:
    """Old posters and cards, a bounded number at a time: whoever asks for one again has it drawn anew.

    Nothing else the store keeps ends in `png`, because uploads are drawn anew in other formats.
    """
    tenant, place = tenants.current().id, storage()
    old = []
    async for key in place.older_than(tenant, "png", now() - DRAWINGS_KEPT):
        old.append(key)
        if len(old) == SWEPT_AT_ONCE:
            break
    for key in old:
        await place.delete(key)
