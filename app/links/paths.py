"""Where a link leads: always a path of the store's own host, built from the object it shows."""

from __future__ import annotations

import re
from urllib.parse import quote

HOME = "/"
TEAM = re.compile(r"[0-9a-z]{1,20}")


def path_of(handle: str | None) -> str:
    """The page of a product, or the store's front. No handle can leave the host: odd letters are escaped."""
    if not handle or set(handle) <= {"."}:
        return HOME
    return f"/products/{quote(handle, safe='')}"


def session_path(code: str) -> str:
    """The page of a live session."""
    return f"/live/{quote(code, safe='')}"


def campaign_path(code: str, team: str = "") -> str:
    """The page of a campaign, or of one team in it; what is no team's code is left out."""
    below = f"/teams/{team}" if TEAM.fullmatch(team) else ""
    return f"/campaigns/{quote(code, safe='')}{below}"
