"""The store's theme file, served under an address that changes with its version, so it may be kept for ever."""

from __future__ import annotations

from typing import Any

import msgspec

import tenants
from app.store import look as looks
from app.store.profile import Profile, profile
from tenants import Tenant


def look_of(stored: Profile | dict[str, Any]) -> looks.Look:
    """The chosen look, or the first preset when nothing (or nothing valid) was chosen yet."""
    chosen = stored.look if isinstance(stored, Profile) else stored
    if isinstance(preset := chosen.get("preset"), str) and preset in looks.PRESETS:
        return looks.PRESETS[preset]
    try:
        return msgspec.convert(chosen, looks.Look)
    except (msgspec.ValidationError, ValueError):
        return next(iter(looks.PRESETS.values()))


async def theme_css(tenant: Tenant) -> tuple[int, str]:
    """The version the file belongs to, and its text."""
    if tenants.bound() == tenant:
        found = await profile()
    else:
        with tenants.bind(tenant):
            found = await profile()
    return found.version, looks.theme_css(look_of(found))
