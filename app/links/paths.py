"""Where a link leads: always a path of the store's own host, built from the object it shows."""

from __future__ import annotations

from urllib.parse import quote

HOME = "/"


def path_of(handle: str | None) -> str:
    """The page of a product, or the store's front. No handle can leave the host: odd letters are escaped."""
    if not handle or set(handle) <= {"."}:
        return HOME
    return f"/products/{quote(handle, safe='')}"
