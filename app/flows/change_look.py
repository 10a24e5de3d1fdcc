"""The merchant changes how the store looks: colors, logo, the top of the home page."""

from __future__ import annotations

import tenants
from app import store
from app.kernel.uploads import StoredPicture, store_picture_file
from app.store import Slot
from tenants import states


async def change_look(look: store.Look, hero: store.Hero, pictures: dict[Slot, bytes], removed: set[Slot]) -> None:
    """All in one transaction, so shoppers never see half a look. Raises ImageRefused before anything is written."""
    states.require(tenants.current(), "edit")
    stored: dict[Slot, StoredPicture] = {slot: await store_picture_file(data) for slot, data in pictures.items()}
    async with tenants.transaction():
        await store.change_look(look)
        await store.write_hero(hero)
        for slot in removed - stored.keys():
            await store.change_logo(slot, None)
        for slot, picture in stored.items():
            await store.change_logo(slot, picture.thumb if slot == "logo" else picture.full)
