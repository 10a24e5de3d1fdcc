"""Writing what the store looks like: colors, logo, and the words and picture at the top of its home page."""

from __future__ import annotations

from typing import Literal

import msgspec

import tenants
from app.kernel.clock import now
from app.store.look import Look
from app.store.profile import forget

Slot = Literal["logo", "hero"]


class Hero(msgspec.Struct, frozen=True, kw_only=True):
    """The first thing a shopper reads. `path` leads somewhere in the store."""

    kicker: str = ""
    title: str = ""
    text: str = ""
    path: str = ""


_PICTURES = {
    "logo": "UPDATE store_profile SET logo_key = $1, version = version + 1, updated_at = $2",
    "hero": "UPDATE store_profile SET hero_key = $1, version = version + 1, updated_at = $2",
}


async def change_look(look: Look) -> None:
    """Colors and shapes. What is stored is the choice; the readable colors are computed from it."""
    await tenants.connection().execute(
        "UPDATE store_profile SET look = $1, version = version + 1, updated_at = $2",
        msgspec.json.encode(look).decode(), now(),
    )  # fmt: skip
    forget()


async def write_hero(hero: Hero) -> None:
    await tenants.connection().execute(
        "UPDATE store_profile SET hero_kicker = $1, hero_title = $2, hero_text = $3, hero_path = $4,"
        " version = version + 1, updated_at = $5",
        *msgspec.structs.astuple(hero), now(),
    )  # fmt: skip
    forget()


async def change_logo(slot: Slot, key: str | None) -> None:
    """Put a stored picture into one of the store's places, or take it away."""
    await tenants.connection().execute(_PICTURES[slot], key, now())
    forget()
