"""Which arrivals may ever count: a person opening the page, not a machine or a page loading it as a picture.

Everything is stored; what does not qualify carries its reason and never attributes. The rule needs a top-level
navigation (`Sec-Fetch-Dest: document`, when the browser says so), so a link hidden in an image or frame earns nothing.
A browser goes on saying what it loads through every redirect, so a chain of them that began as an image ends as one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

LONGEST_AGENT = 512
_MACHINES = re.compile(
    r"bot\b|bot[/_;-]|crawl|spider|slurp|preview|facebookexternalhit|^whatsapp|embedly|scrape|monitor|headlesscheck"
    r"|iframely|vkshare|url2meta|url-manager|inspectiontool|archiver|lighthouse|linkcheck|phantomjs"
    r"|^(curl|wget|python|java|go-http|okhttp|node|axios|libwww|httpx|aiohttp|ruby|php)\b",
    re.IGNORECASE,
)

_PURPOSES = ("sec-purpose", "purpose", "x-purpose", "x-moz")
# What an old browser that says nothing else asks for when it wants a part of a page.
_PARTS = ("image/", "text/css", "video/", "audio/", "font/", "application/json", "application/javascript")


def screen(method: str, headers: Mapping[str, str]) -> str:
    """Why this arrival does not qualify, or an empty text when it does. Header names in lower case."""
    if method != "GET":
        return "not_opened"
    purpose = " ".join(headers.get(name, "") for name in _PURPOSES).lower()
    if "prefetch" in purpose or "prerender" in purpose or "preview" in purpose:
        return "prefetch"
    if headers.get("sec-fetch-dest", "document") != "document":
        return "not_a_page"
    if headers.get("sec-fetch-mode", "navigate") != "navigate":
        return "not_a_page"
    if headers.get("accept", "").startswith(_PARTS):
        return "not_a_page"
    agent = headers.get("user-agent", "")
    return "machine" if _is_machine(agent[:LONGEST_AGENT]) else ""


def screen_program(headers: Mapping[str, str]) -> str:
    """The same for an arrival that a program reports of its shopper: it has no page, but it may be no machine."""
    return "machine" if _is_machine(headers.get("user-agent", "")[:LONGEST_AGENT]) else ""


@lru_cache(maxsize=4_096)
def _is_machine(agent: str) -> bool:
    """Browsers of one kind say the same thing, so the answer is remembered."""
    return not agent or _MACHINES.search(agent) is not None
