"""Bad luck on request: each account draws from its own seeded dice, so a bad day can be repeated."""

from __future__ import annotations

import random


class Luck:
    """Draws per account; changing the seed starts that account's dice anew."""

    def __init__(self) -> None:
        self._dice: dict[tuple[str, int], random.Random] = {}

    def _of(self, account: str, seed: int) -> random.Random:
        key = (account, seed)
        if key not in self._dice:
            self._dice[key] = random.Random(f"{account}:{seed}" if seed else None)  # noqa: S311 - chance, not a secret
        return self._dice[key]

    def strikes(self, account: str, seed: int, bps: int) -> bool:
        return bps > 0 and self._of(account, seed).randrange(10_000) < bps

    def spread(self, account: str, seed: int, longest_s: float) -> float:
        return self._of(account, seed).uniform(0, longest_s)
