"""One question to a platform: over the client with its breaker, not faster than the platform allows."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from infra.http import AddressRefused, Outside, OutsideUnavailable
from infra.marketplace.port import MarketplaceRejected, MarketplaceUnavailable

PAUSE_S = 0.05  # between two questions of one shop: all three platforms allow more
JSON = {"Content-Type": "application/json"}


class Caller:
    """Asks for one account; the breaker is the account's own, so one broken shop leaves all others alone."""

    def __init__(self, outside: Outside, base_url: str, party: str, *, pause_s: float = PAUSE_S) -> None:
        self._outside = outside
        self._base_url = base_url.rstrip("/")
        self._party = party
        self._pause_s = pause_s

    async def ask(self, path: str, body: bytes, headers: Mapping[str, str] = JSON) -> dict[str, Any]:
        """The answer as an object. Raises MarketplaceRejected, MarketplaceUnavailable."""
        await asyncio.sleep(self._pause_s)
        try:
            answer = await self._outside.request(
                "POST", self._base_url + path, content=body, headers=headers, party=f"{self._party}@{self._base_url}"
            )
        except AddressRefused as error:
            raise MarketplaceRejected("address_refused", str(error)) from error
        except OutsideUnavailable as error:
            raise MarketplaceUnavailable(str(error)) from error
        try:
            said = msgspec.json.decode(answer.body)
        except msgspec.DecodeError as error:
            raise MarketplaceUnavailable(f"answered {answer.status} with something that makes no sense") from error
        if not isinstance(said, dict) or answer.status >= 500:
            raise MarketplaceUnavailable(f"answered {answer.status}")
        return said


def at(seconds: object) -> datetime | None:
    """A time in whole seconds; nothing, zero or nonsense is no time."""
    try:
        number = int(str(seconds or 0))
        return datetime.fromtimestamp(number, UTC) if number > 0 else None
    except (ValueError, OverflowError, OSError):
        return None


def needed(moment: datetime | None, what: str) -> datetime:
    """Raises MarketplaceUnavailable: an order without this was broken off on its way."""
    if moment is None:
        raise MarketplaceUnavailable(f"the answer has no {what}")
    return moment


def keyed(plain: Iterable[str]) -> list[str]:
    """Keys of lines in their order; the same goods twice are told by their place."""
    seen: Counter[str] = Counter()
    found = []
    for key in plain:
        seen[key] += 1
        found.append(key if seen[key] == 1 else f"{key}#{seen[key]}")
    return found
