"""The merchant changes how the store looks: colors, logo, the top of the home page."""

from __future__ import annotations

import tenants
from app import catalog, store
from app.flows.store_pictures import store_upload
from app.store.hero import Slot
from tenants import states


async def change_look(look: store.Look, hero: store.Hero, pictures: dict[Slot, bytes], removed: set[Slot]) -> None:
    """All of it in one transaction, so shoppers never see half a new look. Raises ImageRefused before anything is written."""
    states.require(tenants.current(), "edit")
    stored: dict[Slot, catalog.StoredPicture] = {slot: await store_upload(data) for slot, data in pictures.items()}
    async with tenants.transaction():
        await store.change_look(look)
        await store.write_hero(hero)
        for slot in removed - stored.keys():
            await store.change_logo(slot, None)
        for slot, picture in stored.items():
            await store.change_logo(slot, picture.thumb if slot == "logo" else picture.full)
